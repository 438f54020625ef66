"""Where the pages' material is: templates, static files and content, in a checkout and in an installed wheel."""

import os
from pathlib import Path
from typing import Literal

_HERE = Path(__file__).parent


def folder(name: Literal["templates", "static", "content"]) -> Path:
    """The folder of that name: inside the package when installed from a wheel, else beside it in the checkout."""
    installed = _HERE / "_site" / name
    return installed if installed.is_dir() else _HERE.parent / name


def data_folder() -> Path:
    """Where progress is kept if nobody says otherwise: `data/` of a checkout, else where XDG has a user's data."""
    if (_HERE.parent / "pyproject.toml").is_file():
        return _HERE.parent / "data"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ackademy"
