// Whose word about a log is taken: a C2SP tlog-policy, or vkeys alone, one a line, of which every witness must have signed.

const POLICY_LARGEST = 64 * 1024;
const DEEPEST_GROUP = 8;
const NOBODY = "none";
const ALL_BARE = ""; // no group of a file can have this name

const badPolicy = (name) => new Refused("log.bad_policy", { name: String(name ?? "\u2013").slice(0, 80) });

/** Keys of logs, witnesses and groups by their names, and whose signatures are asked for. Throws Refused. */
async function readPolicy(text) {
  if (utf8(text).length > POLICY_LARGEST) throw badPolicy();
  const policy = { logs: [], groups: new Map(), bare: [], quorum: NOBODY };
  for (const line of text.split("\n")) {
    const stated = line.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    if (stated && !stated.startsWith("#")) await takePolicyLine(policy, stated.split(/[ \t]+/));
  }
  if (policy.bare.length > 0) {
    policy.groups.set(ALL_BARE, { least: policy.bare.length, members: policy.bare });
    policy.quorum = ALL_BARE;
  }
  if (policy.quorum !== NOBODY) checkGroup(policy, policy.quorum);
  return policy;
}

async function takePolicyLine(policy, [word, name, ...rest]) {
  if (word === "log") policy.logs.push(logKey(await parseVkey(name ?? "")));
  else if (word === "witness") addWitness(policy, name, await parseVkey(rest[0] ?? ""));
  else if (word === "group") addGroup(policy, name, rest[0], rest.slice(1));
  else if (word === "quorum" && name !== undefined) policy.quorum = name;
  else {
    const key = await parseVkey(word);
    if (key.kind !== KIND_COSIGNATURE) return policy.logs.push(key);
    addWitness(policy, word, key);
    policy.bare.push(word);
  }
  return policy;
}

function logKey(key) {
  if (key.kind === KIND_COSIGNATURE) throw badPolicy(key.name);
  return key;
}

/** One key is one witness, whatever it is called. */
function addWitness(policy, name, key) {
  if (key.kind !== KIND_COSIGNATURE || witnessesOf(policy).some((known) => known.material === key.material)) throw badPolicy(name);
  addNamed(policy, name, { key });
}

function addGroup(policy, name, least, members) {
  const count = { any: 1, all: members.length }[least] ?? (/^[1-9][0-9]{0,8}$/.test(least ?? "") ? Number(least) : 0);
  if (count < 1) throw badPolicy(name);
  addNamed(policy, name, { least: count, members });
}

function addNamed(policy, name, made) {
  if (name === undefined || name === NOBODY || policy.groups.has(name)) throw badPolicy(name);
  policy.groups.set(name, made);
}

/** Every name leads to witnesses, and every group can be reached. */
function checkGroup(policy, name, depth = 0) {
  const group = policy.groups.get(name);
  if (group?.key) return;
  const reachable = group && depth <= DEEPEST_GROUP && group.least <= group.members.length && new Set(group.members).size === group.members.length;
  if (!reachable) throw badPolicy(name);
  for (const member of group.members) checkGroup(policy, member, depth + 1);
}

const witnessesOf = (policy) => [...policy.groups.values()].flatMap((group) => group.key ?? []);

/** Whether these witnesses (by vkey) make up the witness or group of a policy that was read. */
function reached(policy, name, signed) {
  const group = policy.groups.get(name);
  if (group.key) return signed.has(group.key.text);
  return group.members.filter((member) => reached(policy, member, signed)).length >= group.least;
}
