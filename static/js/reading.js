// @ts-check
/** Where a reader stands in a lesson, and what may be seen from there. No DOM. */

/**
 * @typedef {object} Item  a step that is read or a prediction that is asked
 * @property {number} number  counted through the lesson, from 1
 * @property {string} player  id of the player that it moves
 * @property {number} moment  index of the moment that it shows
 * @property {string | null} prediction  id, when it is asked
 */

/**
 * @typedef {object} Place
 * @property {number} step
 * @property {number} moment  in the player of that step
 * @property {Readonly<Record<string, number>>} answers
 */

/**
 * The first prediction of a player that lies at or ahead of the reader and has no answer.
 * @param {readonly Item[]} items
 * @param {string} player
 * @param {Place} place
 * @returns {Item | null}
 */
export function openPrediction(items, player, place) {
  const ahead = items.filter((item) => item.player === player && item.number >= place.step);
  return ahead.find((item) => isOpen(item.prediction, place)) ?? null;
}

/**
 * @param {string | null} prediction
 * @param {Place} place
 */
const isOpen = (prediction, place) => prediction !== null && !(prediction in place.answers);

/**
 * The last moment of a player that may be seen.
 * @param {readonly Item[]} items
 * @param {string} player
 * @param {Place} place
 * @param {number} last  the player's last moment
 */
export function horizon(items, player, place, last) {
  return openPrediction(items, player, place)?.moment ?? last;
}

/**
 * The step whose words belong to a moment: the reader's own if it shows that moment, else the one that
 * came last before it. An open prediction is not walked past, and one that was passed is not asked again.
 * @param {readonly Item[]} items
 * @param {string} player
 * @param {Place} place
 * @param {number} moment
 * @returns {number | null} null for a player without steps
 */
export function stepAt(items, player, place, moment) {
  const open = openPrediction(items, player, place);
  const mine = items.filter((item) => item.player === player && (open === null || item.number <= open.number));
  if (mine.length === 0) return null;
  const passed = mine.findLast(({ number, prediction }) => number < place.step && isOpen(prediction, place));
  const free = passed ? mine.filter(({ number }) => number > passed.number) : mine;
  if (free.length === 0) return mine[mine.length - 1].number;
  const here = free.find((item) => item.number === place.step);
  if (here?.moment === moment) return here.number;
  let best = free[0];
  for (const item of free) {
    if (item.moment <= moment && (best.moment > moment || item.moment > best.moment)) best = item;
  }
  return best.number;
}

/**
 * The moment that a player shows: the reader's own in the player being read, the end in those behind,
 * the beginning in those ahead. A player without steps is shown whole.
 * @param {readonly Item[]} items
 * @param {string} player
 * @param {Place} place
 * @param {number} last  the player's last moment
 */
export function momentOf(items, player, place, last) {
  const mine = items.filter((item) => item.player === player);
  if (mine.length === 0) return last;
  if (mine.some((item) => item.number === place.step)) return place.moment;
  const shown = mine[0].number > place.step ? mine[0] : mine[mine.length - 1];
  return shown.moment;
}

/**
 * Of the players of a choice, the one that is shown: it is being read, or was read last, or comes first.
 * @param {readonly Item[]} items
 * @param {readonly string[]} players  ids, in order
 * @param {number} step  the reader's
 * @returns {string}
 */
export function chosen(items, players, step) {
  const begun = players.filter((player) => items.some((item) => item.player === player && item.number <= step));
  return begun.at(-1) ?? players[0];
}

/**
 * Where the controls of a player lead. They run on into the player before and after.
 * @param {readonly Item[]} items
 * @param {string} player
 * @param {number} step  the reader's
 * @returns {{previous: number | null, next: number | null, place: number, of: number}} `place` of `of` steps
 */
export function controls(items, player, step) {
  const mine = items.filter((item) => item.player === player).map((item) => item.number);
  if (mine.length === 0) return { previous: null, next: null, place: 0, of: 0 };
  const [first, last] = [mine[0], mine[mine.length - 1]];
  if (step < first) return { previous: null, next: first, place: 1, of: mine.length };
  const here = Math.min(step, last);
  return {
    previous: here > 1 ? here - 1 : null,
    next: here < items.length ? here + 1 : null,
    place: here - first + 1,
    of: mine.length,
  };
}
