// @ts-check
/// <reference lib="webworker" />

/*
 * Lessons in a tunnel. A page that was read is kept as any visitor is shown it, so that nothing of a learner is in it,
 * and is shown again when the network is silent. With it is kept every file that it loads, at the address which carries
 * their release: a page is kept only once they have all come, and they stay as long as a kept page needs them. So a page
 * never meets a script or a style sheet of another release. Nothing that is sent is kept, or sent again by itself.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const LANGUAGES = ["zh", "en"];
const READ = /^\/[a-z]{2}\/(?:lessons\/[\w-]+|states|glossary|timers)$/; // the pages that are kept
const RELEASE = /\/static\/(v-[0-9a-f]{12})\//;
const LOADS = /(?:="|from "|url\("?)(\.{0,2}\/[^"()]+)/g; // addresses in a page, a script, a style sheet
const MOST = 60; // pages
const PATIENCE = 4000; // milliseconds that the network has where a page is kept
const SILENT = [502, 503, 504]; // what a proxy says for a server that is not there
const [PAGES, FILES] = ["pages-1", "files-1"]; // another number for another way of keeping
const THEME = "/theme"; // among the pages: the theme of the page that was read last

worker.addEventListener("install", (event) => {
  worker.skipWaiting();
  event.waitUntil(begin());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([worker.registration.navigationPreload?.enable(), forgetFormerWays()]));
});

worker.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(Promise.all([forgetPages(), inTurn(forgetPages)])); // and what is coming
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== worker.location.origin) return;
  if (request.mode === "navigate" && request.destination === "document") {
    // What another site sends stays out of these hands: the server must see who it was.
    if (request.method === "GET") event.respondWith(open(event, pathname));
    else if (request.referrer.startsWith(`${origin}/`)) event.respondWith(send(request));
  } else if (RELEASE.test(pathname)) {
    event.respondWith(caches.match(request.url, { cacheName: FILES }).then((file) => file ?? fetch(request)));
  }
});

/** The pages that say that there is no network, and what is being read already. */
async function begin() {
  for (const lang of LANGUAGES) await keep(`/${lang}/offline`);
  for (const { url } of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    const { pathname } = new URL(url);
    if (READ.test(pathname)) await keep(pathname).catch(() => {}); // it will be read again
  }
}

/**
 * A page: from the network; where that is silent, the one that was kept, or the page which says so.
 * @param {FetchEvent} event
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function open(event, path) {
  const coming = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
  event.waitUntil(coming.catch(() => {}));
  const kept = READ.test(path) ? await keptPage(path) : undefined;
  const answer = await (kept ? Promise.race([coming, late()]) : coming).catch(() => undefined);
  if (!answer || (kept && SILENT.includes(answer.status))) return kept ? asLastSeen(kept) : noNetwork(path);
  if (answer.ok && READ.test(path)) event.waitUntil(remember(path, answer.clone()));
  return answer;
}

/**
 * A form: to the network and nowhere else. Where that is silent, the page which says so holds what was filled in.
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function send(request) {
  const form = request.clone();
  try {
    return await fetch(request);
  } catch {
    const fields = [...(await form.formData())];
    const files = fields.some(([, value]) => typeof value !== "string");
    return noNetwork(new URL(request.referrer).pathname, JSON.stringify(files ? null : fields));
  }
}

/**
 * @param {string} path  says in which language
 * @param {string} [typed]  JSON, for a form: its fields as pairs; null where there were files among them
 * @returns {Promise<Response>}
 */
async function noNetwork(path, typed = "") {
  const named = LANGUAGES.find((lang) => path.startsWith(`/${lang}/`));
  const liked = LANGUAGES.find((lang) => navigator.language.startsWith(lang));
  const page = await keptPage(`/${named ?? liked ?? "en"}/offline`);
  if (!page) return Response.error();
  const escaped = typed.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const shown = await asLastSeen(page);
  const html = (await shown.text()).replace('data-typed=""', () => `data-typed="${escaped}"`);
  return new Response(html, { status: 503, headers: shown.headers });
}

/** @param {string} path */
const keptPage = (path) => caches.match(path, { cacheName: PAGES });

/** @returns {Promise<undefined>} */
const late = () => new Promise((resolve) => setTimeout(resolve, PATIENCE));

