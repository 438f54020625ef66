// @ts-check

/** Says that something could not be done for want of a network, and does it when that is back, or somebody asks. */
export class NoNetwork extends HTMLElement {
  /** @type {(() => void) | null} */
  #again = null;

  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", () => this.#try());
    addEventListener("online", () => this.#try());
  }

  /** @param {(() => void) | null} again  what to try; null when it is no longer wanted, or has been done */
  offer(again) {
    this.#again = again;
    this.hidden = again === null;
  }

  #try() {
    const again = this.#again;
    this.offer(null);
    again?.();
  }
}
