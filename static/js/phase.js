// @ts-check

/** @typedef {"past" | "now" | "future" | "veiled"} Phase */

/** @type {readonly Phase[]} */
export const PHASES = ["past", "now", "future", "veiled"];

/**
 * How something that exists from moment `since` until moment `until` looks when the player shows `moment`
 * and nothing beyond `horizon` may be seen. The server applies the same rule when it draws.
 *
 * @param {number} since
 * @param {number} until
 * @param {number} moment
 * @param {number} horizon
 * @returns {Phase}
 */
export function phase(since, until, moment, horizon) {
  if (since > horizon) return "veiled";
  if (moment < since) return "future";
  return moment < until ? "now" : "past";
}
