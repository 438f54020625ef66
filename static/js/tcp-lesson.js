// @ts-check
import { readAddress, writeAddress } from "./address.js";
import { chosen, controls, horizon, momentOf, openPrediction, stepAt } from "./reading.js";

/** @typedef {import("./reading.js").Item} Item */
/** @typedef {import("./reading.js").Place} Place */
/** @typedef {import("./tcp-player.js").TcpPlayer} TcpPlayer */
/** @typedef {import("./predict-card.js").PredictCard} PredictCard */

const SETTLE = 200; // milliseconds before a scrubbed moment is written into the address

/** The whole lesson: keeps the place of the reader, the address, and every player and prediction in step. */
export class TcpLesson extends HTMLElement {
  /** @type {Item[]} */
  #items = [];
  /** @type {string[]} */
  #predictions = [];
  /** @type {Place} */
  #place = { step: 1, moment: 0, answers: {} };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;

  connectedCallback() {
    this.#items = [...this.querySelectorAll("[data-step]")].map((element) => {
      const { step, moment, prediction } = /** @type {HTMLElement} */ (element).dataset;
      const player = element.closest("tcp-player")?.id ?? "";
      return { number: Number(step), player, moment: Number(moment), prediction: prediction ?? null };
    });
    this.#predictions = this.#items.flatMap((item) => item.prediction ?? []);
    if (this.#items.length === 0) return;
    this.#place = this.#placeFromAddress();
    this.addEventListener("click", (event) => this.#followLink(event));
    this.addEventListener("moment", (event) => this.#showMoment(/** @type {CustomEvent} */ (event)));
    this.addEventListener("held", (event) => this.#leadToPrediction(/** @type {Element} */ (event.target)));
    this.addEventListener("answer", (event) => this.#keepAnswer(/** @type {CustomEvent} */ (event)));
    document.addEventListener("keydown", (event) => this.#pressKey(event));
    addEventListener("popstate", () => {
      this.#place = this.#placeFromAddress();
      this.#render();
      this.#tell();
      this.#scrollToStep("instant");
    });
    this.#render();
    if (new URLSearchParams(location.search).has("step") && !location.hash) this.#scrollToStep("instant");
  }

  /** @returns {Iterable<TcpPlayer>} */
  get #players() {
    return this.querySelectorAll("tcp-player");
  }

  get #here() {
    return /** @type {Item} */ (this.#items.find((item) => item.number === this.#place.step));
  }

  get #active() {
    return /** @type {TcpPlayer} */ (document.getElementById(this.#here.player));
  }

  #placeFromAddress() {
    const { step, t, answers } = readAddress(location.search, this.#predictions);
    const item = this.#items.find(({ number }) => number === step) ?? this.#items[0];
    const place = { step: item.number, moment: item.moment, answers };
    if (t === null) return place;
    const player = /** @type {TcpPlayer} */ (document.getElementById(item.player));
    const end = horizon(this.#items, item.player, place, player.last);
    for (const line of player.querySelectorAll(".log [data-at]")) {
      const { at, since } = /** @type {HTMLElement} */ (line).dataset;
      if (Number(at) <= t) place.moment = Math.min(Number(since), end);
    }
    return place;
  }

  /** @param {number} step */
  #goTo(step) {
    const item = this.#items.find(({ number }) => number === step);
    if (!item) return;
    for (const player of this.#players) player.pause();
    this.#move({ ...this.#place, step, moment: item.moment }, true);
  }

  /** @param {CustomEvent<import("./tcp-player.js").MomentDetail>} event */
  #showMoment(event) {
    const { moment } = event.detail;
    const player = /** @type {TcpPlayer} */ (event.target);
    const step = stepAt(this.#items, player.id, this.#place, moment);
    if (step === null) player.show(moment, player.last);
    else this.#move({ ...this.#place, step, moment }, false);
  }

  /**
   * A player can't play on before a prediction is answered: show the reader which.
   * @param {Element} player
   */
  #leadToPrediction(player) {
    const open = openPrediction(this.#items, player.id, this.#place);
    if (!open) return;
    if (open.number !== this.#place.step) this.#goTo(open.number);
    const card = /** @type {PredictCard} */ (this.querySelector(`predict-card[data-step="${open.number}"]`));
    card.call();
  }

  /** @param {CustomEvent<{prediction: string, option: number}>} event */
  #keepAnswer(event) {
    const { prediction, option } = event.detail;
    const item = /** @type {Item} */ (this.#items.find((other) => other.prediction === prediction));
    const answers = { ...this.#place.answers, [prediction]: option };
    this.#move({ step: item.number, moment: item.moment, answers }, true);
  }

  /**
   * @param {Place} place
   * @param {boolean} remember  make it an entry of the history, to which Back returns
   */
  #move(place, remember) {
    const turned = place.step !== this.#place.step;
    this.#place = place;
    this.#render();
    if (turned) {
      this.#scrollToStep("smooth");
      this.#tell();
    }
    clearTimeout(this.#settling);
    if (remember) this.#writeAddress(true);
    else this.#settling = setTimeout(() => this.#writeAddress(false), SETTLE);
  }

  /** Lets others know which step is being read: the event `step`. */
  #tell() {
    const { step } = this.#place;
    const id = this.querySelector(`[data-step="${step}"]`)?.id;
    this.dispatchEvent(new CustomEvent("step", { detail: { step, id } }));
  }

  /** @param {boolean} remember */
  #writeAddress(remember) {
    const url = this.#addressOf(this.#place.step, this.#place.moment);
    if (remember && url !== location.search) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    for (const link of document.querySelectorAll("a[data-same-place]")) {
      /** @type {HTMLAnchorElement} */ (link).search = location.search;
    }
  }

  /**
   * @param {number} step
   * @param {number} [moment]  the step's own when left out
   */
  #addressOf(step, moment) {
    const item = /** @type {Item} */ (this.#items.find(({ number }) => number === step));
    const player = document.getElementById(item.player);
    const line = player?.querySelector(`.log [data-since="${moment}"]`);
    const at = moment === undefined || moment === item.moment ? null : Number(line?.getAttribute("data-at"));
    return writeAddress({ step, t: at, answers: this.#place.answers }, this.#predictions);
  }

  #render() {
    const { step, answers } = this.#place;
    for (const choice of this.querySelectorAll(".choice")) this.#showChosen(choice);
    for (const player of this.#players) {
      const open = openPrediction(this.#items, player.id, this.#place);
      player.show(
        momentOf(this.#items, player.id, this.#place, player.last),
        horizon(this.#items, player.id, this.#place, player.last),
      );
      this.#hideWordsAfter(player, open);
      this.#aimControls(player);
    }
    for (const element of this.querySelectorAll("[data-step]")) {
      const current = Number(element.getAttribute("data-step")) === step;
      element.classList.toggle("current", current);
      if (current) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
    }
    for (const card of /** @type {NodeListOf<PredictCard>} */ (this.querySelectorAll("predict-card"))) {
      card.show(answers[card.prediction] ?? null);
    }
    for (const link of this.querySelectorAll("a[data-go]")) {
      const to = Number(link.getAttribute("data-go"));
      const id = this.querySelector(`[data-step="${to}"]`)?.id;
      if (to) link.setAttribute("href", `${this.#addressOf(to)}#${id}`);
    }
  }

  /**
   * Puts all players of a choice aside but one.
   * @param {Element} choice
   */
  #showChosen(choice) {
    const players = /** @type {TcpPlayer[]} */ ([...choice.querySelectorAll("tcp-player")]);
    const ids = players.map((player) => player.id);
    const shown = chosen(this.#items, ids, this.#place.step);
    for (const player of players) player.hidden = player.id !== shown;
    for (const link of choice.querySelectorAll("[data-shows]")) {
      if (link.getAttribute("data-shows") === shown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /**
   * @param {TcpPlayer} player
   * @param {Item | null} open
   */
  #hideWordsAfter(player, open) {
    let after = false;
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (player.querySelectorAll(".words > *"))) {
      item.hidden = after;
      if (open && Number(item.dataset.step) === open.number) after = true;
    }
  }

  /** @param {TcpPlayer} player */
  #aimControls(player) {
    const { previous, next, place } = controls(this.#items, player.id, this.#place.step);
    aim(player.querySelector(".previous"), previous);
    aim(player.querySelector(".next"), next);
    const count = player.querySelector(".count .here");
    if (count) count.textContent = String(place);
  }

  /** @param {Event} event */
  #followLink(event) {
    const click = /** @type {MouseEvent} */ (event);
    const link = /** @type {Element} */ (event.target).closest("a[data-go]");
    if (!link || click.metaKey || click.ctrlKey || click.shiftKey || click.button > 0) return;
    event.preventDefault();
    this.#goTo(Number(link.getAttribute("data-go")));
  }

  /** @param {KeyboardEvent} event */
  #pressKey(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.metaKey || event.ctrlKey || event.altKey || target.closest("input, select, textarea, dialog")) return;
    const { step } = this.#place;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowRight: () => this.#goTo(step + 1),
      ArrowLeft: () => this.#goTo(step - 1),
      ".": () => this.#active.nudge(1),
      ",": () => this.#active.nudge(-1),
      p: () => (this.#active.playing ? this.#active.pause() : this.#active.play()),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }

  /**
   * Leaves the page where it is while the whole step can be seen.
   * @param {"instant" | "smooth"} how
   */
  #scrollToStep(how) {
    const step = this.querySelector(`[data-step="${this.#place.step}"]`);
    if (!step) return;
    const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(step);
    const { top, bottom } = step.getBoundingClientRect();
    if (top >= parseFloat(scrollMarginTop) && bottom <= innerHeight - parseFloat(scrollMarginBottom)) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : how;
    const block = /** @type {ScrollLogicalPosition} */ (getComputedStyle(this).getPropertyValue("--come-to").trim());
    step.scrollIntoView({ block, behavior });
  }
}

/**
 * @param {Element | null} link
 * @param {number | null} step  null: there is nowhere to go
 */
function aim(link, step) {
  if (!link) return;
  link.setAttribute("data-go", step === null ? "" : String(step));
  if (step !== null) return link.removeAttribute("aria-disabled");
  link.setAttribute("aria-disabled", "true");
  link.removeAttribute("href");
}
