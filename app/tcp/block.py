"""The transmission control block (RFC 9293 §3.3.1), frozen."""

from typing import NamedTuple

from app.tcp.segment import distance
from app.tcp.states import State


class Flight(NamedTuple):
    """A segment on the retransmission queue: sent at `sent_at` (µs), put on the wire `tries` times."""

    seq: int
    length: int
    syn: bool
    fin: bool
    psh: bool
    sent_at: int
    tries: int


class Held(NamedTuple):
    """Text that arrived ahead of RCV.NXT and waits for the gap to be filled (§3.10.7.4, SHLD-31)."""

    seq: int
    length: int
    fin: bool


class Block(NamedTuple):
    """One endpoint's side of one connection. Sequence numbers are absolute, times µs, lengths bytes."""

    state: State
    passive: bool = False  # opened by a passive OPEN: decides where SYN-RECEIVED returns to

    # Send sequence space
    iss: int = 0
    snd_una: int = 0
    snd_nxt: int = 0
    snd_wnd: int = 0
    snd_wl1: int = 0  # SEG.SEQ of the segment that last updated SND.WND
    snd_wl2: int = 0  # and its SEG.ACK
    # Receive sequence space; `irs` is None until the peer's SYN has come
    irs: int | None = None
    rcv_nxt: int = 0
    rcv_wnd: int = 0

    # What the user gave to send, and where the FIN stands in it
    unsent: int = 0
    fin_wanted: bool = False
    fin_seq: int | None = None
    flight: tuple[Flight, ...] = ()

    # What has come for the user
    unread: int = 0
    fin_received: bool = False
    held: tuple[Held, ...] = ()
    orphan: bool = False  # the user has closed the socket and will never read
    error: str | None = None  # errno of what ended the connection

    # RFC 6298
    srtt: int | None = None
    rttvar: int = 0
    rto: int = 0
    retries: int = 0  # time-outs since the last new acknowledgment
    waiting_since: int = 0  # when the segment now at the head of the queue was first sent
    probing: bool = False  # what expires at retransmit_at is the tail loss probe, not the RTO

    # Delayed acknowledgment
    heard_at: int | None = None  # when text last arrived
    dialogue: bool = False  # has answered text with text: acknowledgments may wait

    challenged_at: int | None = None  # when an unacceptable segment was last answered

    # Timers: when each expires, None when it does not run
    retransmit_at: int | None = None
    acknowledge_at: int | None = None
    time_wait_at: int | None = None
    orphan_at: int | None = None

    @property
    def fin_acknowledged(self) -> bool:
        """Whether the peer has acknowledged our FIN."""
        return self.fin_seq is not None and distance(self.fin_seq, self.snd_una) > 0
