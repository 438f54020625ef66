"""How wide text is: the metrics of a wide common font (DejaVu), so that what fits here fits wherever it is shown."""

from functools import lru_cache
from string import ascii_uppercase

TEXT = 12  # the one size of text in a diagram, in user units: 11 px where 390 units are shown on a 360 px phone
ASCENT, DESCENT = 9, 3  # what letters take above and below the baseline
LINE = 14  # from one baseline to the next

_MONO = 0.6025
_CJK = 1.0
_CAPITALS = (
    *(0.774, 0.762, 0.734, 0.83, 0.683, 0.683, 0.821, 0.837, 0.372, 0.372, 0.775, 0.637, 0.995),
    *(0.837, 0.85, 0.733, 0.85, 0.77, 0.72, 0.682, 0.812, 0.774, 1.103, 0.771, 0.724, 0.725),
)
_BOLD = {
    **dict(zip(ascii_uppercase, _CAPITALS, strict=True)),
    **dict.fromkeys("fijlrt", 0.45),
    **dict.fromkeys("mw", 1.0),
    "-": 0.415,
    "·": 0.38,
    " ": 0.348,
    "↻": 0.84,
}


def mono(text: str, size: float = TEXT) -> float:
    """The width of monospace text."""
    if text.isascii():
        return len(text) * _MONO * size
    return sum(_CJK if ord(letter) > 0x2E7F else _MONO for letter in text) * size


@lru_cache(maxsize=1024)
def bold(text: str, size: float = TEXT) -> float:
    """The width of bold sans-serif text; an upper bound for the regular weight."""
    return sum(_BOLD.get(letter, _CJK if ord(letter) > 0x2E7F else 0.72) for letter in text) * size
