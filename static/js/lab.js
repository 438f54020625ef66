// @ts-check
import { CopyLink, shareWhatIsShown } from "./copy-link.js";
import { KeysDialog } from "./keys-dialog.js";
import { NoNetwork } from "./no-network.js";
import { TcpLab } from "./tcp-lab.js";
import { TcpPlayer } from "./tcp-player.js";

customElements.define("no-network", NoNetwork);
customElements.define("tcp-player", TcpPlayer);
customElements.define("tcp-lab", TcpLab); // after the player, to which it speaks
customElements.define("keys-dialog", KeysDialog);
customElements.define("copy-link", CopyLink);

shareWhatIsShown();
