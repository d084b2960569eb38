// What happened to a certificate: signed events, each bound to the one before, that must agree with the lists.

const HISTORY = "lienthong-history/1.0";
const EVENT_MEMBERS = ["at", "certificate", "event", "previous", "proof", "reason", "subject", "type"];
const FOLLOWS = {
  "": ["issued"],
  issued: ["suspended", "revoked"],
  suspended: ["reinstated", "revoked"],
  reinstated: ["suspended", "revoked"],
  revoked: [],
};

async function checkChain(events, certificate, keys, now) {
  let [last, previous, moment] = ["", null, readMoment(certificate.validFrom)];
  const own = await digestOf(certificate);
  for (const found of events) {
    const members = isObject(found) && same(Object.keys(found).sort(), EVENT_MEMBERS) && isObject(found.proof);
    const bound =
      members && found.type === "CertificateEvent" && found.certificate === certificate.id && found.subject === own &&
      found.previous === previous && found.proof.created === found.at;
    if (!bound || !FOLLOWS[last].includes(found.event) || readMoment(found.at) < moment) throw new Refused("history.broken");
    const key = keyFor(found, certificate.issuer.id, keys, now);
    if (key.demo !== certificate.credentialSubject.demo) throw new Refused("issuer.demo_differs", { kid: key.kid });
    await checkProof(found, key);
    [last, previous, moment] = [found.event, await digestOf(found), readMoment(found.at)];
  }
  return last;
}

/** The history may not say otherwise than the status lists; without one, nobody knows whether something else happened. */
async function historyStep(report, certificate, files, keys, now) {
  if (files.length === 0) return cannotTell("history.none");
  if (files.length > 1 || keys.size === 0) return cannotTell(files.length > 1 ? "history.several" : "issuer.no_keys");
  const content = parseCanonical(files[0].bytes);
  if (content.certificate !== certificate.id || !Array.isArray(content.events) || content.events.length === 0)
    throw new Refused("history.malformed");
  const state = await checkChain(content.events, certificate, keys, now);
  const said = (purpose) => report.steps.find((found) => found.name === purpose).id;
  for (const [purpose, event] of [["revocation", "revoked"], ["suspension", "suspended"]]) {
    const opposite = state === event ? `status.${purpose}.clear` : `status.${purpose}.set`;
    if (said(purpose) === opposite) throw new Refused("history.disagrees", { event: state });
  }
  report.events = content.events;
  return holds("history.agrees", { count: content.events.length });
}
