// @ts-check
/** The page in place of one that could not be had: what can be read all the same, and another try. */
const page = /** @type {HTMLElement} */ (document.querySelector(".offline"));
const form = /** @type {HTMLFormElement} */ (page.querySelector("form"));
const said = /** @type {HTMLElement} */ (page.querySelector("[role=status]"));
const { typed, address } = page.dataset;
const stays = location.pathname === address; // somebody has opened this very page

async function showKept() {
  for (const entry of page.querySelectorAll("li")) {
    const { href } = /** @type {HTMLAnchorElement} */ (entry.querySelector("a"));
    entry.hidden = !(await globalThis.caches?.match(href));
  }
  /** @type {HTMLElement} */ (page.querySelector(".none")).hidden = page.querySelector("li:not([hidden])") !== null;
}

/**
 * The form as it was filled in: sent once more by whoever filled it in, never by itself.
 * @param {[string, string][] | null} fields  null where there were files among them: then the browser has them
 */
function offerToSend(fields) {
  for (const one of page.querySelectorAll("[data-when]")) {
    /** @type {HTMLElement} */ (one).hidden = one.getAttribute("data-when") !== "typed";
  }
  form.action = location.href;
  for (const [name, value] of fields ?? []) {
    const field = document.createElement("input");
    field.type = "hidden";
    [field.name, field.value] = [name, value];
    form.append(field);
  }
  form.addEventListener("submit", (event) => {
    if (fields && navigator.onLine) return;
    event.preventDefault();
    if (navigator.onLine) location.reload();
    else said.textContent = said.dataset.still ?? "";
  });
  addEventListener("online", () => {
    said.textContent = said.dataset.back ?? "";
  });
}

showKept();
if (typed) offerToSend(JSON.parse(typed));
else if (!stays) {
  page.querySelector("a[data-when]")?.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  const reload = () => location.reload();
  addEventListener("online", reload);
  addEventListener("beforeunload", () => removeEventListener("online", reload)); // on the way to another page
}
