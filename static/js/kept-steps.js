// @ts-check
import { parsed, withRead, withStep } from "./steps.js";

const KEY = "reading";
const STAY = 1000; // milliseconds at a step from which on it was read, and not passed by

const isLearner = () => document.documentElement.hasAttribute("data-learner");

/** What this browser has kept; storage may be forbidden. */
export function kept() {
  try {
    return parsed(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** @param {import("./steps.js").Kept} place */
function keep(place) {
  try {
    localStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // then the place is forgotten with the page
  }
}

/** @param {readonly string[]} read */
const form = (read) => new URLSearchParams(read.map((name) => ["step", name]));

/** What was read before there was a learner, or a network, goes to the learner, once. */
export async function handOver() {
  const before = isLearner() ? kept() : null;
  if (!before) return;
  const answer = await fetch("/read", { method: "POST", body: form(before.read), keepalive: true }).catch(() => null);
  const same = JSON.stringify(kept()) === JSON.stringify(before); // another tab may have read on since
  if (answer?.status === 204 && same) localStorage.removeItem(KEY);
}

/**
 * Keeps what is read of a lesson: on the site for a learner, in the browser for anybody else and without a network.
 * @param {string} lesson
 * @param {HTMLElement} element  tells by the event `step` that the reader has stepped on
 */
export function watch(lesson, element) {
  /** @type {{step: number, id: string} | null} */
  let here = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let staying;
  const settle = () => {
    clearTimeout(staying);
    if (!here) return;
    if (isLearner() && navigator.onLine) navigator.sendBeacon("/read", form([`${lesson}#${here.id}`]));
    else keep(withStep(kept(), lesson, here.step, here.id));
    here = null;
  };
  element.addEventListener("step", (event) => {
    here = /** @type {CustomEvent} */ (event).detail;
    clearTimeout(staying);
    staying = setTimeout(settle, STAY);
  });
  addEventListener("pagehide", settle); // where a lesson is left is a place to come back to
  const first = /** @type {HTMLElement | null} */ (element.querySelector("[aria-current=step]"));
  if (!first || isLearner()) return; // a learner's came with the page
  const answers = location.hash === "#answers" && withRead(kept(), `${lesson}#answers`);
  keep(answers || withStep(kept(), lesson, Number(first.dataset.step), first.id));
}
