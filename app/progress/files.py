"""Files that are on the disk, and for no other user to read."""

import os
from pathlib import Path
from typing import BinaryIO


def new(path: Path) -> BinaryIO:
    """A file that was not there, to be written. Raises OSError."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def sync(output: BinaryIO) -> None:
    """Return when what was written is on the disk."""
    output.flush()
    os.fsync(output.fileno())


def sync_folder(folder: Path) -> None:
    """Make a change of names in it as durable as the files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
