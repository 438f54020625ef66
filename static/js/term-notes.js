// @ts-check

const NEAR = 8; // px between a term and its note
const EDGE = 16; // px between a note and the edge of the window
const REST = 180; // ms that a pointer rests on a term before its note opens, and is away before it closes

/** The notes of a page: what the glossary says of a term, shown where the term stands, by pointer, key or tap. */
export class TermNotes extends HTMLElement {
  /** @type {number | undefined} */
  #timer;
  /** @type {HTMLElement | null} */
  #open = null;

  connectedCallback() {
    if (!HTMLElement.prototype.showPopover) return;
    for (const link of document.querySelectorAll('a[href*="/glossary#"]')) {
      const note = this.#noteOf(link);
      if (note && !this.contains(link)) link.setAttribute("aria-describedby", note.id);
    }
    document.addEventListener("pointerover", (event) => this.#hover(event));
    document.addEventListener("focusin", (event) => this.#focus(event));
    document.addEventListener("click", (event) => this.#tap(/** @type {PointerEvent} */ (event)));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
    window.addEventListener("scroll", () => this.#close(), { passive: true });
  }

  /**
   * @param {Element | null} link
   * @returns {HTMLElement | null}
   */
  #noteOf(link) {
    const id = link?.getAttribute("href")?.split("#")[1];
    return id ? this.querySelector(`#term-${CSS.escape(id)}`) : null;
  }

  /**
   * @param {Event} event
   * @returns {Element | null}
   */
  #termAt(event) {
    const link = /** @type {Element} */ (event.target).closest('a[href*="/glossary#"]');
    return link && !this.contains(link) ? link : null;
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    if (event.pointerType === "touch") return;
    const link = this.#termAt(event);
    const inside = this.#open?.contains(/** @type {Node} */ (event.target));
    window.clearTimeout(this.#timer);
    if (link) this.#timer = window.setTimeout(() => this.#show(link), REST);
    else if (this.#open && !inside) this.#timer = window.setTimeout(() => this.#close(), REST);
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const link = this.#termAt(event);
    if (link?.matches(":focus-visible")) this.#show(link);
    else if (!this.#open?.contains(/** @type {Node} */ (event.target))) this.#close();
  }

  /**
   * A first tap opens the note, a second one follows the link; a mouse follows it at once.
   * @param {PointerEvent} event
   */
  #tap(event) {
    const link = this.#termAt(event);
    if (link && event.pointerType === "touch" && this.#noteOf(link) !== this.#open) {
      event.preventDefault();
      this.#show(link);
    } else if (!link && !this.#open?.contains(/** @type {Node} */ (event.target))) this.#close();
  }

  /** @param {Element} link */
  #show(link) {
    const note = this.#noteOf(link);
    if (!note || note === this.#open) return;
    this.#close();
    note.showPopover();
    const term = [...link.getClientRects()][0] ?? link.getBoundingClientRect();
    const { width, height } = note.getBoundingClientRect();
    const below = term.bottom + NEAR + height + EDGE < window.innerHeight;
    const left = Math.max(EDGE, Math.min(term.left, document.documentElement.clientWidth - width - EDGE));
    note.style.left = `${left}px`;
    note.style.top = `${below ? term.bottom + NEAR : Math.max(EDGE, term.top - NEAR - height)}px`;
    this.#open = note;
  }

  #close() {
    window.clearTimeout(this.#timer);
    this.#open?.hidePopover();
    this.#open = null;
  }
}
