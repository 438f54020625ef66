// @ts-check
import { ThemeSwitch } from "./theme-switch.js";

customElements.define("theme-switch", ThemeSwitch);
