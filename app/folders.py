"""Where the pages' material is: templates, static files and content, in a checkout and in an installed wheel."""

from pathlib import Path
from typing import Literal

_HERE = Path(__file__).parent


def folder(name: Literal["templates", "static", "content"]) -> Path:
    """The folder of that name: inside the package when installed from a wheel, else beside it in the checkout."""
    installed = _HERE / "_site" / name
    return installed if installed.is_dir() else _HERE.parent / name
