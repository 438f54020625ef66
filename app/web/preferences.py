"""What a browser says it likes: the `Accept-…` headers with their weights (RFC 9110 §12.4.2)."""

from functools import lru_cache


@lru_cache(maxsize=256)
def preferences(header: str) -> dict[str, float]:
    """What the header names, in lower case, the best liked first. A weight of 0 means: not this."""
    liked: dict[str, float] = {}
    for item in header.lower().split(","):
        name, _, weight = (part.strip() for part in item.partition(";"))
        if name:
            liked[name] = _weight(weight)
    return dict(sorted(liked.items(), key=lambda pair: -pair[1]))


def takes_gzip(accept_encoding: str) -> bool:
    """Whether that header allows gzip: by name, or else by `*`."""
    liked = preferences(accept_encoding)
    return liked.get("gzip", liked.get("*", 0.0)) > 0


def _weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q=")) if parameter else 1.0
    except ValueError:
        return 0.0
