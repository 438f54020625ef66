// @ts-check

/** A quiz that was left in the middle is offered again where quizzes are chosen. */
const KEY = "quiz";
const open = /** @type {HTMLElement | null} */ (document.querySelector("[data-open-quiz]"));
const over = document.querySelector("[data-quiz-over]");
const offer = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-go-on]"));

try {
  if (open) localStorage.setItem(KEY, JSON.stringify({ url: open.dataset.openQuiz, title: open.dataset.title }));
  if (over) localStorage.removeItem(KEY);
  const left = JSON.parse(localStorage.getItem(KEY) ?? "null");
  if (offer && typeof left?.url === "string" && left.url.startsWith(`/${document.documentElement.lang.slice(0, 2)}/quiz/`)) {
    offer.href = left.url;
    offer.textContent = (offer.dataset.text ?? "").replace("{title}", left.title);
    offer.hidden = false;
  }
} catch {
  // a browser that keeps nothing, or what somebody else has kept there: nothing is offered
}
