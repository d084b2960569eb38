// Whose signatures count: keys of a JWK Set, or of an identifier document (did.json, controller.json), that the reader trusts.

const DEMO = "DEMO-";
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ES256 = { name: "ECDSA", hash: "SHA-256" };

/** A key id is the RFC 7638 thumbprint, with its mark when the key is for demonstration. */
async function keyId(jwk, demo) {
  const thumbprint = base64url(await sha256(canonical({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y })));
  return (demo ? DEMO : "") + thumbprint;
}

/** The keys of a document by their ids. Throws Refused: one key that cannot be used spoils the set. */
async function readKeys(bytes) {
  const document = parseJson(bytes);
  const keys = new Map();
  try {
    const listed = "keys" in document ? document.keys : controllerKeys(document);
    if (!Array.isArray(listed)) throw new Refused("key.not_a_set");
    for (const stated of listed) {
      const key = await trustedKey(stated);
      if (keys.has(key.kid)) throw new Refused("key.not_a_set");
      keys.set(key.kid, key);
    }
  } catch (fault) {
    if (fault instanceof Refused) throw fault;
    throw new Refused("key.not_a_set");
  }
  return keys;
}

function controllerKeys(document) {
  if (!Array.isArray(document.assertionMethod)) throw new Refused("key.not_a_set");
  return document.verificationMethod
    .filter((method) => document.assertionMethod.includes(method.id))
    .map((method) => {
      const jwk = method.publicKeyJwk;
      if (method.controller !== document.id || method.id !== `${document.id}#${jwk.kid}`) throw new Refused("key.not_a_set");
      const expires = "expires" in method ? { valid_until: method.expires } : {};
      return { ...jwk, ...expires, controller: document.id, demo: jwk.kid.startsWith(DEMO) };
    });
}

async function trustedKey(jwk) {
  if (jwk.kty !== "EC" || jwk.crv !== "P-256") throw new Refused("key.not_a_set");
  if (![jwk.x, jwk.y].every((side) => fromBase64url(side).length === 32)) throw new Refused("key.not_a_set");
  const demo = jwk.demo === true;
  const kid = await keyId(jwk, demo);
  if (jwk.kid !== kid) throw new Refused("key.not_a_set");
  const moment = (name) => (name in jwk ? readMoment(jwk[name]) : null);
  return {
    kid, demo,
    controller: jwk.controller ?? null,
    from: moment("valid_from"),
    until: moment("valid_until"),
    compromised: "compromised" in jwk && jwk.compromised !== false,
    public: await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y }, P256, false, ["verify"]),
  };
}

/** What two files say of one key, taken together: each limit of either holds. */
function stricter(key, other = key) {
  if (key.controller !== null && other.controller !== null && key.controller !== other.controller) throw new Refused("key.not_a_set");
  const limits = (name) => [key[name], other[name]].filter((moment) => moment !== null);
  return {
    ...key,
    controller: key.controller ?? other.controller,
    from: limits("from").length > 0 ? Math.max(...limits("from")) : null,
    until: limits("until").length > 0 ? Math.min(...limits("until")) : null,
    compromised: key.compromised || other.compromised,
  };
}

/** Whether what this key signed at a moment may hold: retired keys still cover what they signed before. */
function signedAt(key, moment) {
  const early = key.from !== null && moment < key.from;
  const late = key.until !== null && moment > key.until;
  return !(key.compromised || early || late);
}
