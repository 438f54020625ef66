"""A dialect: the constants and named decisions that the machine consults.

`RFC` is RFC 9293 to the letter (but for the listener, which stays when a SYN arrives, as with sockets); `LINUX` adds
what a candidate will meet at work. A misconception is one more dialect: the same machine, one decision changed. So no
constant and no contested decision stands in the code of the machine.
"""

from typing import Any, NamedTuple

from app.tcp.states import WRONG_ARCS, Cause, State

MILLISECOND = 1_000
SECOND = 1_000_000


class Dialect(NamedTuple):
    """Times are microseconds, lengths bytes. The comment behind a field says where its RFC value comes from."""

    name: str

    # Sequence space and what a SYN announces
    syn_length: int = 1  # §3.4: a SYN occupies one sequence number
    fin_length: int = 1  # §3.4: so does a FIN
    mss: int = 1460  # §3.7.1 on an Ethernet, as announced by both ends
    receive_buffer: int = 65535  # §3.8.6: what RCV.WND starts from
    wscale: int | None = None  # RFC 7323 §2; None: not offered
    sack: bool = False  # RFC 2018
    timestamps: bool = False  # RFC 7323 §3; a retransmitted segment, too, then measures the round trip
    ecn: int = 0  # RFC 3168 §6.1.1: 1 asks for it and agrees to it, 2 only agrees
    fast_open: int = 0  # RFC 7413, bits as in the sysctl: 1 client, 2 server, 4 and 0x200 the same without a cookie
    written_ack: int = 0  # §3.1: SEG.ACK is the next number that is expected; this much is added where it is written

    # Sending (§3.7.4, §3.8.6)
    nagle: bool = True  # §3.7.4: a small segment waits while another is unacknowledged
    minshall: bool = False  # …while another small one is
    window_probe: int = 1  # §3.8.6.1: the bytes of new text that a probe of a closed window carries

    # Retransmission (RFC 6298; §3.8.3)
    rto_initial: int = SECOND  # RFC 6298 2.1
    rto_after_syn_loss: int = 3 * SECOND  # RFC 6298 5.7
    rto_min: int = SECOND  # RFC 6298 2.4: bounds the whole RTO
    rto_variance_min: int = 0  # Linux bounds the variance term instead
    rto_max: int = 60 * SECOND  # RFC 6298 2.5
    syn_linear_timeouts: int = 0  # time-outs of a SYN before the RTO begins to double
    syn_patience: int = 180 * SECOND  # §3.8.3 MUST-23: R2 of a SYN is at least three minutes
    syn_ack_patience: int = 180 * SECOND
    syn_ack_retries: int | None = None  # this many retransmissions of a SYN,ACK instead of syn_ack_patience
    syn_ack_repeats: bool = True  # §3.8.1: a SYN,ACK is sent again when its timer expires, like all that takes a number
    syn_again_after_bad_ack: int | None = None  # how soon a SYN that met a bad ACK is repeated, the first time
    data_patience: int = 100 * SECOND  # §3.8.3 SHLD-11: R2 is at least 100 seconds
    orphan_retries: int | None = None  # after close(): this many retransmissions instead of data_patience
    patience_from_first_retry: bool = False  # data_patience counts from the first retransmission, not the first sending
    tail_loss_probe: int | None = None  # RFC 8985 §7: repeat the tail after 2 SRTT and this, before the RTO backs off
    duplicates: int = 3  # RFC 5681 §3.2: so many duplicate acknowledgments tell of a loss
    reordering: bool = False  # RFC 8985 §6: fewer, and a quarter of the round trip, tell of it, too
    merges: bool = False  # what is sent again goes in as few segments as will do (§3.7.4 lets it)

    # Acknowledgment (§3.8.6.3)
    ack_delay: int = 0  # how long the acknowledgment of text or FIN may wait for company
    quick_ack: bool = False  # …but not before the connection has shown itself to be a dialogue
    tick: int = 0  # …and that of a FIN which no text came before waits only for the next tick of the kernel's clock
    fin_ack_waits: bool = True  # that of a FIN, too, may wait, and so go with our own FIN
    ack_repeats: int = 0  # how often the bare ACK of a SYN,ACK or a FIN is sent again; §3.8.4: none is sent reliably

    # Decisions on arrivals (§3.10.7)
    closed_answers: bool = True  # §3.10.7.1: what comes for no connection is answered with a RST
    third_carries: bool = True  # §3.10.7.4 fifth: the ACK that completes the handshake may come with text or FIN
    challenge_ack: bool = True  # RFC 5961: RST must hit RCV.NXT exactly, SYN is answered by an ACK
    syn_resets: bool = False  # a SYN ends a connection that is up, whatever its number
    challenge_interval: int = 0  # RFC 5961 §7: no more than one ACK of an unacceptable segment in this time
    repeats_acknowledge: bool = False  # what only repeats text or FIN is not acceptable, but its ACK counts
    ackless_silent: bool = False  # what has no ACK, RST or SYN is dropped before anything is asked of it
    old_acks_bounded: bool = False  # RFC 5961 §5.2, and no older than all that has ever been acknowledged
    old_stamps_silent: bool = False  # an old ACK with an old timestamp is not even answered (RFC 7323 §5.3)
    rst_may_miss_fin: bool = False  # after a FIN has come, a RST may also stand where the FIN stood
    requests: bool = False  # SYN-RECEIVED after a passive OPEN follows tcp_check_req, not the letter of §3.10.7.4
    data_on_syn: bool = True  # keep text and FIN that ride on a SYN until ESTABLISHED

    # Closing (§3.6)
    half_close: bool = True  # §3.6 case 2: after the peer's FIN the user may still send
    fin_answers_fin: bool = False  # CLOSE-WAIT does not wait for the user's CLOSE
    close_wait: int | None = None  # how long CLOSE-WAIT waits for it; None: for ever
    half_duplex_close: bool = True  # §3.6.1 MAY-1, SHLD-3: reset when data can no longer be read
    unread_resets: bool = True  # …also when it has come already and close() finds it unread
    abort_carries_ack: bool = False  # §3.10.5: <SEQ=SND.NXT><CTL=RST>
    time_wait: int = 240 * SECOND  # 2 MSL; §3.4.2: MSL is two minutes
    time_wait_restarts: bool = True  # §3.10.7.4 eighth: a repeated FIN restarts the 2 MSL timer
    time_wait_as_orphan: bool = False  # TIME-WAIT lasts as long as orphan_fin_wait_2
    mini_sockets: bool = False  # TIME-WAIT, and FIN-WAIT-2 after close(), follow tcp_timewait_state_process
    orphan_fin_wait_2: int | None = None  # how long FIN-WAIT-2 waits after close(); None: for ever
    rfc1337: bool = False  # RFC 1337: TIME-WAIT ignores RST
    tw_reuse: int = 0  # connect() may take an address in TIME-WAIT: 0 if it was bound, 1 any, 2 on loopback
    tw_reuse_delay: int = SECOND

    # Silence (§3.8.4)
    keepalive: bool = False  # MUST-25: off unless the user turns it on
    keepalive_time: int = 7200 * SECOND  # MUST-28: no less than two hours
    keepalive_interval: int = 75 * SECOND
    keepalive_probes: int = 9
    keepalive_resets: bool = False  # a peer that does not answer probes is sent a RST

    # The listener (RFC 9293 knows no queues; RFC 4987 §2.2)
    somaxconn: int | None = None  # bounds backlog; None: queues without a bound
    beyond_limit: int = 1  # how many more than its limit a queue holds
    max_syn_backlog: int = 2048  # without cookies, a quarter of it is kept free of SYNs
    max_syn_backlog_rules: bool = False  # it alone bounds the SYN queue
    abort_on_overflow: bool = False  # reset, rather than ignore, a third segment that finds the accept queue full
    refuse_on_overflow: bool = False  # reset whatever finds a queue full: a SYN, too
    syn_cookies: int = 0  # 0 never, 1 when the SYN queue is full, 2 always (RFC 4987 §3.6)

    # Arcs that are walked instead of the law's (states.WRONG_ARCS)
    wrong_arcs: tuple[tuple[tuple[State, Cause], State], ...] = ()

    @property
    def two_msl(self) -> int:
        """How long TIME-WAIT lasts."""
        orphan = self.orphan_fin_wait_2 if self.time_wait_as_orphan else None
        return self.time_wait if orphan is None else orphan


