// @ts-check
import { CopyLink } from "./copy-link.js";

customElements.define("copy-link", CopyLink);

/** 1–9 choose an option; Enter answers, and after the answer goes on. */
document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  if (/^[1-9]$/.test(event.key)) {
    const option = /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-option="${event.key}"]:not(:disabled)`));
    if (!option) return;
    event.preventDefault();
    option.focus();
    option.click();
  } else if (event.key === "Enter" && !target.closest("a, button, summary")) {
    const next = /** @type {HTMLElement | null} */ (document.querySelector("[data-enter]"));
    const form = /** @type {HTMLFormElement | null} */ (document.querySelector(".ask-form"));
    if (next) next.click();
    else if (form && !event.defaultPrevented) form.requestSubmit();
    else return;
    event.preventDefault();
  }
});

document.querySelector("#verdict, .complaint")?.scrollIntoView({ block: "nearest" });
