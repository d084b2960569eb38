// What was handed in, sorted by what it is. Where a file comes from decides whether its keys are trusted.

const BUNDLE = "lienthong-verification/1.0";
const BUNDLE_LARGEST = 16 * 1024 * 1024;
const POLICY_LINE = /^(?:log |witness |group |quorum |[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$)/;

/** Origins of files: chosen by the reader, fixed in this page by its publisher, or travelling with a certificate. */
const CHOSEN = "chosen";
const PINNED = "pinned";
const CARRIED = "carried";

const emptyIntake = () => ({ certificates: [], keys: [], policies: [], lists: [], proofs: [], histories: [], tokens: [], pages: [], documents: [], unused: [] });

/** Also after a byte order mark: it is then refused as JSON, not passed over. */
const looksLikeJson = (bytes) => /^(?:\xef\xbb\xbf)?\s*\{/.test(latin1(bytes.slice(0, 64)));

/** Files ({name, bytes, origin}) sorted into kinds. */
async function sorted(files) {
  const intake = emptyIntake();
  for (const file of files) await sortInto(intake, file);
  return intake;
}

async function sortInto(intake, file) {
  try {
    if (isPdf(file.bytes)) return await sortPdf(intake, file);
    if (isLogProof(file.bytes)) return intake.proofs.push(file);
    if (looksLikeJson(file.bytes)) return await sortJson(intake, file);
    return await sortText(intake, file);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    return intake.unused.push({ name: file.name, fault });
  }
}

async function sortPdf(intake, file) {
  const before = intake.certificates.length;
  for (const bytes of await pdfAttachments(file.bytes))
    if (isLogProof(bytes) || looksLikeJson(bytes))
      await sortInto(intake, { name: file.name, bytes, origin: CARRIED, pdf: true });
  if (intake.certificates.length === before) throw new Refused("pdf.no_certificate");
  intake.documents.push(file.bytes);
}

async function sortJson(intake, file) {
  let value;
  try {
    value = parseJson(file.bytes, BUNDLE_LARGEST);
  } catch (fault) {
    if (/key|jwks|did|controller/i.test(file.name) || /status|revocation|suspension|history/i.test(file.name)) throw fault;
    return intake.certificates.push(file);
  }
  if (value.schema === BUNDLE && isObject(value.files)) return sortBundle(intake, file, value.files);
  if (Array.isArray(value.keys) || Array.isArray(value.verificationMethod)) return intake.keys.push(file);
  if (value.schema === HISTORY) return intake.histories.push(file);
  if (value.schema === PAGES) return intake.pages.push(file);
  const types = Array.isArray(value.type) ? value.type : [];
  if (types.includes("BitstringStatusListCredential")) return intake.lists.push(file);
  if (types.includes("VerifiableCredential")) return intake.certificates.push(file);
  throw new Refused("intake.unknown");
}

async function sortBundle(intake, file, files) {
  if (file.inner) throw new Refused("intake.unknown");
  const origin = file.origin === PINNED ? PINNED : CARRIED;
  for (const [name, text] of Object.entries(files)) {
    if (typeof text !== "string") throw new Refused("intake.unknown");
    await sortInto(intake, { name, bytes: utf8(text), origin, inner: true });
  }
}

async function sortText(intake, file) {
  const text = latin1(file.bytes).trim();
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const words = lines.filter((line) => !line.startsWith("#"));
  if (words.length > 0 && words.every((line) => POLICY_LINE.test(line))) return intake.policies.push(file);
  const fragment = lines.length === 1 ? lines[0].slice(lines[0].lastIndexOf("#") + 1) : "";
  if (TOKEN.test(fragment)) return intake.tokens.push({ ...file, bytes: utf8(fragment) });
  if (lines.length === 1 && !file.inner) return sortInto(intake, await fragmentFile(lines[0]));
  throw new Refused("intake.unknown");
}

/** What the part of an address after its `#`, such as a QR code holds, carries: JSON, packed or not, in base64url. */
async function fragmentFile(text) {
  const fragment = text.slice(text.lastIndexOf("#") + 1);
  const raw = fromBase64url(fragment);
  const packed = raw[0] === 0x1f ? "gzip" : (raw[0] & 0x0f) === 8 && raw[0] !== 0x28 ? "deflate" : null;
  const bytes = packed ? await inflated(raw, packed, BUNDLE_LARGEST) : raw;
  if (bytes[0] !== 0x7b) throw new Refused("intake.unknown");
  return { name: "#", bytes, origin: CARRIED, inner: false };
}

/** The one certificate among the files: copies are one, two that differ are refused. */
function theCertificate(intake) {
  const [first, ...others] = intake.certificates;
  if (!first) throw new Refused("intake.no_certificate");
  if (others.some((other) => !equal(other.bytes, first.bytes))) throw new Refused("intake.two_certificates");
  return first;
}

/** Keys of the reader or the publisher; those that came with the certificate only where there are no others. */
async function keysOf(intake) {
  const own = intake.keys.filter((file) => file.origin !== CARRIED);
  const keys = new Map();
  const used = own.length > 0 ? own : intake.keys;
  for (const file of used) for (const [kid, key] of await readKeys(file.bytes)) keys.set(kid, stricter(key, keys.get(kid)));
  return { keys, carried: own.length === 0 && used.length > 0 };
}

/** Keys of logs and witnesses, with the same care. */
async function policyOf(intake) {
  const own = intake.policies.filter((file) => file.origin !== CARRIED);
  const used = own.length > 0 ? own : intake.policies;
  if (used.length === 0) return { policy: null, carried: false };
  let text;
  try {
    text = used.map((file) => fromUtf8(file.bytes)).join("\n");
  } catch {
    throw badPolicy();
  }
  return { policy: await readPolicy(text), carried: own.length === 0 };
}
