// JSON that has one reading only (the built-in parser keeps the last of two equal members), and RFC 8785.

const MOST_BYTES = 1024 * 1024;
const MOST_DEPTH = 32;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

class StrictReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) this.malformed();
    return value;
  }

  malformed() {
    throw new Refused("json.malformed", { place: this.at });
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  taken(token) {
    this.space();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  value(depth) {
    this.space();
    const first = this.text[this.at];
    if (first === "{" || first === "[") {
      if (depth === MOST_DEPTH) throw new Refused("json.too_deep", { most: MOST_DEPTH });
      return first === "{" ? this.object(depth + 1) : this.list(depth + 1);
    }
    if (first === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) if (this.taken(word)) return value;
    return this.integer();
  }

  object(depth) {
    const made = Object.create(null);
    this.at += 1;
    if (this.taken("}")) return made;
    do {
      this.space();
      const name = this.string();
      if (name in made) throw new Refused("json.duplicate_key", { key: name.slice(0, 80) });
      if (!this.taken(":")) this.malformed();
      made[name] = this.value(depth);
    } while (this.taken(","));
    if (!this.taken("}")) this.malformed();
    return made;
  }

  list(depth) {
    const made = [];
    this.at += 1;
    if (this.taken("]")) return made;
    do made.push(this.value(depth));
    while (this.taken(","));
    if (!this.taken("]")) this.malformed();
    return made;
  }

  string() {
    if (this.text[this.at] !== '"') this.malformed();
    const pieces = [];
    for (this.at += 1; ; ) {
      const plain = /[^"\\\u0000-\u001f]*/y;
      plain.lastIndex = this.at;
      pieces.push(plain.exec(this.text)[0]);
      this.at = plain.lastIndex;
      const next = this.text[this.at];
      if (next === "\\") pieces.push(this.escape());
      else if (next === '"') break;
      else this.malformed();
    }
    this.at += 1;
    const made = pieces.join("");
    if (SURROGATE.test(made)) throw new Refused("json.surrogate");
    if (made.normalize("NFC") !== made) throw new Refused("json.not_nfc", { text: made.slice(0, 80) });
    return made;
  }

  escape() {
    const letter = this.text[this.at + 1];
    this.at += 2;
    if (letter in ESCAPES) return ESCAPES[letter];
    const digits = this.text.slice(this.at, this.at + 4);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) this.malformed();
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  integer() {
    const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    number.lastIndex = this.at;
    const found = number.exec(this.text)?.[0];
    if (found === undefined) this.malformed();
    if (!/^-?[0-9]+$/.test(found) || found === "-0" || !Number.isSafeInteger(Number(found)))
      throw new Refused("json.number", { number: found.slice(0, 40) });
    this.at = number.lastIndex;
    return Number(found);
  }
}

/** The value of these bytes. Throws Refused for what two parsers could understand differently. */
function parseJson(bytes, most = MOST_BYTES) {
  if (bytes.length > most) throw new Refused("json.too_large", { most });
  let text;
  try {
    text = fromUtf8(bytes);
  } catch {
    throw new Refused("json.no_utf8");
  }
  return new StrictReader(text).whole();
}

/** The RFC 8785 text of a value: members by UTF-16 units, numbers and texts as ECMAScript writes them. */
function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`);
  return `{${members.join(",")}}`;
}

const canonical = (value) => utf8(canonicalText(value));

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const same = (one, other) =>
  one !== undefined && other !== undefined && canonicalText(one) === canonicalText(other);

/** The object of these bytes, which must be its RFC 8785 form: nothing in it that a proof does not cover. */
function parseCanonical(bytes) {
  const value = parseJson(bytes);
  if (!isObject(value)) throw new Refused("json.no_object");
  if (!equal(canonical(value), bytes)) throw new Refused("json.not_canonical");
  return value;
}

const digestOf = async (value) => `sha256:${hex(await sha256(canonical(value)))}`;
