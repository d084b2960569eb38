// Whether a transparency log holds the issue of a certificate: .tlog-proof files, RFC 6962 inclusion.

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

/** The leaf of a proof, if it speaks of this certificate; null if it speaks of another one. */
async function leafAbout(proof, certificate) {
  const leaf = parseCanonical(proof.leaf);
  if (leaf.certificate !== certificate.id) return null;
  if (leaf.subject !== (await digestOf(certificate))) throw new Refused("log.other_leaf");
  return leaf;
}

/** One proof against the policy: the event it shows, and which witnesses signed its checkpoint. */
async function checkedLogProof(proof, leaf, origin, policy) {
  const note = parseNote(proof.checkpoint);
  const head = parseHead(note.text);
  if (head.origin !== origin) throw new Refused("log.other_origin", { origin: head.origin });
  const logs = await checkedSignatures(note, policy.logs);
  if (logs.good.length === 0 && logs.unread.length === 0) throw new Refused("log.unsigned", { origin });
  if (!(await included(await leafHash(proof.leaf), proof.index, head.size, proof.path, head.root)))
    throw new Refused("log.not_included", { index: proof.index, size: head.size });
  const seen = await checkedSignatures(note, witnessesOf(policy));
  return { leaf, index: proof.index, size: head.size, unread: logs.good.length === 0, seen };
}

/** The steps about the log: inclusion of the issue, then witnesses. */
async function logSteps(certificate, proofs, policy) {
  const origin = isObject(certificate.credentialSubject?.log) ? certificate.credentialSubject.log.origin : null;
  if (typeof origin !== "string") return { log: passedOver("log.none"), witnesses: passedOver("log.none") };
  const about = [];
  for (const file of proofs) {
    const proof = parseLogProof(file.bytes);
    const leaf = await leafAbout(proof, certificate);
    if (leaf !== null) about.push({ proof, leaf });
  }
  if (about.length === 0) return bothUnknown("log.missing", { origin });
  if (policy === null || policy.logs.length === 0) return bothUnknown("log.no_keys", { origin });
  const shown = [];
  for (const { proof, leaf } of about) shown.push(await checkedLogProof(proof, leaf, origin, policy));
  return { log: inclusionStep(shown, origin), witnesses: witnessStep(shown, policy) };
}

const bothUnknown = (id, params) => ({ log: cannotTell(id, params), witnesses: cannotTell(id, params) });

function inclusionStep(shown, origin) {
  const revoked = shown.find((proof) => proof.leaf.event === "revoked");
  if (revoked) return fails("log.revoked", { at: shownMoment(readMoment(revoked.leaf.at)), index: revoked.index });
  const issued = shown.find((proof) => proof.leaf.event === "issued");
  if (!issued) return cannotTell("log.missing", { origin });
  if (issued.unread) return cannotTell("log.no_ed25519");
  return holds("log.included", { origin, index: issued.index, size: issued.size });
}

function witnessStep(shown, policy) {
  if (policy.quorum === "none") return passedOver("witness.none_asked");
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
