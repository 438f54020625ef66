// @ts-check

/** A dialog that `?` or a button opens and Escape closes. */
export class KeysDialog extends HTMLElement {
  connectedCallback() {
    const dialog = /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
    document.addEventListener("keydown", (event) => {
      const typing = /** @type {Element} */ (event.target).closest("input:not([type=range], [type=radio]), select, textarea");
      if (event.key !== "?" || typing || dialog.open) return;
      event.preventDefault();
      dialog.showModal();
    });
    document.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-opens-keys]")) dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
}
