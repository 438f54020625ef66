"""SVG into PNG, with the fonts that the site ships: it looks the same wherever the server runs."""

from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from resvg_py import svg_to_bytes

SANS, MONO = "Noto Sans CJK SC", "Noto Sans Mono CJK SC"
FILES = ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf", "NotoSansMonoSC-Regular.otf", "DejaVuSans-Bold.ttf")
KEPT = 256  # cards, some 60 KB each


class Painter:
    """Paints, and remembers the last cards by what they show: chat programs ask for the same one again and again."""

    def __init__(self, static: Path) -> None:
        self._fonts = [str(static / "fonts" / name) for name in FILES]
        self._cards: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def paint(self, svg: str, zoom: float = 1) -> bytes:
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

    def card(self, svg: str) -> bytes:
        """The picture as PNG, painted unless it is one of the last."""
        key = blake2b(svg.encode(), digest_size=16).digest()
        with self._lock:
            if known := self._cards.get(key):
                self._cards.move_to_end(key)
                return known
        png = self.paint(svg)
        with self._lock:
            self._cards[key] = png
            if len(self._cards) > KEPT:
                self._cards.popitem(last=False)
        return png
