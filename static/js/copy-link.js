// @ts-check
import { addressToShare } from "./address.js";

const THANKS = 2000; // milliseconds that the confirmation stays

/** A button that puts an address on the clipboard: `data-url`, or that of this moment without the answers given. */
export class CopyLink extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return;
    this.hidden = false;
    this.querySelector("button")?.addEventListener("click", async () => {
      const { url } = this.dataset;
      await navigator.clipboard.writeText(url ? new URL(url, location.href).href : addressToShare(location.href));
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

/** Links to the share sheet (`data-share`) go with the reader: they share what is shown when they are followed. */
export function shareWhatIsShown() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-share]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    const shared = new URL(addressToShare(location.href));
    link.search = `?${new URLSearchParams({ to: shared.pathname + shared.search })}`;
  });
}
