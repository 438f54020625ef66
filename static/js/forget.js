// @ts-check

// Everything has been deleted from the server: what this browser remembers by itself goes, too.
localStorage.clear();
sessionStorage.clear();
