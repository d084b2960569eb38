// Bytes and the texts that stand for them; each text has one form only, any other is refused.

/** Why something does not hold: an id of the catalogue and what to put into its text. */
class Refused extends Error {
  constructor(id, params = {}) {
    super(id);
    this.id = id;
    this.params = params;
  }
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

const utf8 = (text) => new TextEncoder().encode(text);

/** Strict UTF-8; throws TypeError. A byte order mark is kept, so that parsers see it. */
const fromUtf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const latin1 = (bytes) => {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return pieces.join("");
};

const base64 = (bytes) => btoa(latin1(bytes));

function fromBase64(text) {
  let raw;
  try {
    raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Refused("base64");
  }
  if (base64(raw) !== text) throw new Refused("base64");
  return raw;
}

const base64url = (bytes) => base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Refused("base64");
  return fromBase64(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4));
}

/** The `size` bytes of a multibase base58-btc text. */
function fromBase58(text, size) {
  if (text[0] !== "z" || text.length > 2 * size + 1) throw new Refused("base58");
  let number = 0n;
  for (const letter of text.slice(1)) {
    const digit = BASE58.indexOf(letter);
    if (digit < 0) throw new Refused("base58");
    number = number * 58n + BigInt(digit);
  }
  const digits = number.toString(16).padStart(2 * size, "0");
  if (digits.length > 2 * size) throw new Refused("base58");
  const raw = Uint8Array.from({ length: size }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  const zeros = raw.findIndex((byte) => byte !== 0);
  const ones = text.slice(1).search(/[^1]/);
  const same = (found, all) => (found < 0 ? all : found);
  if (same(zeros, size) !== same(ones, text.length - 1)) throw new Refused("base58");
  return raw;
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const equal = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** What `format` (gzip, deflate, deflate-raw) packs, stopped as soon as it grows beyond `most` bytes. */
async function inflated(bytes, format, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    let step;
    try {
      step = await reader.read();
    } catch {
      throw new Refused("packed.broken");
    }
    if (step.done) return joined(...pieces);
    size += step.value.length;
    if (size > most) {
      reader.cancel().catch(() => {});
      throw new Refused("packed.too_large", { most });
    }
    pieces.push(step.value);
  }
}
