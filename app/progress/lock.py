"""Who uses a database of this machine: servers share it, and whoever puts another in its place is alone."""

import fcntl
import os
from weakref import finalize

from app.progress.place import Place
from app.progress.trouble import Trouble


class InUse:
    """A lock on a file beside the database, until `close` or the end of the process, whatever that is.

    Raises Trouble where others have it in use, or (if not `alone`) where it is being replaced. PostgreSQL needs none.
    """

    def __init__(self, place: Place, *, alone: bool = False) -> None:
        self._held: finalize[..., InUse] | None = None
        if place.file is None:
            return
        file = place.file.with_name(f"{place.file.name}.lock")
        try:
            handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
            self._held = finalize(self, os.close, handle)
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            why = "it is in use: stop the server first" if alone else "a backup is being restored"
            raise Trouble("locked", why) from error
        except OSError as error:
            raise Trouble("unreachable", f"{file}: {error.strerror}") from error

    def close(self) -> None:
        """Let others have it."""
        if self._held is not None:
            self._held()
