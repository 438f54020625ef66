// @ts-check

/** The theme form without a reload: the server still keeps the choice. */
export class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelector("form")?.addEventListener("submit", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
      if (!button) return;
      event.preventDefault();
      document.documentElement.dataset.theme = button.value;
      const body = new URLSearchParams({ to: button.value, back: `${location.pathname}${location.search}` });
      const keep = () => fetch(form.action, { method: "POST", body, redirect: "manual" });
      keep().catch(() => addEventListener("online", () => keep().catch(() => {}), { once: true }));
      const other = [...this.querySelectorAll("button")].find((candidate) => candidate !== button);
      other?.focus();
    });
  }
}
