// @ts-check
/* The share sheet: copy, and the phone's own way of sharing. Without this script the addresses are there to be copied by hand. */

const said = document.querySelector(".share [role=status]");

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-copies]"))) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.copies ?? ""));
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    if (said) said.textContent = button.dataset.copied ?? "";
    button.textContent = button.dataset.copied ?? "";
  });
}

const native = /** @type {HTMLElement | null} */ (document.querySelector("[data-native]"));
if (native && "share" in navigator) {
  native.hidden = false;
  native.querySelector("button")?.addEventListener("click", () => {
    navigator.share({ title: document.title, url: native.dataset.native }).catch(() => {});
  });
}
