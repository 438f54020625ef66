"""A diagram that stands alone: its colours inside, for a file, a wiki, or a program that knows no style sheet of ours.

The rules are written without variables and with the plainest selectors, which every renderer of SVG understands.
"""

from collections.abc import Mapping

from app.draw.svg import escaped

STATES = ("closed", "listening", "opening", "established", "closing", "waiting")
SEGMENTS = {"syn": "syn", "syn-ack": "syn", "ack": "ack", "data": "data", "fin": "fin", "rst": "rst"}
SANS = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Segoe UI', Roboto, sans-serif"
MONO = "'Noto Sans Mono CJK SC', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def standalone(svg: str, colours: Mapping[str, str], about: str = "") -> str:
    """The drawing with its rules and its ground; `about` takes the place of its description."""
    head, _, rest = svg.partition(">")
    metadata = f"<metadata>{escaped(about)}</metadata>" if about else ""
    ground = f'<rect width="100%" height="100%" fill="{colours["surface"]}"/>'
    return f"{head}>{metadata}<style>{rules(colours)}</style>{ground}{rest}"


def rules(colours: Mapping[str, str]) -> str:
    """What diagram.css says about a sequence diagram, with these colours filled in."""
    ink, muted, faint, surface = (colours[name] for name in ("ink", "muted", "faint", "surface"))
    lines = [
        f"text{{font-family:{SANS};font-size:12px;fill:{ink};stroke:{surface};stroke-width:3px;paint-order:stroke}}",
        ".veiled{display:none}",
        f".host-box{{fill:{surface};stroke:{colours['hairline']}}}",
        ".host-name{font-weight:700;stroke:none}",
        f".tick{{stroke:{colours['hairline']};stroke-dasharray:2 4}}",
        ".tick.future{stroke:none}",
        *(f".{kind}{{fill:{faint};font-family:{MONO}}}" for kind in ("clock", "time", "mark")),
        f".clock.now{{fill:{ink}}}",
        f".track{{fill:{colours['sunk']}}}",
        ".rail.past{opacity:0.62}",
        ".rail.future{opacity:0.14}",
        f".cut{{fill:{surface}}}",
        f".edge{{stroke:{colours['outline']};stroke-width:1.25;fill:none}}",
        ".line{stroke-width:1.75;fill:none}",
        ".again .line,.copy .line,.forged .line{stroke-width:1.5}",
        ".past .line,.past .head{opacity:0.6}",
        ".future .line,.future .head,.future .cross{opacity:0.3}",
        ".now .line{stroke-width:2.75}",
        ".flags{font-weight:700}",
        f".numbers{{fill:{muted};font-family:{MONO}}}",
        f".now .numbers{{fill:{ink}}}",
        f".state{{font-family:{MONO};font-weight:400}}",
        f".cross{{stroke:{colours['fill-rst']};stroke-width:2.5;fill:none}}",
    ]
    for state in STATES:
        lines.append(f".fill-{state}{{fill:{colours[f'fill-{state}']}}}")
        lines.append(f".ink-{state}{{fill:{colours[f'ink-{state}']}}}")
    for kind, colour in SEGMENTS.items():
        fill, word = colours[f"fill-{colour}"], colours[f"ink-{colour}"]
        lines.append(f".{kind} .line{{stroke:{fill}}}.{kind} .head{{fill:{fill}}}.{kind} .flags{{fill:{word}}}")
    lines.append(f"text.future,.future text,.future tspan,.future .flags,.future .numbers{{fill:{faint}}}")
    return "".join(lines)
