// @ts-check
/** The steps that a visitor has read, as the browser keeps them until there is a learner. No DOM. */

/**
 * @typedef {object} Kept
 * @property {string} lesson  where the visitor was last: the lesson
 * @property {number} step    and the number of its step
 * @property {readonly string[]} read  every step that was read, as lesson#step, in the order of reading
 */

/**
 * @param {string | null} text
 * @returns {Kept | null} null for nothing, and for what is not ours
 */
export function parsed(text) {
  try {
    const { lesson, step, read } = JSON.parse(text ?? "null");
    const sound = typeof lesson === "string" && Number.isInteger(step) && Array.isArray(read);
    return sound ? { lesson, step, read: read.filter((name) => typeof name === "string") } : null;
  } catch {
    return null;
  }
}

/**
 * @param {Kept | null} kept
 * @param {string} name  lesson#step, of what was read beside the place where the visitor is
 * @returns {Kept}
 */
export function withRead(kept, name) {
  const { lesson, step, read } = kept ?? { lesson: "", step: 1, read: [] };
  return { lesson, step, read: [...read.filter((other) => other !== name), name] };
}

/**
 * @param {Kept | null} kept
 * @param {string} lesson
 * @param {number} step
 * @param {string} id  of the step
 * @returns {Kept}
 */
export const withStep = (kept, lesson, step, id) => ({ ...withRead(kept, `${lesson}#${id}`), lesson, step });
