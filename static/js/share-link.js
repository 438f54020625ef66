// @ts-check
import { addressToShare } from "./address.js";

/* A link to the share sheet goes with the reader: it shares the step that is shown when it is followed. */
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-share]") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  const shared = new URL(addressToShare(location.href));
  link.search = `?${new URLSearchParams({ to: shared.pathname + shared.search })}`;
});
