// @ts-check
import { addressToShare } from "./address.js";
import { CopyLink } from "./copy-link.js";
import { watch } from "./kept-steps.js";
import { KeysDialog } from "./keys-dialog.js";
import { PredictCard } from "./predict-card.js";
import { TcpLesson } from "./tcp-lesson.js";
import { TcpPlayer } from "./tcp-player.js";
import { TermNotes } from "./term-notes.js";

customElements.define("predict-card", PredictCard);
customElements.define("tcp-player", TcpPlayer);
customElements.define("tcp-lesson", TcpLesson); // last: it speaks to the elements inside it
customElements.define("keys-dialog", KeysDialog);
customElements.define("copy-link", CopyLink);
customElements.define("term-notes", TermNotes);

const lesson = /** @type {HTMLElement | null} */ (document.querySelector("tcp-lesson"));
if (lesson) watch(location.pathname.split("/")[3], lesson);

/* A link to the share sheet goes with the reader: it shares the step that is shown when it is followed. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-share]") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  const shared = new URL(addressToShare(location.href));
  link.search = `?${new URLSearchParams({ to: shared.pathname + shared.search })}`;
});