RFC = Dialect("rfc")


LINUX_RTO_MAX = 120 * SECOND


def exponential(retries: int, first: int = SECOND) -> int:
    """The time (µs) of `retries` doubling time-outs and the wait after them on Linux, the first of `first` µs."""
    return sum(min(first << retry, LINUX_RTO_MAX) for retry in range(retries + 1))


LINUX = RFC._replace(
    name="linux",
    wscale=10,
    sack=True,
    timestamps=True,
    ecn=2,
    fast_open=1,
    minshall=True,
    window_probe=0,
    rto_min=0,
    rto_variance_min=200 * MILLISECOND,
    rto_max=LINUX_RTO_MAX,
    syn_linear_timeouts=4,
    syn_patience=exponential(6),
    syn_ack_retries=5,
    syn_again_after_bad_ack=8 * MILLISECOND,
    data_patience=exponential(15, 200 * MILLISECOND),
    orphan_retries=8,
    patience_from_first_retry=True,
    tail_loss_probe=200 * MILLISECOND,
    reordering=True,
    merges=True,
    ack_delay=40 * MILLISECOND,
    quick_ack=True,
    tick=4 * MILLISECOND,  # HZ=250
    challenge_interval=500 * MILLISECOND,
    repeats_acknowledge=True,
    ackless_silent=True,
    old_acks_bounded=True,
    old_stamps_silent=True,
    rst_may_miss_fin=True,
    requests=True,
    data_on_syn=False,
    abort_carries_ack=True,
    time_wait=60 * SECOND,
    mini_sockets=True,
    orphan_fin_wait_2=60 * SECOND,
    tw_reuse=2,
    keepalive_resets=True,
    somaxconn=4096,
    syn_cookies=1,
)

