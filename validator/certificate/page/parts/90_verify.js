// The verdict: each step holds, fails or cannot be told; what cannot be told is never taken for good.

const HOLDS = "holds";
const FAILS = "fails";
const CANNOT_TELL = "cannotTell";
const PASSED_OVER = "passedOver";

const step = (state) => (id, params = {}) => ({ state, id, params });
const holds = step(HOLDS);
const fails = step(FAILS);
const cannotTell = step(CANNOT_TELL);
const passedOver = step(PASSED_OVER);

const MOST_MONTHS = 12;
const DEMO_ORIGIN = "DEMO.";

/**
 * What these files show at `now` (milliseconds): verdict, steps in order, the certificate when it could be read.
 * `confirmed` says that the reader compared the keys that came with the certificate, told as `unconfirmed`.
 */
async function verifyFiles(files, now, confirmed = false) {
  const intake = await sorted(files);
  const report = { steps: [], certificate: null, claims: null, events: null, unconfirmed: [], demo: false, pdf: false, now, unused: intake.unused };
  try {
    if (intake.certificates.length === 0 && intake.tokens.length === 1) {
      await examineToken(report, intake.tokens[0], intake, now, confirmed);
      return concluded(report);
    }
    const file = theCertificate(intake);
    report.pdf = file.pdf === true;
    const certificate = readCertificate(file.bytes);
    report.certificate = certificate;
    report.demo = certificate.credentialSubject.demo !== false || proofOf(certificate).verificationMethod.includes(`#${DEMO}`);
    add(report, "reading", holds("reading.sound"));
    await examine(report, certificate, intake, now, confirmed);
    if (intake.documents.length > 0)
      add(report, "sheet", await tried(async () => sheetStep(certificate, intake, (await keysOf(intake)).keys, now)));
    if (intake.tokens.length > 0) add(report, "token", await tried(async () => tokenStep(intake.tokens, file.bytes, (await keysOf(intake)).keys)));
  } catch (fault) {
    add(report, "reading", refusal(fault, fault.id === "intake.no_certificate" ? cannotTell : fails));
  }
  return concluded(report);
}

/** What was handed in and could not be read leaves the verdict open: nobody knows what it would have said. */
function concluded(report) {
  const count = report.unused.length;
  if (count > 0) add(report, "files", cannotTell("files.unused", { count }));
  return { ...report, verdict: verdictOf(report.steps) };
}

function add(report, name, found) {
  report.steps.push({ name, ...found });
}

/** A refusal as a step; anything else is a fault of this page, which tells nothing about the certificate. */
const refusal = (fault, as) => (fault instanceof Refused ? as(fault.id, fault.params) : cannotTell("internal", { reason: String(fault) }));

async function tried(made, as = fails) {
  try {
    return await made();
  } catch (fault) {
    return refusal(fault, as);
  }
}

function verdictOf(steps) {
  const states = new Set(steps.map((s) => s.state));
  return states.has(FAILS) ? "invalid" : states.has(CANNOT_TELL) ? "cannotTell" : "valid";
}

function readCertificate(bytes) {
  const certificate = parseCanonical(bytes);
  const place = misfit(certificate, CERTIFICATE_SCHEMA);
  if (place !== null) throw new Refused("reading.shape", { place });
  proofOf(certificate);
  return certificate;
}

async function examine(report, certificate, intake, now, confirmed) {
  let given = { keys: new Map(), carried: false };
  const unread = await tried(async () => ((given = await keysOf(intake)), null), cannotTell);
  const { keys } = given;
  let key = null;
  const named = unread ?? (keys.size === 0 ? cannotTell("issuer.no_keys") : null) ??
    (await tried(() => ((key = keyFor(certificate, certificate.issuer.id, keys, now)), null)));
  if (key && given.carried) report.unconfirmed.push(key.kid);
  add(report, "proof", key ? await tried(() => proofStep(certificate, key)) : cannotTell("proof.no_key"));
  add(report, "issuer", named ?? issuerStep(certificate, key, given.carried && !confirmed));
  add(report, "contents", await tried(() => contentsStep(certificate)));
  add(report, "dates", await tried(() => datesStep(certificate, now)));
  for (const purpose of PURPOSES) {
    const told = () => (keys.size === 0 ? cannotTell("issuer.no_keys") : statusStep(certificate, purpose, intake.lists, keys, now));
    add(report, purpose, await tried(told));
  }
  add(report, "history", await tried(() => historyStep(report, certificate, intake.histories, keys, now)));
  await examineLog(report, certificate, intake, confirmed);
}

async function examineLog(report, certificate, intake, confirmed) {
  let logs;
  try {
    const { policy, carried } = await policyOf(intake);
    logs = await logSteps(certificate, report.events, intake.proofs, policy);
    if (carried) {
      report.unconfirmed.push(...[...policy.logs, ...witnessesOf(policy)].map((key) => key.text));
      if (!confirmed) logs = Object.fromEntries(Object.entries(logs).map(([name, found]) => [name, unlessConfirmed(found)]));
    }
  } catch (fault) {
    logs = { log: refusal(fault, fails), witnesses: cannotTell("witness.no_log") };
  }
  add(report, "log", logs.log);
  add(report, "witnesses", logs.witnesses);
}

const unlessConfirmed = (found) => (found.state === HOLDS ? cannotTell("log.unconfirmed") : found);

async function proofStep(certificate, key) {
  await checkProof(certificate, key);
  return holds("proof.holds", { at: shownMoment(readMoment(certificate.proof.created)) });
}

function issuerStep(certificate, key, unconfirmed) {
  const params = { kid: key.kid, id: certificate.issuer.id };
  const { demo, number, log } = certificate.credentialSubject;
  const marks = [demo, number.startsWith(DEMO), log.origin.startsWith(DEMO_ORIGIN)];
  if (marks.some((mark) => mark !== key.demo)) return fails("issuer.demo_differs", params);
  return unconfirmed ? cannotTell("issuer.unconfirmed", params) : holds("issuer.trusted", params);
}

/** What a signature alone does not make true: sums and limits. */
function contentsStep(certificate) {
  const { completeness, grantedAt, surveillanceDue } = certificate.credentialSubject;
  const seen = Object.values(completeness.resultsByOutcome).reduce((sum, count) => sum + count, 0);
  if (seen !== completeness.requirementsInScope) return fails("contents.incomplete");
  const [granted, from, until, due] = [grantedAt, certificate.validFrom, certificate.validUntil, surveillanceDue].map(readMoment);
  const ordered = granted <= from && from <= until && granted <= due && due <= until;
  if (!ordered || until > monthsLater(grantedAt, MOST_MONTHS)) return fails("contents.moments");
  return holds("contents.complete", { count: seen });
}

function periodStep(validFrom, validUntil, now) {
  const [from, until] = [readMoment(validFrom), readMoment(validUntil)];
  const told = { from: shownMoment(from), until: shownMoment(until) };
  if (now < from) return fails("dates.early", told);
  return now > until ? fails("dates.expired", told) : holds("dates.within", told);
}

function datesStep(certificate, now) {
  const found = periodStep(certificate.validFrom, certificate.validUntil, now);
  const due = readMoment(certificate.credentialSubject.surveillanceDue);
  return found.state === HOLDS && now > due ? holds("dates.surveillance_due", { ...found.params, due: shownMoment(due) }) : found;
}
