// @ts-check
import { CopyLink, shareWhatIsShown } from "./copy-link.js";
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
shareWhatIsShown();
