// @ts-check

/** @typedef {import("./no-network.js").NoNetwork} NoNetwork */
/** @typedef {import("./tcp-player.js").TcpPlayer} TcpPlayer */
/** @typedef {import("./tcp-player.js").MomentDetail} MomentDetail */

const SETTLE = 80; // milliseconds before what stands beside a moment is fetched
const LINKS = ".diagram a, .log a[href], .controls a, .lab-head a[data-here], .programs a"; // they carry the moment along

/**
 * The lab without leaving the page: its links and forms are followed by fetching the very same address, whose lab takes
 * the place of this one. A moment only moves the player, and then what stands beside it. Back and Forward undo and redo.
 */
export class TcpLab extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;
  #asked = 0;
  #leaving = 0; // the action that is under way: what stands beside a moment is not worth losing it

  connectedCallback() {
    this.addEventListener("click", (event) => this.#follow(event));
    this.addEventListener("submit", (event) => this.#send(/** @type {SubmitEvent} */ (event)));
    this.addEventListener("moment", (event) => {
      const { moment } = /** @type {CustomEvent<MomentDetail>} */ (event).detail;
      this.#showMoment(moment);
    });
    document.addEventListener("keydown", (event) => this.#press(event));
    addEventListener("popstate", () => this.#load(location.href, {}));
  }

  /** @returns {TcpPlayer | null} */
  get #player() {
    return this.querySelector("tcp-player");
  }

  /** @returns {NoNetwork | null} */
  get #notice() {
    return document.querySelector("no-network");
  }

  /** @param {Event} event */
  #follow(event) {
    const click = /** @type {MouseEvent} */ (event);
    if (click.button !== 0 || click.ctrlKey || click.metaKey || click.shiftKey || click.altKey) return;
    const target = /** @type {Element} */ (event.target);
    const link = target.closest("a[href]");
    if (!link) return;
    const url = new URL(link.getAttribute("href") ?? "", location.href);
    if (url.origin !== location.origin || url.pathname !== location.pathname) return;
    event.preventDefault();
    const selects = link.getAttribute("data-sel");
    const moment = link.getAttribute("data-moment-link");
    if (moment && link.hasAttribute("data-host")) {
      this.#player?.show(Number(moment), this.#player.last);
      this.#load(url.href, { push: true, focus: "doing" });
    } else if (selects) {
      const here = new URL(this.#addressOf(this.#player?.moment ?? 0), location.href);
      here.searchParams.delete("sel");
      url.search = `${here.search}&sel=${encodeURIComponent(selects)}`;
      this.#load(url.href, { push: true, focus: link.id });
    } else if (moment) {
      this.#showMoment(Number(moment));
    } else if (link.matches(".controls .previous, .controls .next")) {
      this.#player?.nudge(link.matches(".next") ? 1 : -1);
    } else {
      this.#load(url.href, { push: true, focus: link.getAttribute("data-focus") ?? undefined });
    }
  }

  /** @param {SubmitEvent} event */
  #send(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method !== "post" || new URL(form.action).pathname !== location.pathname) return;
    const submitter = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (submitter?.name === "next") return; // another level is another page
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
    this.#load(form.action, { push: true, body });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const target = /** @type {Element} */ (event.target);
    const busy = target.closest("input, select, textarea, dialog, [role=group] pre");
    if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const player = this.#player;
    if (!player) return;
    if (event.key === "ArrowRight" || event.key === ".") player.nudge(1);
    else if (event.key === "ArrowLeft" || event.key === ",") player.nudge(-1);
    else if (event.key.toLowerCase() === "p") player.playing ? player.pause() : player.play();
    else return;
    event.preventDefault();
  }

  /** @param {number} moment */
  #addressOf(moment) {
    return this.querySelector(`.log [data-moment-link="${moment}"]`)?.getAttribute("href") ?? location.href;
  }

  /** @param {number} moment */
  #showMoment(moment) {
    const player = this.#player;
    if (!player) return;
    player.show(moment, player.last);
    this.#stopAtLifelines(moment);
    history.replaceState(null, "", this.#addressOf(moment));
    this.#tellOthers();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#load(location.href, { beside: true }), SETTLE);
  }

  /**
   * The keyboard stops only at the lifelines of the moment that is shown; from one that it has left it goes along.
   * @param {number} moment
   */
  #stopAtLifelines(moment) {
    const left = this.querySelector(".lifeline:focus")?.getAttribute("data-host");
    for (const link of this.querySelectorAll(".lifeline[id]")) {
      const now = link.getAttribute("data-moment-link") === String(moment);
      now ? link.removeAttribute("tabindex") : link.setAttribute("tabindex", "-1");
      if (now && left && link.getAttribute("data-host") === left) {
        /** @type {SVGElement} */ (link).focus({ preventScroll: true });
      }
    }
  }

  /**
   * @param {string} url
   * @param {{ push?: boolean, beside?: boolean, body?: URLSearchParams, focus?: string }} how
   *   `push`: a new entry of the history; `beside`: only what stands beside the moment; `focus`: the id to go to
   */
  async #load(url, { push = false, beside = false, body, focus }) {
    clearTimeout(this.#settling);
    if (beside && this.#leaving) return;
    const asked = ++this.#asked;
    this.#leaving = beside ? 0 : asked;
    if (!beside) this.#player?.pause();
    let response;
    let page;
    try {
      response = await fetch(url, { method: body ? "POST" : "GET", body, headers: { accept: "text/html" } });
      page = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      if (asked === this.#asked) this.#notice?.offer(() => this.#load(url, { push, beside, body, focus }));
      return;
    } finally {
      if (this.#leaving === asked) this.#leaving = 0;
    }
    if (asked !== this.#asked) return;
    this.#notice?.offer(null);
    const fresh = page.querySelector("tcp-lab");
    if (!fresh || (response.ok && this.#released(page) !== this.#released(document))) {
      location.assign(response.url);
      return;
    }
    if (push && response.ok && response.url !== location.href) history.pushState(null, "", response.url);
    if (beside) this.#replaceParts(fresh);
    else this.#replaceAll(fresh, focus);
    document.title = page.title;
    this.#tellOthers();
  }

  /**
   * The first style sheet's address: another release's page does not go with this one's files.
   * @param {Document} page
   */
  #released(page) {
    return page.querySelector("link[rel=stylesheet]")?.getAttribute("href");
  }

  /** @param {Element} fresh */
  #replaceParts(fresh) {
    const keep = this.#focused();
    const open = this.#open();
    for (const part of this.querySelectorAll("[data-part]")) {
      const other = fresh.querySelector(`#${CSS.escape(part.id)}`);
      const writing = part.contains(document.activeElement) && document.activeElement?.matches("input, textarea, select");
      if (other && !writing) part.replaceChildren(...other.childNodes);
    }
    const here = this.querySelectorAll(LINKS);
    const there = fresh.querySelectorAll(LINKS);
    here.forEach((link, index) => {
      const href = there[index]?.getAttribute("href");
      if (href) {
        link.setAttribute("href", href);
        link.removeAttribute("aria-disabled");
      } else if (link.matches(".controls a")) {
        link.removeAttribute("href");
        link.setAttribute("aria-disabled", "true");
      }
    });
    for (const input of this.querySelectorAll("input[name=t]")) {
      const other = /** @type {HTMLInputElement | null} */ (fresh.querySelector("input[name=t]"));
      if (other) /** @type {HTMLInputElement} */ (input).value = other.value;
    }
    const place = fresh.querySelector(".count .here");
    const count = this.querySelector(".count .here");
    if (place && count) count.textContent = place.textContent;
    this.#reopen(open);
    this.#refocus(keep);
  }

  /**
   * @param {Element} fresh
   * @param {string} [focus]
   */
  #replaceAll(fresh, focus) {
    const keep = focus ? [focus] : this.#focused();
    const open = this.#open();
    const view = /** @type {HTMLInputElement | null} */ (this.querySelector(".views :checked"))?.value;
    const scrolled = this.querySelector(".diagram")?.scrollTop ?? 0;
    const solved = this.querySelector(".verdict-card.met");
    this.replaceChildren(...fresh.childNodes);
    const radio = view && this.querySelector(`.views [value="${view}"]`);
    if (radio) {
      /** @type {HTMLInputElement} */ (radio).checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.#reopen(open);
    const diagram = this.querySelector(".diagram");
    if (diagram && focus) diagram.scrollTop = scrolled;
    const mistake = this.querySelector("#mistake");
    this.#refocus(mistake ? ["mistake"] : keep);
    mistake?.scrollIntoView({ block: "center" });
    if (focus === "doing") this.querySelector("#doing")?.scrollIntoView({ block: "nearest" });
    const met = /** @type {HTMLElement | null} */ (solved ? null : this.querySelector(".verdict-card.met"));
    met?.focus({ preventScroll: true });
    met?.scrollIntoView({ block: "nearest" });
  }

  /** The ids of what has the focus and of what it stands in, innermost first. */
  #focused() {
    const ids = [];
    let element = document.activeElement;
    if (!element || !this.contains(element)) return ids;
    for (; element && element !== this; element = element.parentElement) if (element.id) ids.push(element.id);
    return ids;
  }

  /** @param {string[]} ids */
  #refocus(ids) {
    if (ids.length === 0 || document.activeElement?.id === ids[0]) return;
    for (const id of ids) {
      const named = this.querySelector(`#${CSS.escape(id)}`);
      const element = /** @type {HTMLElement | SVGElement | null} */ (named?.querySelector(":scope > summary") ?? named);
      element?.focus({ preventScroll: true });
      if (element && document.activeElement === element) return;
    }
    if (document.activeElement === document.body) {
      const title = /** @type {HTMLElement | null} */ (this.querySelector("#programs"));
      title?.focus({ preventScroll: true });
    }
  }

  #open() {
    return [...this.querySelectorAll("details[id][open]")].map((element) => element.id);
  }

  /** @param {string[]} ids */
  #reopen(ids) {
    for (const id of ids) this.querySelector(`details#${CSS.escape(id)}`)?.setAttribute("open", "");
  }

  #tellOthers() {
    for (const link of document.querySelectorAll("a[data-same-place]")) {
      /** @type {HTMLAnchorElement} */ (link).search = location.search;
    }
  }
}
