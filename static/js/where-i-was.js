// @ts-check
import { kept } from "./kept-steps.js";

/** Leads a visitor back to the step that was read last. The course on this page knows the lessons' names. */
export class WhereIWas extends HTMLElement {
  connectedCallback() {
    const place = kept();
    const lesson = place && document.querySelector(`[data-lesson="${CSS.escape(place.lesson)}"]`);
    const link = this.querySelector("a");
    if (!place || !lesson || !link) return;
    const title = lesson.querySelector("h3")?.textContent ?? "";
    link.href = `${lesson.getAttribute("href")}?step=${place.step}`;
    link.textContent = (link.dataset.text ?? "").replace("{title}", title).replace("{step}", String(place.step));
    this.hidden = false;
  }
}
