"""The site's colours, read from its one style sheet that has them, for pictures that leave the site."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Ground = Literal["light", "dark"]
_COLOUR = re.compile(
    r"^\s*--([a-z-]+):\s*(?:light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)|(#[0-9a-f]{6}));", re.MULTILINE
)


def palettes(static: Path) -> Mapping[Ground, Mapping[str, str]]:
    """Each colour by its name in `tokens.css`, on a light and on a dark ground."""
    found = _COLOUR.findall((static / "css" / "tokens.css").read_text(encoding="utf-8"))
    return {
        "light": {name: light or both for name, light, _, both in found},
        "dark": {name: dark or both for name, _, dark, both in found},
    }
