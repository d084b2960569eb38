// Validates the JSON Lines between two byte offsets (at line starts) with one compiled ajv function, all errors.
// Arguments: schema, file, start, end, and optionally a file for the numbers of the failing records (from 0).
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const WINDOW = 4 * 1024 * 1024;
const LINE_FEED = 10;
const [schemaPath, path, start, end, failingPath] = process.argv.slice(2);
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

const begin = process.hrtime.bigint();
let records = 0;
let errors = 0;
const failing = [];

function examine(text) {
  for (const line of text.split("\n")) {
    if (line === "") continue;
    let value;
    try {
      value = JSON.parse(line);
    } catch {
      failing.push(records++);
      errors += 1;
      continue;
    }
    if (!validate(value)) {
      failing.push(records);
      errors += validate.errors.length;
    }
    records += 1;
  }
}

const file = openSync(path, "r");
const window = Buffer.allocUnsafe(WINDOW);
for (let at = Number(start); at < Number(end); ) {
  const got = readSync(file, window, 0, Math.min(WINDOW, Number(end) - at), at);
  let whole = got;
  if (at + got < Number(end)) {
    whole = window.lastIndexOf(LINE_FEED, got - 1) + 1;
    if (whole === 0) throw new Error(`a line is longer than ${WINDOW} bytes`);
  }
  examine(window.toString("utf8", 0, whole));
  at += whole;
}
closeSync(file);
const done = process.hrtime.bigint();
if (failingPath) writeFileSync(failingPath, failing.join("\n"));
console.log(JSON.stringify({
  records, failing: failing.length, errors, begin: Number(begin) / 1e9, end: Number(done) / 1e9,
}));
