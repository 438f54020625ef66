"""Group commit: answers that arrive together share one transaction, and one wait for the disk."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app.progress.scrubber import Scrubber
from app.progress.store import Store
from app.progress.trouble import Trouble

T = TypeVar("T")

GROUP = 200  # pieces of work in one transaction at most

_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class _Job:
    work: Callable[[Connection], Any]
    learner: UUID
    erasing: bool
    done: Future[Any]


class Writer:
    """One thread that writes for all. What it returns, or raises, is known only after the commit.

    Work is a function of the connection that may run twice (the first time rolled back), so it does nothing else than
    write. One that raises takes no other's work with it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scrubber = Scrubber(store)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def submit(
        self, work: Callable[[Connection], T], learner: UUID | None = None, *, erasing: bool = False
    ) -> Future[T]:
        """Have it written. The future resolves after the commit; it raises Trouble, or what the work raised.

        `learner` is whom it is about, so that processes lock in one order. `erasing`: scrub, before it
        resolves if that can be done at once.
        """
        done: Future[T] = Future()
        with self._gate:
            if self._stopped:
                raise RuntimeError("the writer has stopped")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            self._jobs.put(_Job(work, learner or _NOBODY, erasing, done))
        return done

    async def write(self, work: Callable[[Connection], T], learner: UUID | None = None, *, erasing: bool = False) -> T:
        """As `submit`, awaited."""
        return await asyncio.wrap_future(self.submit(work, learner, erasing=erasing))

    @property
    def alive(self) -> bool:
        """Whether what is submitted will be written, as far as that is this process's matter."""
        return not self._stopped and (self._thread is None or self._thread.is_alive())

    def stop(self) -> None:
        """Take no more, finish what was taken, and return when it is written."""
        with self._gate:
            self._stopped = True
            thread = self._thread
        if thread is not None:
            self._jobs.put(None)
            thread.join()
        self._scrubber.stop()

    def _run(self) -> None:
        last = False
        while not last:
            group, last = self._gathered()
            group = [job for job in group if job.done.set_running_or_notify_cancel()]
            if group:
                self._together(sorted(group, key=lambda job: job.learner))

    def _gathered(self) -> tuple[list[_Job], bool]:
        """All that is waiting, at least one piece; and whether it is the last."""
        job = self._jobs.get()
        group: list[_Job] = []
        while job is not None:
            group.append(job)
            if len(group) == GROUP:
                return group, False
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _together(self, group: list[_Job]) -> None:
        try:
            with self._store.writing() as connection:
                results = [job.work(connection) for job in group]
        except Exception as error:
            if len(group) == 1 or (isinstance(error, Trouble) and self._concerns_all(error)):
                for job in group:
                    job.done.set_exception(error)
            else:
                for job in group:
                    self._together([job])
        else:
            if any(job.erasing for job in group):
                self._scrubber.scrub()
            for job, result in zip(group, results, strict=True):
                job.done.set_result(result)

    def _concerns_all(self, trouble: Trouble) -> bool:
        """On PostgreSQL a lock is one learner's, and others need not suffer from it."""
        return self._store.sqlite or trouble.reason != "locked"
