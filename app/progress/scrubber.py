"""Erasing what was deleted from SQLite's log, too: at once, or as soon as nobody reads there any more."""

import logging
import threading

from app.progress.store import Store

LOG = logging.getLogger("ackademy")

PAUSE, LONGEST = 0.5, 60.0  # seconds before the second attempt, and between attempts at most


class Scrubber:
    """Scrubs without keeping anybody waiting. Where it cannot be done at once, a thread tries until it is."""

    def __init__(self, store: Store, pause: float = PAUSE) -> None:
        self._store, self._pause = store, pause
        self._wanted, self._stopped = threading.Event(), threading.Event()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None

    def scrub(self) -> None:
        """Try it now, and have it tried again if it fails. Raises nothing: what was deleted is deleted."""
        if self._done():
            return
        self._wanted.set()
        with self._gate:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="scrubber", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Try no more. SQLite empties its log anyway when the last process lets go of the database."""
        self._stopped.set()
        self._wanted.set()
        with self._gate:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wanted.wait()
            self._wanted.clear()
            pause = self._pause
            while not self._stopped.wait(pause) and not self._done():
                pause = min(2 * pause, LONGEST)

    def _done(self) -> bool:
        try:
            return self._store.scrub()
        except Exception as error:  # whatever it is, the deletion is committed, and others wait for this thread
            LOG.warning("scrubbing the database: %s", error)
            return False
