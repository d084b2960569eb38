// The sheet that people look at: a PDF must begin with bytes that its register signed as issued.

const PAGES = "lienthong-pages/1.0";
const PAGE_MEMBERS = ["at", "bytes", "certificate", "proof", "sha256", "subject", "type"];

/** The pages of a record, each signed by a key that counts, about this certificate. */
async function checkedPages(bytes, certificate, keys, now) {
  const content = parseCanonical(bytes);
  if (content.certificate !== certificate.id || !Array.isArray(content.pages)) throw new Refused("sheet.malformed");
  const own = await digestOf(certificate);
  for (const found of content.pages) {
    const members = isObject(found) && same(Object.keys(found).sort(), PAGE_MEMBERS) && isObject(found.proof);
    const bound =
      members && found.type === "IssuedPage" && found.certificate === certificate.id && found.subject === own &&
      Number.isInteger(found.bytes) && found.proof.created === found.at;
    if (!bound) throw new Refused("sheet.malformed");
    const key = keyFor(found, certificate.issuer.id, keys, now);
    if (key.demo !== certificate.credentialSubject.demo) throw new Refused("issuer.demo_differs", { kid: key.kid });
    await checkProof(found, key);
  }
  return content.pages;
}

/** Whether each PDF is the sheet as issued. What was appended, a signature or anything else, is not looked at here. */
async function sheetStep(certificate, intake, keys, now) {
  if (intake.pages.length !== 1 || keys.size === 0) return passedOver("sheet.no_record");
  const pages = await checkedPages(intake.pages[0].bytes, certificate, keys, now);
  let longer = false;
  for (const document of intake.documents) {
    const matching = [];
    for (const page of pages) {
      const begin = document.slice(0, page.bytes);
      if (begin.length === page.bytes && `sha256:${hex(await sha256(begin))}` === page.sha256) matching.push(page);
    }
    if (matching.length === 0) throw new Refused("sheet.other");
    longer ||= matching.every((page) => document.length > page.bytes);
  }
  return longer ? passedOver("sheet.continued") : holds("sheet.as_issued");
}
