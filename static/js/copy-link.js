// @ts-check
import { addressToShare } from "./address.js";

const THANKS = 2000; // milliseconds that the confirmation stays

/** A button that puts the address of this moment on the clipboard; the answers given are the reader's own business. */
export class CopyLink extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return;
    this.hidden = false;
    this.querySelector("button")?.addEventListener("click", async () => {
      await navigator.clipboard.writeText(addressToShare(location.href));
      const said = /** @type {HTMLElement} */ (this.querySelector("[role=status]"));
      said.textContent = this.dataset.copied ?? "";
      this.classList.add("copied");
      setTimeout(() => {
        said.textContent = "";
        this.classList.remove("copied");
      }, THANKS);
    });
  }
}
