"""SVG into PNG, with the fonts that the site ships: it looks the same wherever the server runs."""

from functools import lru_cache
from pathlib import Path

from resvg_py import svg_to_bytes

SANS, MONO = "Noto Sans CJK SC", "Noto Sans Mono CJK SC"
FILES = ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf", "NotoSansMonoSC-Regular.otf", "DejaVuSans-Bold.ttf")
KEPT = 256  # pictures, some 60 KB each


class Painter:
    """Paints, and remembers the last pictures."""

    def __init__(self, static: Path) -> None:
        self._fonts = [str(static / "fonts" / name) for name in FILES]
        self.paint = lru_cache(KEPT)(self._paint)

    def _paint(self, svg: str, zoom: float = 1) -> bytes:
        """The picture as PNG, so many pixels a user unit."""
        return svg_to_bytes(
            svg_string=svg,
            zoom=zoom,
            skip_system_fonts=True,
            font_files=self._fonts,
            font_family=SANS,
            sans_serif_family=SANS,
            monospace_family=MONO,
        )