/**
 * In the theme of the page that was read last: a visitor's page does not know it.
 * @param {Response} page
 */
async function asLastSeen(page) {
  const theme = (await (await keptPage(THEME))?.text()) ?? "system";
  const html = (await page.text()).replace(/data-theme="\w+"/, `data-theme="${theme}"`);
  return new Response(html, { headers: page.headers });
}

/**
 * A page was read: it is kept, and where there is a new release, the pages that need no network are kept as it has them.
 * @param {string} path
 * @param {Response} seen
 */
async function remember(path, seen) {
  const theme = /data-theme="(\w+)"/.exec(await seen.text())?.[1] ?? "system";
  await (await caches.open(PAGES)).put(THEME, new Response(theme));
  await keep(path);
  const release = await releaseOf(path);
  for (const lang of LANGUAGES) {
    if ((await releaseOf(`/${lang}/offline`)) !== release) await keep(`/${lang}/offline`);
  }
}

/** @param {string | Request} page */
const releaseOf = async (page) => (await caches.match(page, { cacheName: PAGES }))?.headers.get("release");

/**
 * One after the other, in all workers: what one keeps, no other takes for superfluous.
 * @template T
 * @param {() => Promise<T>} task
 */
const inTurn = (task) => navigator.locks.request("keep", task);

/** @param {string} path */
const keep = (path) => inTurn(() => renew(path));

/**
 * Keeps the page as a visitor is shown it now, with everything that it loads.
 * @param {string} path
 */
async function renew(path) {
  const [pages, files] = await Promise.all([caches.open(PAGES), caches.open(FILES)]);
  await dropFiles(files); // those of the last page are left to it until now
  const former = await pages.match(path);
  const tag = former?.headers.get("etag");
  const unless = tag ? { "if-none-match": tag } : undefined;
  const answer = await fetch(path, { credentials: "omit", redirect: "error", headers: unless });
  if (answer.status === 304 && former) await pages.put(path, former); // again the latest
  else if (answer.status === 404) await pages.delete(path);
  if (!answer.ok || answer.headers.get("cache-control")?.includes("no-store")) return;
  const html = await answer.text();
  await gather(new URL(path, worker.location.href).href, html, files);
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set("release", RELEASE.exec(html)?.[1] ?? "");
  await pages.put(path, new Response(html, { headers }));
  const read = (await pages.keys()).filter(({ url }) => READ.test(new URL(url).pathname));
  for (const page of read.slice(0, -MOST)) await pages.delete(page);
}

/**
 * Keeps what the text at that address loads, and what that loads in turn. Raises where a file is not of its release.
 * @param {string} address
 * @param {string} text
 * @param {Cache} files
 * @param {Set<string>} seen
 */
async function gather(address, text, files, seen = new Set()) {
  const found = [...text.matchAll(LOADS)].map(([, path]) => new URL(path, address).href);
  const wanted = found.filter((href) => RELEASE.test(href) && !seen.has(href));
  for (const href of wanted) seen.add(href);
  await Promise.all(
    [...new Set(wanted)].map(async (href) => {
      const file = (await files.match(href)) ?? (await fetched(href, files));
      if (/\.(?:css|js)$/.test(href)) await gather(href, await file.text(), files, seen);
    }),
  );
}

/**
 * @param {string} href
 * @param {Cache} files
 */
async function fetched(href, files) {
  const answer = await fetch(href);
  if (!answer.headers.get("cache-control")?.includes("immutable")) throw new Error(`${href}: not of this release`);
  await files.put(href, answer.clone());
  return answer;
}

/** @param {Cache} files */
async function dropFiles(files) {
  const pages = await (await caches.open(PAGES)).keys();
  const needed = new Set(await Promise.all(pages.map(releaseOf)));
  for (const file of await files.keys()) if (!needed.has(RELEASE.exec(file.url)?.[1])) await files.delete(file);
}

/** Somebody has had everything deleted: which pages were read goes, too. */
async function forgetPages() {
  const pages = await caches.open(PAGES);
  for (const page of await pages.keys()) if (!page.url.endsWith("/offline")) await pages.delete(page);
}

async function forgetFormerWays() {
  for (const name of await caches.keys()) if (name !== PAGES && name !== FILES) await caches.delete(name);
}
