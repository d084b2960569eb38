// The page: takes files, texts and the address's fragment; shows the verdict. Text goes in as text, never as markup.

const STATES_SHOWN = { [HOLDS]: "good", [FAILS]: "bad", [CANNOT_TELL]: "open", [PASSED_OVER]: "idle" };
const page = { lang: "vi", files: [], report: null, confirmed: false };

const fill = (text, params) => text.replace(/\{([a-z_]+)\}/g, (whole, name) => (name in params ? visible(String(params[name])) : whole));
const say = (id, params = {}) => fill(TEXTS[page.lang][id] ?? id, params);

/** Controls and marks that turn the direction of text are shown as code points. */
const visible = (text) =>
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (mark) =>
    `\u27e8U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map((child) => (typeof child === "string" ? visible(child) : child)));
  return made;
}

const byId = (id) => document.getElementById(id);
const own = (value) => (isObject(value) && "vi" in value ? value[page.lang] ?? value.vi : String(value ?? "\u2013"));

function age(milliseconds) {
  const hours = Math.floor(milliseconds / HOUR);
  return say("age", { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** A step's parameters as they are read: an age in days and hours, an event in the language of the page. */
const told = (params) => ({
  ...params,
  ...("age" in params ? { age: age(params.age) } : {}),
  ...("event" in params ? { event: TEXTS[page.lang][`happened.${params.event}`] ?? params.event } : {}),
});

function showStatic() {
  document.documentElement.lang = page.lang;
  document.title = say("page.title");
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = say(place.dataset.text);
  byId("language").setAttribute("lang", page.lang === "vi" ? "en" : "vi");
}

function showFiles() {
  const rows = page.files.map((file) => element("li", {}, `${file.name} (${file.bytes.length} B) \u2013 ${say(`origin.${file.origin}`)}`));
  const faults = (page.report?.unused ?? []).map(({ name, fault }) =>
    element("li", { class: "fault" }, `${name}: ${say("page.unused")} ${say(fault.id, fault.params)}`));
  byId("files").replaceChildren(...rows, ...faults);
}

function showReport() {
  const report = page.report;
  byId("result").hidden = report === null;
  if (report === null) return;
  const verdict = byId("verdict");
  const word = report.demo && report.verdict === "valid" ? "valid_demo" : report.verdict;
  verdict.className = `verdict ${word}`;
  verdict.textContent = say(`verdict.${word}`);
  byId("demo").hidden = !report.demo;
  byId("why").textContent = say(`why.${report.verdict}`, { at: shownMoment(report.now) });
  byId("causes").replaceChildren(...causes(report));
  byId("confirm").hidden = report.unconfirmed.length === 0 || page.confirmed;
  byId("fingerprints").replaceChildren(...report.unconfirmed.map((key) => element("li", {}, element("code", {}, key))));
  byId("pdf").hidden = !report.pdf;
  byId("steps").replaceChildren(...report.steps.map(stepRow));
  const signed = report.steps.some((found) => found.name === "proof" && found.state === HOLDS);
  byId("content").replaceChildren(...(signed ? (report.certificate ? contentRows(report) : claimRows(report.claims)) : []));
  byId("content-part").hidden = !signed;
}

function stepRow(found) {
  const mark = element("span", { class: `mark ${STATES_SHOWN[found.state]}` }, say(`state.${found.state}`));
  return element("tr", { role: "row", "data-step": found.name, "data-state": found.state },
    element("th", { role: "rowheader", scope: "row" }, say(`step.${found.name}`)),
    element("td", { role: "cell" }, mark), element("td", { role: "cell" }, reasonOf(found)));
}

const reasonOf = (found) => say(found.id, told(found.params));

/** What the verdict comes from: the steps that fail or, where none does, those that are open. */
function causes({ verdict, steps }) {
  const decisive = { invalid: FAILS, cannotTell: CANNOT_TELL }[verdict];
  return steps.filter((found) => found.state === decisive).map((found) =>
    element("li", {}, `${say(`step.${found.name}`)}: ${reasonOf(found)}`));
}

function contentRows({ certificate, events }) {
  const { issuer, credentialSubject: subject } = certificate;
  const moment = (text) => shownMoment(readMoment(text));
  const granted = (item) => say("content.granted", {
    standard: item.standard, edition: item.edition, title: own(item.title),
    class: say(`class.${item.classGranted}`),
    rest: item.classesNotGranted.map((c) => say(`class.${c.class}`)).join(", ") || "\u2013",
  });
  const happened = (event) => `${moment(event.at)}: ${say(`event.${event.event}`)} ${event.reason}`;
  const rows = [
    ["number", [subject.number]],
    ["client", [subject.client.name, subject.client.taxCode, subject.client.address]],
    ["object", [subject.object.name, subject.object.version, subject.object.deployment?.url]],
    ["scope", subject.scope.map(granted)],
    ["conditions", subject.conditions],
    ["not_passed", subject.notPassed.map((row) => `${row.requirement} (${say(`class.${row.class}`)}): ${say(`outcome.${row.outcome}`)}`)],
    ["waivers", subject.waivers.map((waiver) => canonicalText(waiver))],
    ["issuer", [own(issuer.name), issuer.address, say(`role.${issuer.partyRole}`), own(issuer.standing)]],
    ["signed", [`${moment(certificate.proof.created)}, ${certificate.proof.verificationMethod}`]],
    ["validity", [`${moment(certificate.validFrom)} \u2013 ${moment(certificate.validUntil)}`]],
    ["report", [subject.report.id, subject.report.digest]],
    ["evidence", [subject.report.evidenceDigest]],
    ["statements", subject.statements.map(own)],
    ["events", (events ?? []).map(happened)],
  ];
  return rows.flatMap(([name, values]) => {
    const shown = values.filter((value) => typeof value === "string" && value !== "");
    return shown.length === 0 ? [] : [element("dt", {}, say(`content.${name}`)), ...shown.map((value) => element("dd", {}, value))];
  });
}

/** What the token of a QR code says. */
function claimRows(claims) {
  const moment = (text) => shownMoment(readMoment(text));
  const rows = { number: claims.n, object: claims.o, scope: claims.s.join(", "), validity: `${moment(claims.f)} \u2013 ${moment(claims.u)}` };
  return Object.entries(rows).flatMap(([name, value]) => [element("dt", {}, say(`content.${name}`)), element("dd", {}, value)]);
}

async function check() {
  page.report = await verifyFiles(page.files, Date.now(), page.confirmed);
  showFiles();
  showReport();
}

/** Takes files one after the other and checks all that are there; the reader is led to the verdict. */
async function take(files) {
  page.files.push(...files);
  await check();
  byId("verdict").focus();
}

async function takeFiles(list) {
  const read = async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()), origin: CHOSEN });
  await take(await Promise.all(Array.from(list, read)));
}

/** Pasted text, like what an address carries, may have come with the certificate: keys in it are to be confirmed. */
const takeText = (text) => take([{ name: say("page.pasted"), bytes: utf8(text.trim()), origin: CARRIED }]);

function clear() {
  Object.assign(page, { files: pinned(), report: null, confirmed: false });
  byId("text").value = "";
  byId("pick").value = "";
  showFiles();
  showReport();
}

function listen() {
  byId("pick").addEventListener("change", (event) => takeFiles(event.target.files));
  byId("paste").addEventListener("click", () => byId("text").value.trim() && takeText(byId("text").value));
  byId("confirm-button").addEventListener("click", () => {
    page.confirmed = true;
    check().then(() => byId("verdict").focus());
  });
  byId("clear").addEventListener("click", () => {
    clear();
    byId("pick").focus();
  });
  byId("language").addEventListener("click", () => {
    page.lang = page.lang === "vi" ? "en" : "vi";
    showStatic();
    showFiles();
    showReport();
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    takeFiles(event.dataTransfer.files);
  });
  addEventListener("hashchange", () => {
    clear();
    takeFragment();
  });
}

function takeFragment() {
  if (location.hash.length > 1) return take([{ name: say("page.address"), bytes: utf8(location.hash), origin: CARRIED }]);
  return undefined;
}

/** Files that the publisher of this page fixed in it, such as its keys. */
const pinned = () => Object.entries(PINNED_FILES).map(([name, text]) => ({ name, bytes: utf8(text), origin: PINNED }));

/** A page in which its publisher fixed demonstration keys says so before anything is handed in. */
async function showPublisher() {
  const { keys } = await keysOf(await sorted(pinned()));
  byId("demo-page").hidden = ![...keys.values()].some((key) => key.demo);
}

function start() {
  page.files = pinned();
  showPublisher();
  showStatic();
  showFiles();
  listen();
  takeFragment();
}

if (typeof document !== "undefined") start();
