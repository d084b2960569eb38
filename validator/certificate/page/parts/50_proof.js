// W3C Data Integrity proofs of the suite ecdsa-jcs-2019 with P-256.

const PROOF_FIXED = { type: "DataIntegrityProof", cryptosuite: "ecdsa-jcs-2019", proofPurpose: "assertionMethod" };
const PROOF_TEXTS = [...Object.keys(PROOF_FIXED), "created", "verificationMethod", "proofValue"];

/** The one proof of a document, its shape checked, the signature not yet. */
function proofOf(secured) {
  const proof = secured.proof;
  if (!isObject(proof)) throw new Refused("proof.missing");
  const context = "@context" in secured ? ["@context"] : [];
  const members = [...PROOF_TEXTS, ...context];
  const fixed = Object.entries(PROOF_FIXED).every(([name, value]) => proof[name] === value);
  const texts = PROOF_TEXTS.every((name) => typeof proof[name] === "string");
  const bound = context.length === 0 || same(proof["@context"], secured["@context"]);
  if (Object.keys(proof).length !== members.length || !members.every((m) => m in proof) || !fixed || !texts || !bound)
    throw new Refused("proof.malformed");
  try {
    readMoment(proof.created);
  } catch {
    throw new Refused("proof.malformed");
  }
  return proof;
}

const without = (value, member) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== member));

/** Throws Refused unless the proof holds under this key. */
async function checkProof(secured, key) {
  const proof = proofOf(secured);
  let signature;
  try {
    signature = fromBase58(proof.proofValue, 64);
  } catch {
    throw new Refused("proof.wrong");
  }
  const hashes = [without(proof, "proofValue"), without(secured, "proof")].map((part) => sha256(canonical(part)));
  if (!(await crypto.subtle.verify(ES256, key.public, signature, joined(...(await Promise.all(hashes))))))
    throw new Refused("proof.wrong");
}

/** The key that a document names, if it is one that the reader trusts for this issuer at that time, which is past. */
function keyFor(secured, issuer, keys, now) {
  const proof = proofOf(secured);
  const mark = proof.verificationMethod.lastIndexOf("#");
  const kid = proof.verificationMethod.slice(mark + 1);
  if (mark < 0 || proof.verificationMethod.slice(0, mark) !== issuer) throw new Refused("issuer.other_method");
  const key = keys.get(kid);
  if (!key) throw new Refused("issuer.unknown_key", { kid });
  if (key.controller !== null && key.controller !== issuer) throw new Refused("issuer.other_controller", { kid });
  if (key.compromised) throw new Refused("issuer.compromised", { kid });
  if (!signedAt(key, readMoment(proof.created))) throw new Refused("issuer.key_not_then", { kid });
  if (readMoment(proof.created) > now) throw new Refused("proof.of_the_future", { at: proof.created });
  return key;
}
