// C2SP signed notes and checkpoints: the texts that logs and witnesses sign.

const NOTE_LARGEST = 256 * 1024;
const NOTE_MOST_SIGNATURES = 64;
const KIND_ED25519 = 1;
const KIND_P256 = 2;
const KIND_COSIGNATURE = 4;
const NAME = /^[^\s\u0085+\u0000-\u001f]+$/;
const LARGEST_SIZE = 2n ** 63n - 1n;

/** A size or an index in its one decimal form. */
function logNumber(text) {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > LARGEST_SIZE) throw new Refused("log.malformed");
  return BigInt(text);
}

function parseNote(bytes) {
  if (bytes.length > NOTE_LARGEST) throw new Refused("log.malformed");
  let whole;
  try {
    whole = fromUtf8(bytes);
  } catch {
    throw new Refused("log.malformed");
  }
  const gap = whole.lastIndexOf("\n\n");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole) || gap < 0 || !whole.endsWith("\n") || gap + 2 >= whole.length)
    throw new Refused("log.malformed");
  const signatures = whole.slice(gap + 2, -1).split("\n").map(signatureLine);
  if (signatures.length > NOTE_MOST_SIGNATURES) throw new Refused("log.malformed");
  return { text: whole.slice(0, gap + 1), signatures };
}

function signatureLine(line) {
  const found = /^\u2014 ([^ ]+) (.+)$/.exec(line);
  if (!found || !NAME.test(found[1])) throw new Refused("log.malformed");
  const raw = fromBase64(found[2]);
  if (raw.length < 5) throw new Refused("log.malformed");
  return { name: found[1], id: hex(raw.slice(0, 4)), signature: raw.slice(4) };
}

/** Origin, size and root in a note's text; further lines are opaque. */
function parseHead(text) {
  const [origin, size, root, ...rest] = text.slice(0, -1).split("\n");
  if (!origin || root === undefined || rest.some((line) => line === "")) throw new Refused("log.malformed");
  const head = { origin, size: logNumber(size), root: fromBase64(root) };
  if (head.root.length !== 32) throw new Refused("log.malformed");
  return head;
}

/** A key of a log or a witness from its vkey `<name>+<id>+<base64>`. */
async function parseVkey(text) {
  const found = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  if (!found || !NAME.test(found[1])) throw new Refused("log.bad_key");
  const [kind, material] = [fromBase64(found[3])[0], fromBase64(found[3]).slice(1)];
  const hashed = kind === KIND_P256 ? material : joined(utf8(`${found[1]}\n`), Uint8Array.of(kind), material);
  if (hex((await sha256(hashed)).slice(0, 4)) !== found[2]) throw new Refused("log.bad_key");
  const known = kind === KIND_P256 || (material.length === 32 && [KIND_ED25519, KIND_COSIGNATURE].includes(kind));
  if (!known) throw new Refused("log.bad_key");
  return { name: found[1], id: found[2], kind, text, material: hex(material), public: await importedLogKey(kind, material) };
}

/** Null where this browser has no Ed25519. */
async function importedLogKey(kind, material) {
  if (kind === KIND_P256) {
    return crypto.subtle.importKey("spki", material, P256, false, ["verify"]).catch(() => {
      throw new Refused("log.bad_key");
    });
  }
  return crypto.subtle.importKey("raw", material, "Ed25519", false, ["verify"]).catch((fault) => {
    if (fault.name === "NotSupportedError" || fault.name === "SyntaxError") return null;
    throw new Refused("log.bad_key");
  });
}

/** The raw r||s of a DER signature in its one form. */
function rawSignature(der) {
  const numbers = [];
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Refused("log.malformed");
  for (let i = 0; i < 2; i += 1) {
    const size = der[at + 1];
    const body = der.slice(at + 2, at + 2 + size);
    const long = body.length > 1 && body[0] === 0 && body[1] < 0x80;
    if (der[at] !== 0x02 || body.length !== size || size === 0 || body[0] >= 0x80 || long) throw new Refused("log.malformed");
    const plain = body[0] === 0 ? body.slice(1) : body;
    if (plain.length > 32) throw new Refused("log.malformed");
    numbers.push(joined(new Uint8Array(32 - plain.length), plain));
    at += 2 + size;
  }
  if (at !== der.length) throw new Refused("log.malformed");
  return joined(...numbers);
}

async function signatureHolds(key, text, signature) {
  if (key.kind === KIND_ED25519) return crypto.subtle.verify("Ed25519", key.public, signature, utf8(text));
  if (key.kind === KIND_COSIGNATURE) {
    if (signature.length !== 72 || signature[0] >= 0x80) return false;
    const message = utf8(`cosignature/v1\ntime ${cosignedAt(signature)}\n${text}`);
    return crypto.subtle.verify("Ed25519", key.public, signature.slice(8), message);
  }
  let raw;
  try {
    raw = rawSignature(signature);
  } catch {
    return false;
  }
  return crypto.subtle.verify(ES256, key.public, raw, utf8(text));
}

/** POSIX seconds, as a big integer. */
const cosignedAt = (signature) => BigInt(`0x${hex(signature.slice(0, 8))}`);

/** The signatures by these keys. One of a known key that does not hold spoils the note; strangers' say nothing. */
async function checkedSignatures(note, keys) {
  const good = [];
  const unread = [];
  for (const line of note.signatures) {
    const key = keys.find((k) => k.name === line.name && k.id === line.id);
    if (!key) continue;
    if (key.public === null) unread.push(key);
    else if (await signatureHolds(key, note.text, line.signature)) good.push({ key, line });
    else throw new Refused("log.bad_signature", { name: key.name });
  }
  return { good, unread };
}
