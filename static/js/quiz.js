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
    const asked = /** @type {HTMLFormElement | null} */ (document.querySelector(".ask-form"));
    if (next) next.click();
    else if (asked && !event.defaultPrevented) asked.requestSubmit();
    else return;
    event.preventDefault();
  }
});

/** What was typed and not sent is still there after a reload, or after a look at the other language and Back. */
const form = /** @type {HTMLFormElement | null} */ (document.querySelector(".ask-form:not(:has(:disabled))"));
if (form) {
  const key = `typed ${location.pathname}${location.search}`;
  const fields = () => /** @type {HTMLInputElement[]} */ ([...form.elements]).filter(({ name, type }) => name && type !== "hidden");
  try {
    const typed = JSON.parse(sessionStorage.getItem(key) ?? "null");
    for (const [n, field] of typed ? fields().entries() : []) {
      if (/radio|checkbox/.test(field.type)) field.checked = typed[n] === true;
      else if (!field.value || field.tagName === "SELECT") field.value = typed[n] ?? "";
    }
    form.addEventListener("input", () => {
      const now = fields().map((field) => (/radio|checkbox/.test(field.type) ? field.checked : field.value));
      sessionStorage.setItem(key, JSON.stringify(now));
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  } catch {
    // a browser that keeps nothing: then nothing is kept
  }
}

document.querySelector("#verdict, .complaint")?.scrollIntoView({ block: "nearest" });
