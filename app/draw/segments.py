"""A segment in the picture: its line, its head or the ✕ where it died, its label."""

from app.draw.arrows import Arrow
from app.draw.labels import SPACE, in_full, kind
from app.draw.look import Look
from app.draw.metrics import ASCENT, DESCENT, LINE
from app.draw.svg import escaped
from app.draw.writing import Writing

DASHES = 9


def segment_svg(arrow: Arrow, label: Writing | None, look: Look) -> str:
    """One copy of a segment."""
    sent = arrow.sent
    extra = " forged" if sent.forged else " copy" if arrow.again else " again" if sent.retransmits else ""
    path = _dashes(arrow) if sent.forged else f"M{arrow.x1:.1f} {arrow.y1}L{arrow.x2:.1f} {arrow.y2}"
    end = ""
    if arrow.lost:
        end = f'<g class="cross"><path d="M{arrow.x2 - 5:.1f} {arrow.y2 - 5}l10 10m0 -10l-10 10"/></g>'
    elif not arrow.pending:
        end = f'<path class="head" d="{arrow.head()}"/>'
    opening, closing = look.segment(sent.name)
    return (
        f'{opening}{kind(sent)}{extra}{look.lasting(arrow.since, arrow.until)} data-name="{sent.name}">'
        f"<title>{sent.name}: {in_full(sent)}</title>{look.line(path)}{end}"
        f"{_label(label) if label else ''}{closing}"
    )


def _label(label: Writing) -> str:
    x, y, form = f"{label.x:.1f}", f"{label.y:.1f}", label.form
    first = label.y - (ASCENT + DESCENT + LINE * (form.lines - 1)) / 2 + ASCENT
    start = f'x="{x}" dy="{LINE}"' if form.lines > 1 else f'dx="{SPACE}"'
    numbers = "".join(f'<tspan class="numbers" {start}>{line}</tspan>' for line in form.numbers if line)
    turn = f"rotate({label.angle:.1f} {x} {y})"
    return (
        f'<text class="label" x="{x}" y="{first:.1f}" text-anchor="middle" transform="{turn}">'
        f'<tspan class="flags">{escaped(form.flags)}</tspan>{numbers}</text>'
    )


def _dashes(arrow: Arrow) -> str:
    """A dashed line as a path of short strokes, so that the dashes do not depend on a style."""
    dx, dy = (arrow.x2 - arrow.x1) / (2 * DASHES - 1), (arrow.y2 - arrow.y1) / (2 * DASHES - 1)
    starts = ((arrow.x1 + 2 * index * dx, arrow.y1 + 2 * index * dy) for index in range(DASHES))
    return "".join(f"M{x:.1f} {y:.1f}l{dx:.1f} {dy:.1f}" for x, y in starts)
