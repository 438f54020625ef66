// @ts-check

// Everything has been deleted from the server: what this browser remembers by itself goes, too.
localStorage.clear();
sessionStorage.clear();
navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("forget")); // the lessons that it keeps
