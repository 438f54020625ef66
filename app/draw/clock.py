"""Virtual time as people write it."""

from functools import lru_cache


@lru_cache(maxsize=1024)  # every instant of a trace is asked for several times
def clock(us: int) -> str:
    """An instant or a duration: `50 ms`, `1.05 s`, `250 µs`; nothing is rounded away."""
    if us >= 1_000_000:
        return f"{_trimmed(us, 1_000_000)} s"
    if us >= 1_000 or us == 0:
        return f"{_trimmed(us, 1_000)} ms"
    return f"{us} µs"


def about(us: int) -> str:
    """A duration as it is remembered: 979 ms is `0.98 s`, 59.9 s is `60 s`, 210 ms stays `210 ms`."""
    if us < 1_000:
        return f"{us} µs"
    number, unit = (us / 1_000_000, "s") if us >= 950_000 else (us / 1_000, "ms")
    return f"{number:.2g} {unit}" if number < 100 else f"{number:.0f} {unit}"


def _trimmed(us: int, unit: int) -> str:
    whole, rest = divmod(us, unit)
    digits = len(str(unit)) - 1
    return f"{whole}.{rest:0{digits}}".rstrip("0") if rest else str(whole)
