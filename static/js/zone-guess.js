// @ts-check

/**
 * A form with a list of time zones: as long as the visitor has chosen none, the browser's own is selected, and is kept
 * for somebody of whom something is kept already, so that days begin where they are.
 */
export class ZoneGuess extends HTMLElement {
  connectedCallback() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const form = this.querySelector("form");
    const list = /** @type {HTMLSelectElement | null} */ (this.querySelector("[name=zone]"));
    if ("known" in this.dataset || !zone || !form || !list) return;
    if (![...list.options].some((option) => option.value === zone)) list.add(new Option(zone, zone));
    list.value = zone;
    if ("learner" in this.dataset) this.#keep(form.action, zone);
  }

  /**
   * @param {string} url
   * @param {string} zone
   */
  async #keep(url, zone) {
    try {
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ zone }) });
      if (answer.ok) location.reload();
    } catch {
      // it is offered in the form all the same
    }
  }
}