DIALECTS = {dialect.name: dialect for dialect in (RFC, LINUX)}

# What somebody may believe of TCP, as the decision that it changes.
BELIEFS: dict[str, dict[str, Any]] = {
    "syn-takes-no-number": {"syn_length": 0},
    "fin-takes-no-number": {"fin_length": 0},
    "ack-names-last-byte": {"written_ack": -1},
    # Opening
    "third-ack-must-be-pure": {"third_carries": False},
    "backoff-from-the-start": {"syn_linear_timeouts": 0},
    "syn-ack-is-not-repeated": {"syn_ack_repeats": False},
    "closed-port-is-silent": {"closed_answers": False},
    # Acknowledgments
    "always-four-segments": {"fin_ack_waits": False},
    "acks-are-retransmitted": {"ack_repeats": 3},
    # Closing
    "close-wait-closes-itself": {"fin_answers_fin": True},
    "no-data-after-fin-received": {"half_close": False},
    "close-wait-has-a-timer": {"close_wait": 60 * SECOND},
    "close-with-unread-data-sends-fin": {"unread_resets": False},
    "time-wait-runs-on": {"time_wait_restarts": False},
    "time-wait-takes-four-minutes": {"time_wait": RFC.time_wait},
    "fin-timeout-shortens-time-wait": {"time_wait_as_orphan": True},
    # Resets and silence
    "any-rst-in-window-resets": {"challenge_ack": False},
    "syn-resets-established": {"syn_resets": True},
    "keepalive-is-on": {"keepalive": True},
    # Queues
    "limit-is-exact": {"beyond_limit": 0},
    "full-queue-refuses": {"refuse_on_overflow": True},
    "max-syn-backlog-is-the-limit": {"max_syn_backlog_rules": True},
    # The way from state to state
    **{name: {"wrong_arcs": tuple(arcs.items())} for name, arcs in WRONG_ARCS.items()},
}
