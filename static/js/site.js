// @ts-check
import { handOver } from "./kept-steps.js";
import { ThemeSwitch } from "./theme-switch.js";

customElements.define("theme-switch", ThemeSwitch);
handOver();

/** Lessons that were read are kept for when there is no network; where nothing may be kept, nothing is. */
addEventListener("load", () => navigator.serviceWorker?.register("/worker.js").catch(() => {}));

/** The entry of the menu that one is in, where the menu is wider than the screen. */
const current = /** @type {HTMLElement | null} */ (document.querySelector(".menu [aria-current]"));
const menu = current?.closest("ul");
if (current && menu && current.offsetLeft + current.offsetWidth > menu.scrollLeft + menu.clientWidth) {
  menu.scrollLeft = current.offsetLeft + current.offsetWidth;
}

/** A link with a key of its own is followed when that key is struck, except while somebody is writing. */
document.addEventListener("keydown", (event) => {
  const writing = /** @type {Element} */ (event.target).closest("input:not([type=range], [type=radio]), select, textarea");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  const link = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(event.key)}"]`));
  if (!link) return;
  event.preventDefault();
  link.click();
});
