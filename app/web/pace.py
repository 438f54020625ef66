"""How long a question takes, by its kind."""

from typing import NamedTuple


class Pace(NamedTuple):
    """Seconds: what a question usually takes with its explanation, and from when on an answer was a slow one."""

    usual: float
    slow: float


PACES = {
    "single": Pace(45, 60),
    "several": Pace(60, 60),
    "predict": Pace(45, 60),
    "number": Pace(60, 120),
    "diagnose": Pace(75, 120),
    "order": Pace(120, 150),
    "build": Pace(120, 120),
    "trace": Pace(150, 240),
    "states": Pace(150, 240),
}
