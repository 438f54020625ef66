"""The transmission control block (RFC 9293 §3.3.1), frozen."""

from typing import TYPE_CHECKING, Any, NamedTuple

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
    sacked: bool = False  # the peer holds it (RFC 2018)


class Held(NamedTuple):
    """Text that arrived ahead of RCV.NXT and waits for the gap to be filled (§3.10.7.4, SHLD-31)."""

    seq: int
    length: int
    fin: bool


class Wishes(NamedTuple):
    """What the user set on the socket. Times are µs; None leaves it to the dialect."""

    nodelay: bool = False  # TCP_NODELAY: no Nagle algorithm
    keepalive: bool = False  # SO_KEEPALIVE
    keepalive_time: int | None = None  # TCP_KEEPIDLE
    keepalive_interval: int | None = None  # TCP_KEEPINTVL
    keepalive_probes: int | None = None  # TCP_KEEPCNT
    user_timeout: int | None = None  # TCP_USER_TIMEOUT; §3.9.1.1
    linger2: int | None = None  # TCP_LINGER2
    receive_buffer: int | None = None  # SO_RCVBUF, bytes


NO_WISHES = Wishes()


class _Fields(NamedTuple):
    """What a block holds. Sequence numbers are absolute, times µs, lengths bytes."""

    state: State
    passive: bool = False  # opened by a passive OPEN: decides where SYN-RECEIVED returns to

    # Send sequence space
    iss: int = 0
    snd_una: int = 0
    snd_nxt: int = 0
    snd_wnd: int = 0
    snd_wl1: int = 0  # SEG.SEQ of the segment that last updated SND.WND
    snd_wl2: int = 0  # and its SEG.ACK
    max_snd_wnd: int = 0  # RFC 5961 §5.2: the largest window that the peer has offered
    # Receive sequence space; `irs` is None until the peer's SYN has come
    irs: int | None = None
    rcv_nxt: int = 0
    rcv_wnd: int = 0

    # What the two SYNs agreed on
    snd_mss: int = 536  # §3.7.1 MUST-15: what the peer takes in one segment
    wscale: int | None = None  # the shift of the windows that we offer
    snd_wscale: int = 0  # Snd.Wind.Shift: of those that the peer offers
    sack: bool = False
    timestamps: bool = False
    ts_recent: int = 0  # RFC 7323 §4.3: TS.Recent
    ecn: bool = False
    cookie: int | None = None  # our SYN's, or our SYN,ACK's, Fast Open option (RFC 7413)
    fast_open: bool = False  # text came with the SYN and was believed: the user has it in SYN-RECEIVED

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
    wishes: Wishes = NO_WISHES

    # RFC 6298
    srtt: int | None = None
    rttvar: int = 0
    rto: int = 0
    retries: int = 0  # time-outs since the last new acknowledgment
    waiting_since: int = 0  # when the segment now at the head of the queue was first sent
    # RFC 5681, 6582
    duplicates: int = 0  # duplicate acknowledgments in a row
    recover: int | None = None  # what was SND.NXT when a loss was found: until it is acknowledged, losses are repaired
    recovery_at: int = 0
    all_lost: bool = False  # after a time-out nothing that was under way is taken to arrive any more

    # Delayed acknowledgment
    heard_at: int | None = None  # when text last arrived
    dialogue: bool = False  # has answered text with text: acknowledgments may wait
    ack_repeats: int = 0  # how often the retransmission timer has been set for a bare ACK, as some believe it is

    challenged_at: int | None = None  # when an unacceptable segment was last answered
    deferred: int = 0  # TCP_DEFER_ACCEPT: so many time-outs may pass before a bare third segment will do
    third_seen: bool = False  # …and one has come
    probes: int = 0  # probes of a silent or closed peer that nothing has answered
    last_heard: int = 0  # when any segment last came

    # Timers: when each expires, None when it does not run
    retransmit_at: int | None = None
    retransmit_timer: str = "retransmission"  # what expires then; or tail-loss-probe, reordering, window-probe
    acknowledge_at: int | None = None
    time_wait_at: int | None = None
    orphan_at: int | None = None
    close_wait_at: int | None = None  # some believe that CLOSE-WAIT has a timer, too
    keepalive_at: int | None = None
    user_timeout_at: int | None = None


_PLACES = {name: place for place, name in enumerate(_Fields._fields)}


class Block(_Fields):
    """One endpoint's side of one connection."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def _replace(self, **changes: Any) -> "Block":
            """As any NamedTuple has it, but quick where few fields of many change, which is what most of a run is."""
            values = list(self)
            for name, value in changes.items():
                values[_PLACES[name]] = value
            return tuple.__new__(Block, values)

    @property
    def fin_acknowledged(self) -> bool:
        """Whether the peer has acknowledged our FIN."""
        return self.fin_seq is not None and not (self.flight and self.flight[-1].fin)

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it for its user: it is CLOSED, or an error has ended it."""
        return self.state is State.CLOSED or self.error is not None

    @property
    def acknowledged(self) -> int:
        """How many of our numbers the peer has ever acknowledged, a SYN,ACK's not counted."""
        return distance(self.iss, self.snd_una) - self.passive

    @property
    def passive_opening(self) -> bool:
        """Whether it is half-open and came of a SYN."""
        return self.passive and self.state is State.SYN_RECEIVED
