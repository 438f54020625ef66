// @ts-check
import { handOver } from "./kept-steps.js";
import { ThemeSwitch } from "./theme-switch.js";

customElements.define("theme-switch", ThemeSwitch);
handOver();

/** Lessons that were read are kept for when there is no network; where nothing may be kept, nothing is. */
addEventListener("load", () => navigator.serviceWorker?.register("/worker.js").catch(() => {}));

/** A link with a key of its own is followed when that key is struck, except while somebody is writing. */
document.addEventListener("keydown", (event) => {
  const writing = /** @type {Element} */ (event.target).closest("input:not([type=range], [type=radio]), select, textarea");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  const link = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
  if (!link) return;
  event.preventDefault();
  link.click();
});
