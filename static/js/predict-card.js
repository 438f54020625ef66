// @ts-check

/**
 * A question put before the answer is shown. The server renders the question, the options and every reason;
 * this element reveals the reasons without a reload and tells the lesson by the event `answer`.
 */
export class PredictCard extends HTMLElement {
  connectedCallback() {
    this.querySelector("form")?.addEventListener("submit", (event) => {
      const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
      if (!button) return;
      event.preventDefault();
      const detail = { prediction: this.prediction, option: Number(button.value) };
      this.dispatchEvent(new CustomEvent("answer", { bubbles: true, detail }));
      /** @type {HTMLElement | null} */ (this.querySelector(".verdict:not([hidden])"))?.focus({ preventScroll: true });
    });
  }

  get prediction() {
    return this.dataset.prediction ?? "";
  }

  /** Draws the reader's eye to the question. */
  call() {
    this.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (this.querySelector(".option button"))?.focus({ preventScroll: true });
    this.classList.remove("called");
    requestAnimationFrame(() => this.classList.add("called"));
  }

  /** @param {number | null} chosen  number of the option, null while the question is open */
  show(chosen) {
    this.classList.toggle("answered", chosen !== null);
    for (const option of this.querySelectorAll(".option")) {
      const button = /** @type {HTMLButtonElement} */ (option.querySelector("button"));
      const yours = Number(button.value) === chosen;
      button.disabled = chosen !== null;
      option.classList.toggle("yours", yours);
      this.#reveal(option, ".reason", chosen !== null);
      this.#reveal(option, ".mark-yours", yours);
      this.#reveal(option, ".mark-right", chosen !== null && option.classList.contains("is-right"));
      if (!yours) continue;
      const right = option.classList.contains("is-right");
      this.#reveal(this, ".verdict.right", right);
      this.#reveal(this, ".verdict.wrong", !right);
    }
    if (chosen === null) {
      this.#reveal(this, ".verdict.right", false);
      this.#reveal(this, ".verdict.wrong", false);
    }
    this.#reveal(this, ".when-open", chosen === null);
    this.#reveal(this, ".when-answered", chosen !== null);
  }

  /**
   * @param {Element} within
   * @param {string} selector
   * @param {boolean} visible
   */
  #reveal(within, selector, visible) {
    for (const element of within.querySelectorAll(selector)) /** @type {HTMLElement} */ (element).hidden = !visible;
  }
}
