// The signed token of a QR code (JWS, ES256): what was issued, not what became of it since.

const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const TOKEN_LONGEST = 2000;
const TOKEN_HEADER = ["alg", "kid", "typ"];
const TOKEN_CLAIMS = ["d", "demo", "f", "n", "o", "s", "u"];

/** The claims of a token and the key that signed them; its signature not verified yet. */
function parseToken(bytes) {
  const text = latin1(bytes);
  if (text.length > TOKEN_LONGEST) throw new Refused("token.malformed");
  const [head, body, signature] = text.split(".");
  const [header, claims, raw] = [parseJson(fromBase64url(head)), parseJson(fromBase64url(body)), fromBase64url(signature)];
  const named = (value, names) => isObject(value) && same(Object.keys(value).sort(), names);
  if (!named(header, TOKEN_HEADER) || header.alg !== "ES256" || header.typ !== "lienthong-qr") throw new Refused("token.malformed");
  const stated = named(claims, TOKEN_CLAIMS) && Array.isArray(claims.s);
  const texts = stated ? [header.kid, ...claims.s, ...["d", "f", "n", "o", "u"].map((name) => claims[name])] : [];
  const right = stated && texts.every((value) => typeof value === "string");
  if (!right || raw.length !== 64) throw new Refused("token.malformed");
  [claims.f, claims.u].forEach(readMoment);
  return { kid: header.kid, claims, signed: utf8(`${head}.${body}`), raw };
}

/** Throws Refused unless a trusted key signed the token; returns that key. */
async function checkToken(token, keys) {
  const key = keys.get(token.kid);
  if (!key) throw new Refused("issuer.unknown_key", { kid: token.kid });
  if (key.compromised) throw new Refused("issuer.compromised", { kid: token.kid });
  if (!signedAt(key, readMoment(token.claims.f))) throw new Refused("issuer.key_not_then", { kid: token.kid });
  if (key.demo !== token.claims.demo) throw new Refused("issuer.demo_differs", { kid: token.kid });
  if (!(await crypto.subtle.verify(ES256, key.public, token.raw, token.signed))) throw new Refused("proof.wrong");
  return key;
}

/** A token beside its certificate: it must speak of these very bytes. */
async function tokenStep(files, certificate, keys) {
  for (const file of files) {
    const token = parseToken(file.bytes);
    if (token.claims.d !== base64url(await sha256(certificate))) throw new Refused("token.other_certificate", { number: token.claims.n });
    if (keys.size === 0) return cannotTell("issuer.no_keys");
    await checkToken(token, keys);
  }
  return holds("token.matches");
}

/** A token alone: its signature and dates are looked at, but whether it was revoked since nobody can say. */
async function examineToken(report, file, intake, now, confirmed) {
  const token = parseToken(file.bytes);
  const { keys, carried } = await keysOf(intake);
  Object.assign(report, { claims: token.claims, demo: token.claims.demo !== false || token.kid.startsWith(DEMO) });
  let key = null;
  const refused = keys.size === 0 ? cannotTell("issuer.no_keys") : await tried(async () => ((key = await checkToken(token, keys)), null));
  if (key && carried) report.unconfirmed.push(key.kid);
  add(report, "proof", key ? holds("token.holds") : refused.id === "proof.wrong" ? refused : cannotTell("proof.no_key"));
  const params = { kid: token.kid, id: token.claims.n };
  const named = carried && !confirmed ? cannotTell("issuer.unconfirmed", params) : holds("issuer.trusted", params);
  if (key || refused.id !== "proof.wrong") add(report, "issuer", key ? named : refused);
  add(report, "dates", await tried(() => periodStep(token.claims.f, token.claims.u, now)));
  add(report, "reading", cannotTell("token.alone"));
}
