"""The options of a segment as they stand in its header, in the order and with the padding that Linux gives them."""

import struct
from typing import NamedTuple

from app.tcp.segment import Options, add

WORD = 4
ROOM = 40  # bytes of options that a header can have


class Part(NamedTuple):
    """One option: as bytes, and as tcpdump names it."""

    encoded: bytes
    told: str


NOP = Part(b"\x01", "nop")


def parts(options: Options, base: int = 0) -> list[Part]:
    """The options in order; edges of SACK are told relative to `base`."""
    found: list[Part] = []
    if options.mss is not None:
        found.append(Part(struct.pack("!BBH", 2, 4, options.mss), f"mss {options.mss}"))
    permitted = Part(struct.pack("!BB", 4, 2), "sackOK")
    if options.timestamps is not None:
        value, echo = options.timestamps
        found += [permitted] if options.sack_permitted else [NOP, NOP]
        found.append(Part(struct.pack("!BBII", 8, 10, value, echo), f"TS val {value} ecr {echo}"))
    elif options.sack_permitted:
        found += [NOP, NOP, permitted]
    if options.wscale is not None:
        found += [NOP, Part(struct.pack("!BBB", 3, 3, options.wscale), f"wscale {options.wscale}")]
    if options.cookie is not None:
        cookie = struct.pack("!Q", options.cookie) if options.cookie else b""
        told = f"tfo  cookie {cookie.hex()}" if cookie else "tfo  cookiereq"
        found += [Part(struct.pack("!BB", 34, 2 + len(cookie)) + cookie, told), NOP, NOP]
    room = (ROOM - len(encoded(found)) - WORD) // 8
    if edges := options.sack[:room]:
        blocks = b"".join(struct.pack("!II", *edge) for edge in edges)
        told = "".join(f"{{{add(left, -base)}:{add(right, -base)}}}" for left, right in edges)
        found += [NOP, NOP, Part(struct.pack("!BB", 5, 2 + len(blocks)) + blocks, f"sack {len(edges)} {told}")]
    return found


def encoded(found: list[Part]) -> bytes:
    """The options as bytes, whole words of them."""
    return b"".join(part.encoded for part in found)
