// @ts-check

/** Lets a form that changes something be sent once, however often its button is struck. */
export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method !== "post" || event.defaultPrevented) return;
    if ("sent" in form.dataset) event.preventDefault();
    form.dataset.sent = "";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete (/** @type {HTMLElement} */ (form).dataset.sent);
  });
}
