// Whether a transparency log holds every event of a certificate and no other: .tlog-proof files, RFC 6962 inclusion.

const PROOF_HEADER = "c2sp.org/tlog-proof@v1";
const PROOF_LARGEST = 512 * 1024;
const LONGEST_PATH = 63;

const leafHash = (entry) => sha256(joined(Uint8Array.of(0), entry));
const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

const isLogProof = (bytes) => latin1(bytes.slice(0, PROOF_HEADER.length + 1)) === `${PROOF_HEADER}\n`;

function parseLogProof(bytes) {
  if (bytes.length > PROOF_LARGEST || !isLogProof(bytes)) throw new Refused("log.malformed");
  const whole = latin1(bytes);
  const gap = whole.indexOf("\n\n");
  const lines = gap < 0 ? [] : whole.slice(0, gap).split("\n").slice(1);
  if (!lines[0]?.startsWith("extra ") || !lines[1]?.startsWith("index ")) throw new Refused("log.malformed");
  const path = lines.slice(2).map(fromBase64);
  if (path.length > LONGEST_PATH || path.some((step) => step.length !== 32)) throw new Refused("log.malformed");
  return { leaf: fromBase64(lines[0].slice(6)), index: logNumber(lines[1].slice(6)), path, checkpoint: bytes.slice(gap + 2) };
}

/** Whether the path binds a leaf's hash, at that index, to the root of the tree of `size` leaves. */
async function included(hash, index, size, path, root) {
  if (index >= size) return false;
  let [here, last, value] = [index, size - 1n, hash];
  for (const step of path) {
    if (last === 0n) return false;
    if (here & 1n || here === last) {
      value = await nodeHash(step, value);
      for (; here !== 0n && !(here & 1n); here >>= 1n) last >>= 1n;
    } else value = await nodeHash(value, step);
    here >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equal(value, root);
}

/** What the log keeps of an event: digests and an address, neither reasons nor names. */
async function leafOf(happened) {
  const { certificate, event, at, subject } = happened;
  return canonical({ certificate, event, at, subject, digest: await digestOf(happened) });
}

/** The leaf of a proof, if it speaks of this certificate; null if it speaks of another one. */
async function leafAbout(proof, certificate) {
  const leaf = parseCanonical(proof.leaf);
  if (leaf.certificate !== certificate.id) return null;
  if (leaf.subject !== (await digestOf(certificate))) throw new Refused("log.other_leaf");
  return leaf;
}

/** One proof under the keys of the log and of witnesses: the leaf it shows, and who signed its checkpoint. */
async function checkedLogProof(proof, leaf, { origin, logs, witnesses }) {
  const note = parseNote(proof.checkpoint);
  const head = parseHead(note.text);
  if (head.origin !== origin) throw new Refused("log.other_origin", { origin: head.origin });
  const signed = await checkedSignatures(note, logs);
  if (signed.good.length === 0 && signed.unread.length === 0) throw new Refused("log.unsigned", { origin });
  if (!(await included(await leafHash(proof.leaf), proof.index, head.size, proof.path, head.root)))
    throw new Refused("log.not_included", { index: proof.index, size: head.size });
  const seen = await checkedSignatures(note, witnesses);
  return { leaf, entry: proof.leaf, index: proof.index, size: head.size, unread: signed.good.length === 0, seen };
}

/** Whose signatures count for the log of this name; null when the policy does not know it. */
function logTrust(policy, origin) {
  const logs = policy === null ? [] : policy.logs.filter((key) => key.name === origin);
  return logs.length === 0 ? null : { origin, logs, witnesses: witnessesOf(policy) };
}

/** The steps about the log: that it has every event and no other (only the issue where no history tells), then witnesses. */
async function logSteps(certificate, events, proofs, policy) {
  const { origin } = certificate.credentialSubject.log;
  const trust = logTrust(policy, origin);
  if (trust === null) return bothUnknown("log.no_keys", { origin });
  const shown = [];
  for (const file of proofs) {
    const proof = parseLogProof(file.bytes);
    const leaf = await leafAbout(proof, certificate);
    if (leaf !== null) shown.push(await checkedLogProof(proof, leaf, trust));
  }
  const expected = events === null ? null : await Promise.all(events.map(leafOf));
  const log = inclusionStep(shown, expected, origin);
  return { log, witnesses: log.state === HOLDS ? witnessStep(shown, policy) : cannotTell("witness.no_log") };
}

const bothUnknown = (id, params) => ({ log: cannotTell(id, params), witnesses: cannotTell(id, params) });

/** `expected` are the leaves of all events of the history, null without one. */
function inclusionStep(shown, expected, origin) {
  if (shown.some((proof) => proof.unread)) return cannotTell("log.no_ed25519");
  const strange = (proof) => (expected ? !expected.some((leaf) => equal(leaf, proof.entry)) : proof.leaf.event === "revoked");
  const more = shown.find(strange);
  if (more) {
    const { leaf, index } = more;
    return fails("log.knows_more", { event: String(leaf.event).slice(0, 20), at: shownMoment(readMoment(leaf.at)), index });
  }
  const wanted = expected ? expected.map((leaf) => (proof) => equal(leaf, proof.entry)) : [(proof) => proof.leaf.event === "issued"];
  const count = wanted.length;
  const missing = wanted.filter((fits) => !shown.some(fits)).length;
  if (missing > 0) return cannotTell("log.missing", { origin, missing, count });
  const last = shown.reduce((latest, proof) => (proof.index > latest.index ? proof : latest));
  return holds("log.included", { origin, count, index: last.index, size: last.size });
}

function witnessStep(shown, policy) {
  if (policy.quorum === NOBODY) return passedOver("witness.none_asked");
  const steps = shown.map(({ seen }) => {
    const signed = new Set(seen.good.map(({ key }) => key.text));
    if (reached(policy, policy.quorum, signed)) {
      const names = seen.good.map(({ key, line }) => `${key.name} (${shownMoment(Number(cosignedAt(line.signature)) * 1000)})`);
      return holds("witness.enough", { names: names.join(", ") });
    }
    return seen.unread.length > 0 ? cannotTell("log.no_ed25519") : fails("witness.too_few", { count: signed.size });
  });
  return steps.find((step) => step.state !== HOLDS) ?? steps[0];
}
