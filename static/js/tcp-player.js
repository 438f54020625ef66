// @ts-check
import { PHASES, phase } from "./phase.js";

/**
 * What `moment` carries: the player's own element asks to show another moment.
 * @typedef {object} MomentDetail
 * @property {number} moment
 * @property {"play" | "scrub" | "key"} by
 */

const PAUSE = 1500; // milliseconds between two moments at speed 1
const SPEEDS = [0.5, 1, 2];
const SWIPE = 40; // pixels that make a swipe

/**
 * A sequence diagram with its panels, drawn by the server for every moment. This element shows one of them,
 * asks for others by the event `moment` (play, scrub, keys), says by `held` that a prediction keeps it from playing on,
 * and announces what happened. It knows no TCP.
 */
export class TcpPlayer extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #speed = 1;
  #moment = 0;
  #horizon = 0;
  #width = innerWidth;

  connectedCallback() {
    this.#moment = Number(this.dataset.moment);
    this.#horizon = Number(this.dataset.horizon);
    this.#listen(".play", "click", () => (this.playing ? this.pause() : this.play()));
    this.#listen(".speed", "click", () => this.#nextSpeed());
    this.#listen(".scrub", "input", (event) => {
      this.pause();
      this.#ask(Number(/** @type {HTMLInputElement} */ (event.target).value), "scrub");
    });
    this.#listen(".views", "change", () => this.#bringIntoView(false));
    this.#listenForSwipes();
    this.#layOutScrub();
    this.#bringIntoView(false);
    addEventListener("resize", this.#turn);
  }

  disconnectedCallback() {
    this.pause();
    removeEventListener("resize", this.#turn);
  }

  /** Another width is another scale of the picture; another height alone is only a bar of the browser. */
  #turn = () => {
    if (this.#width !== innerWidth) this.#bringIntoView(false);
    this.#width = innerWidth;
  };

  get moment() {
    return this.#moment;
  }

  get last() {
    return Number(this.dataset.last);
  }

  get playing() {
    return this.#timer !== undefined;
  }

  /**
   * @param {number} moment
   * @param {number} horizon  nothing beyond this moment may be seen
   */
  show(moment, horizon) {
    const moved = moment !== this.#moment;
    this.#moment = moment;
    this.#horizon = horizon;
    for (const element of this.querySelectorAll("[data-since]")) this.#dress(element);
    for (const element of this.querySelectorAll("[data-at-moment]")) {
      const { atMoment, to = atMoment } = /** @type {HTMLElement} */ (element).dataset;
      /** @type {HTMLElement} */ (element).hidden = moment < Number(atMoment) || moment > Number(to);
    }
    this.#layOutScrub();
    if (moved) {
      this.#announce();
      this.#bringIntoView(true);
    }
    if (moment >= horizon) this.pause();
  }

  /** Goes on from here; from the very end, starts again. */
  play() {
    if (this.#moment >= this.#horizon) {
      if (this.#horizon < this.last) {
        this.#again();
        this.dispatchEvent(new CustomEvent("held", { bubbles: true }));
        return;
      }
      this.#ask(0, "play");
    } else {
      this.#ask(this.#moment + 1, "play");
    }
    if (this.#moment < this.#horizon) this.#wait();
  }

  /** Lets what is under way now travel once more. */
  #again() {
    const travelling = this.querySelectorAll(".segment.now");
    for (const segment of travelling) segment.classList.remove("now");
    requestAnimationFrame(() => {
      for (const segment of travelling) segment.classList.add("now");
    });
  }

  pause() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dressPlay();
  }

  /** @param {number} by  moments, forward or back */
  nudge(by) {
    this.pause();
    this.#ask(this.#moment + by, "key");
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ask(this.#moment + 1, "play");
      if (this.playing) this.#wait();
    }, PAUSE / this.#speed);
    this.#dressPlay();
  }

  /**
   * @param {number} moment
   * @param {MomentDetail["by"]} by
   */
  #ask(moment, by) {
    const within = Math.max(0, Math.min(moment, this.#horizon));
    if (within === this.#moment) return;
    /** @type {MomentDetail} */
    const detail = { moment: within, by };
    this.dispatchEvent(new CustomEvent("moment", { bubbles: true, detail }));
  }

  /** @param {Element} element */
  #dress(element) {
    const { since, until } = /** @type {HTMLElement | SVGElement} */ (element).dataset;
    const after = until ? Number(until) : Number(since) + 1; // a line is of one moment
    const now = phase(Number(since), after, this.#moment, this.#horizon);
    if (element.classList.contains(now)) return;
    element.classList.remove(...PHASES);
    element.classList.add(now);
  }

  #dressPlay() {
    const button = this.querySelector(".play");
    button?.classList.toggle("playing", this.playing);
    const words = this.playing ? "pause" : "play";
    if (button) button.setAttribute("aria-label", button.getAttribute(`data-${words}`) ?? "");
  }

  #nextSpeed() {
    this.#speed = SPEEDS[(SPEEDS.indexOf(this.#speed) + 1) % SPEEDS.length];
    const label = this.querySelector(".speed .value");
    if (label) label.textContent = `${this.#speed}×`;
    if (this.playing) this.#wait();
  }

  /** The part of the time line that a prediction hides keeps its width, so that the handle stays where it is. */
  #layOutScrub() {
    const scrub = /** @type {HTMLInputElement | null} */ (this.querySelector(".scrub"));
    if (!scrub) return;
    scrub.max = String(this.#horizon);
    scrub.value = String(this.#moment);
    scrub.setAttribute("aria-valuetext", this.#said());
    scrub.disabled = this.#horizon === 0;
    scrub.style.flexGrow = String(this.#horizon);
    scrub.style.setProperty("--done", `${this.#horizon ? (100 * this.#moment) / this.#horizon : 0}%`);
    const locked = /** @type {HTMLElement | null} */ (this.querySelector(".locked"));
    if (!locked) return;
    locked.hidden = this.#horizon >= this.last;
    locked.style.flexGrow = String(this.last - this.#horizon);
  }

  #said() {
    const caption = this.querySelector(`.caption [data-at-moment="${this.#moment}"]`);
    return caption?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  }

  #announce() {
    const live = this.querySelector(".announcer");
    if (live) live.textContent = this.#said();
  }

  /**
   * Scrolls what happens now into the middle of its box, never the page.
   * @param {boolean} smooth
   */
  #bringIntoView(smooth) {
    const still = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const box of this.querySelectorAll(".follows")) {
      const now = [...box.querySelectorAll(".tick.now, .segment.now, li.now")];
      const all = now.length > 0 ? now : [...box.querySelectorAll("li.past")].slice(-1);
      const rects = all.map((element) => element.getBoundingClientRect()).filter((rect) => rect.width > 0);
      if (rects.length === 0 || box.scrollHeight <= box.clientHeight) continue;
      const top = Math.min(...rects.map((rect) => rect.top));
      const bottom = Math.max(...rects.map((rect) => rect.bottom));
      const middle = (top + bottom) / 2 - box.getBoundingClientRect().top + box.scrollTop;
      box.scrollTo({ top: middle - box.clientHeight / 2, behavior: still ? "instant" : "smooth" });
    }
  }

  #listenForSwipes() {
    /** @type {Touch | undefined} */
    let start;
    this.#listen(".diagram", "touchstart", (event) => {
      start = /** @type {TouchEvent} */ (event).touches[0];
    });
    this.#listen(".diagram", "touchend", (event) => {
      const end = /** @type {TouchEvent} */ (event).changedTouches[0];
      const box = /** @type {Element} */ (event.currentTarget);
      if (!start || !end || box.scrollWidth > box.clientWidth) return;
      const [across, along] = [end.clientX - start.clientX, end.clientY - start.clientY];
      if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(along)) return;
      /** @type {HTMLElement | null} */ (this.querySelector(across < 0 ? ".next" : ".previous"))?.click();
    });
  }

  /**
   * @param {string} selector
   * @param {string} type
   * @param {(event: Event) => void} listener
   */
  #listen(selector, type, listener) {
    this.querySelector(selector)?.addEventListener(type, listener, { passive: true });
  }
}
