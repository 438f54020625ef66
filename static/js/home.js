// @ts-check
import { WhereIWas } from "./where-i-was.js";

customElements.define("where-i-was", WhereIWas);
