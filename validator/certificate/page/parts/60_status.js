// Bitstring Status List v1.0: the lists of what was revoked and suspended, signed and dated.

const LIST_ENTRIES = 131072;
const MOST_EXPANDED = 1024 * 1024;
const PURPOSES = ["revocation", "suspension"];
const LIST_CONTEXT = ["https://www.w3.org/ns/credentials/v2"];
const LIST_TYPES = ["VerifiableCredential", "BitstringStatusListCredential"];

async function expandedList(text) {
  if (typeof text !== "string" || text[0] !== "u") throw new Refused("status.malformed");
  const packed = fromBase64url(text.slice(1));
  const bits = await inflated(packed, "gzip", MOST_EXPANDED);
  const stated = packed.slice(-4).reduceRight((sum, byte) => sum * 256 + byte, 0);
  if (stated !== bits.length) throw new Refused("status.malformed");
  if (bits.length * 8 < LIST_ENTRIES) throw new Refused("status.too_short", { least: LIST_ENTRIES });
  return bits;
}

/** The entry of a certificate for one purpose: where its bit stands. */
function statusEntry(certificate, purpose) {
  const entries = certificate.credentialStatus;
  const found = Array.isArray(entries) ? entries.filter((e) => isObject(e) && e.statusPurpose === purpose) : [];
  if (found.length !== 1) throw new Refused("status.no_entry");
  const [entry] = found;
  const listed = typeof entry.statusListIndex === "string" && /^(?:0|[1-9][0-9]{0,8})$/.test(entry.statusListIndex);
  const named = entry.id === `${entry.statusListCredential}#${entry.statusListIndex}`;
  if (entry.type !== "BitstringStatusListEntry" || !listed || !named) throw new Refused("status.no_entry");
  return { url: entry.statusListCredential, index: Number(entry.statusListIndex) };
}

/** A list that is what was asked for and signed by the issuer's trusted key: its bits and dates. */
async function checkedList(bytes, { url, purpose, certificate, keys, now }) {
  const issuer = certificate.issuer.id;
  const document = parseCanonical(bytes);
  const subject = document.credentialSubject;
  const right =
    same(document["@context"], LIST_CONTEXT) && same(document.type, LIST_TYPES) && document.id === url &&
    document.issuer === issuer && isObject(subject) && subject.type === "BitstringStatusList" &&
    subject.statusPurpose === purpose;
  if (!right) throw new Refused("status.other_list");
  const key = keyFor(document, issuer, keys, now);
  if (key.demo !== certificate.credentialSubject.demo) throw new Refused("issuer.demo_differs", { kid: key.kid });
  await checkProof(document, key);
  const bits = await expandedList(subject.encodedList);
  return { bits, from: readMoment(document.validFrom), until: readMoment(document.validUntil) };
}

/** Whether a list of the right address was handed in at all; a list that cannot be read is looked at, not passed over. */
function claimsList(bytes, url) {
  try {
    return parseJson(bytes).id === url;
  } catch {
    return false;
  }
}

/** What the newest list says of a certificate: a step of the verdict. */
async function statusStep(certificate, purpose, files, keys, now) {
  const { url, index } = statusEntry(certificate, purpose);
  const handed = files.filter((file) => claimsList(file.bytes, url));
  if (handed.length === 0) return cannotTell("status.missing", { url });
  const lists = [];
  for (const file of handed) lists.push(await checkedList(file.bytes, { url, purpose, certificate, keys, now }));
  const list = lists.reduce((newest, other) => (other.from > newest.from ? other : newest));
  if (index >= list.bits.length * 8) throw new Refused("status.no_entry");
  const told = { from: shownMoment(list.from), until: shownMoment(list.until), age: Math.max(0, now - list.from) };
  if (list.bits[index >> 3] & (0x80 >> (index & 7))) return fails(`status.${purpose}.set`, told);
  if (now < list.from) return fails("status.early", told);
  if (now > list.until) return cannotTell("status.stale", told);
  return holds(`status.${purpose}.clear`, told);
}
