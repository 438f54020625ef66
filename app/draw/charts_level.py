"""How much of something is there, as the filled part of a strip behind its name."""


def level(share: float) -> str:
    """The strip, filled from its beginning by that share (0 … 1). It is decoration: the page says the number."""
    width = round(100 * min(1.0, max(0.0, share)))
    return (
        '<svg class="fill-level" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect width="{width}" height="1"/></svg>'
    )
