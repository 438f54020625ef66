// @ts-check
import { CopyLink } from "./copy-link.js";
import { sendOnce } from "./once.js";
import { ZoneGuess } from "./zone-guess.js";

customElements.define("copy-link", CopyLink);
customElements.define("zone-guess", ZoneGuess);
sendOnce();

/** A file that the server would turn away is not sent there first. */
for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  const field = /** @type {HTMLInputElement} */ (input);
  field.addEventListener("change", () => {
    const large = (field.files?.[0]?.size ?? 0) > Number(field.dataset.most);
    field.setCustomValidity(large ? field.dataset.tooLarge ?? "" : "");
    field.reportValidity();
  });
}
