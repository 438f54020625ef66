"""What lessons say of traces, in the words of `app/sim/when.py` and `claims.py`; nonsense is its author's mistake."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.course.source import Mistake
from app.sim import claims, when
from app.sim.trace import Trace


def moment(trace: Trace, words: str) -> int:
    """The index of the moment that is named (`c1 sent`). Raises Mistake where none is."""
    with _written():
        return when.moment(trace, words)


def known_host(trace: Trace, host: str) -> str:
    """`host`, if the scenario has it. Raises Mistake otherwise."""
    with _written():
        return when.known_host(trace, host)


def refute(trace: Trace, check: str) -> str | None:
    """Why that claim does not hold on that trace; None if it holds. Raises Mistake where it makes no sense."""
    with _written():
        return claims.refute(trace, claims.parse(check))


@contextmanager
def _written() -> Iterator[None]:
    """What makes no sense was written so."""
    try:
        yield
    except when.Nonsense as nonsense:
        raise Mistake(str(nonsense)) from nonsense
