// Moments: RFC 3339 to the second with an offset, told in Vietnamese civil time.

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:Z|([+-])(\d{2}):(\d{2}))$/;
const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;

/** Milliseconds since 1970. Throws Refused for what no calendar has. */
function readMoment(text) {
  const found = typeof text === "string" ? MOMENT.exec(text) : null;
  if (!found) throw new Refused("moment");
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(found[8] ?? 0), Number(found[9] ?? 0)];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  const real = year > 0 && local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!real || hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59)
    throw new Refused("moment");
  const offset = (found[7] === "-" ? -1 : 1) * (offsetHours * HOUR + offsetMinutes * 60000);
  return local.getTime() + hour * HOUR + minute * 60000 + second * 1000 - offset;
}

/** The same local day of a later month, or its last day where that month is shorter. */
function monthsLater(text, months) {
  const moment = readMoment(text);
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const last = new Date(0);
  last.setUTCFullYear(year, month + months, 0);
  const [from, to] = [new Date(0), new Date(0)];
  from.setUTCFullYear(year, month - 1, day);
  to.setUTCFullYear(year, month - 1 + months, Math.min(day, last.getUTCDate()));
  return moment + (to.getTime() - from.getTime());
}

/** Such as `23/11/2026 08:00:00 (UTC+7)`. */
function shownMoment(moment) {
  const [date, time] = new Date(moment + 7 * HOUR).toISOString().slice(0, 19).split("T");
  return `${date.split("-").reverse().join("/")} ${time} (UTC+7)`;
}
