// What the page carries: texts in both languages, the schema of certificates, files of its publisher.

const datum = (id) => (typeof document === "undefined" ? DATA[id] : JSON.parse(document.getElementById(id).textContent));
const TEXTS = datum("texts");
const CERTIFICATE_SCHEMA = datum("schema");
const PINNED_FILES = datum("pinned");
