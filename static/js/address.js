// @ts-check

/**
 * What the query string of a lesson says.
 * @typedef {object} Address
 * @property {number | null} step  number of a step, counted through the lesson
 * @property {number | null} t     virtual time in microseconds, when the moment is not the step's own
 * @property {Readonly<Record<string, number>>} answers  option chosen, by prediction id
 */

const UNITS = { us: 1, ms: 1_000, s: 1_000_000 };

/**
 * Microseconds as the notation writes them, in the largest unit that needs no fraction.
 * @param {number} at
 */
export function formatTime(at) {
  if (at % UNITS.s === 0 && at !== 0) return `${at / UNITS.s}s`;
  return at % UNITS.ms === 0 ? `${at / UNITS.ms}ms` : `${at}us`;
}

/**
 * @param {string} text
 * @returns {number | null} microseconds, or null for what is not a time
 */
export function parseTime(text) {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s)$/.exec(text);
  return match ? Math.round(Number(match[1]) * UNITS[/** @type {keyof typeof UNITS} */ (match[2])]) : null;
}

/**
 * @param {string | null} text
 * @returns {number | null}
 */
const positive = (text) => (text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : null);

/**
 * @param {string} search  as in location.search
 * @param {readonly string[]} predictions  ids of the predictions of this lesson
 * @returns {Address}
 */
export function readAddress(search, predictions) {
  const query = new URLSearchParams(search);
  /** @type {Record<string, number>} */
  const answers = {};
  for (const id of predictions) {
    const option = positive(query.get(id));
    if (option !== null) answers[id] = option;
  }
  return { step: positive(query.get("step")), t: parseTime(query.get("t") ?? ""), answers };
}

/**
 * @param {Address} address
 * @param {readonly string[]} predictions  answers are written in this order
 * @returns {string} with its question mark; equal addresses give equal text
 */
export function writeAddress(address, predictions) {
  const query = new URLSearchParams();
  if (address.step !== null) query.set("step", String(address.step));
  if (address.t !== null) query.set("t", formatTime(address.t));
  for (const id of predictions) {
    if (id in address.answers) query.set(id, String(address.answers[id]));
  }
  return `?${query}`;
}

/**
 * The place as it is sent to somebody: of a lesson without the answers, which are the reader's own business.
 * @param {string} href
 */
export function addressToShare(href) {
  const url = new URL(href);
  if (/^\/..\/lessons\//.test(url.pathname)) {
    for (const name of [...url.searchParams.keys()]) {
      if (name !== "step" && name !== "t") url.searchParams.delete(name);
    }
  }
  url.hash = "";
  return url.href;
}
