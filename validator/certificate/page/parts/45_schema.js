// The published schema of certificates, by the keywords of JSON Schema 2020-12 that it uses.

const JSON_TYPES = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isInteger(value),
  null: (value) => value === null,
};

/** Each keyword: whether it says nothing, or which value does not fit which schema, at which place. */
const KEYWORDS = {
  type: (value, types) => [types].flat().some((type) => JSON_TYPES[type](value)),
  const: (value, expected) => same(value, expected),
  enum: (value, options) => options.some((option) => same(value, option)),
  pattern: (value, text) => typeof value !== "string" || new RegExp(text, "u").test(value),
  minLength: (value, least) => typeof value !== "string" || [...value].length >= least,
  maxLength: (value, most) => typeof value !== "string" || [...value].length <= most,
  minimum: (value, least) => typeof value !== "number" || value >= least,
  minItems: (value, least) => !Array.isArray(value) || value.length >= least,
  required: (value, names) => !isObject(value) || names.every((name) => name in value),
};

const ANNOTATIONS = new Set(["$schema", "$id", "$defs", "title", "description", "$comment", "then", "else"]);

/** Where the value does not fit the schema, as a JSON pointer; null when it fits. */
function misfit(value, schema, place = "") {
  if (typeof schema === "boolean") return schema ? null : place || "/";
  for (const [keyword, given] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    if (keyword in KEYWORDS) {
      if (!KEYWORDS[keyword](value, given)) return place || "/";
      continue;
    }
    const found = APPLICATORS[keyword](value, given, schema, place);
    if (found !== null) return found;
  }
  return null;
}

const firstMisfit = (pairs) => {
  for (const [value, schema, place] of pairs) {
    const found = misfit(value, schema, place);
    if (found !== null) return found;
  }
  return null;
};

const APPLICATORS = {
  $ref: (value, name, _, place) => misfit(value, CERTIFICATE_SCHEMA.$defs[name.replace("#/$defs/", "")], place),
  allOf: (value, all, _, place) => firstMisfit(all.map((one) => [value, one, place])),
  anyOf: (value, any, _, place) => (any.some((one) => misfit(value, one, place) === null) ? null : place || "/"),
  if: (value, when, schema, place) => misfit(value, (misfit(value, when) === null ? schema.then : schema.else) ?? true, place),
  properties: (value, named, _, place) =>
    isObject(value) ? firstMisfit(Object.keys(named).filter((n) => n in value).map((n) => [value[n], named[n], `${place}/${n}`])) : null,
  additionalProperties: (value, rest, { properties = {} }, place) =>
    isObject(value) ? firstMisfit(Object.keys(value).filter((n) => !Object.hasOwn(properties, n)).map((n) => [value[n], rest, `${place}/${n}`])) : null,
  prefixItems: (value, schemas, _, place) =>
    Array.isArray(value) ? firstMisfit(schemas.slice(0, value.length).map((s, i) => [value[i], s, `${place}/${i}`])) : null,
  items: (value, schema, { prefixItems = [] }, place) =>
    Array.isArray(value) ? firstMisfit(value.slice(prefixItems.length).map((v, i) => [v, schema, `${place}/${i + prefixItems.length}`])) : null,
};
