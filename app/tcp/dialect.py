"""A dialect: the constants and named decisions that the machine consults.

`RFC` is RFC 9293 to the letter (but for the listener, which stays when a SYN arrives, as with sockets); `LINUX` adds
what a candidate will meet at work. A misconception is one more dialect: the same machine, one decision changed. So no
constant and no contested decision stands in the code of the machine.
"""

from typing import NamedTuple

MILLISECOND = 1_000
SECOND = 1_000_000


class Dialect(NamedTuple):
    """Times are microseconds, lengths bytes. The comment behind a field says where its RFC value comes from."""

    name: str

    # Sequence space
    syn_length: int = 1  # §3.4: a SYN occupies one sequence number
    fin_length: int = 1  # §3.4: so does a FIN
    mss: int = 1460  # §3.7.1 on an Ethernet, as announced by both ends
    receive_buffer: int = 65535  # §3.8.6: what RCV.WND starts from

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
    syn_again_after_bad_ack: int | None = (
        None  # how soon a SYN that met an unacceptable ACK is repeated, the first time
    )
    data_patience: int = 100 * SECOND  # §3.8.3 SHLD-11: R2 is at least 100 seconds
    orphan_retries: int | None = None  # after close(): this many retransmissions instead of data_patience
    patience_from_first_retry: bool = False  # data_patience counts from the first retransmission, not the first sending
    timestamps: bool = False  # RFC 7323 §4: a retransmitted segment, too, measures the round trip
    tail_loss_probe: int | None = (
        None  # RFC 8985 §7: repeat the tail after 2 SRTT and this, before the RTO is backed off
    )

    # Acknowledgment (§3.8.6.3)
    ack_delay: int = 0  # how long the acknowledgment of text or FIN may wait for company
    quick_ack: bool = False  # …but not before the connection has shown itself to be a dialogue

    # Decisions on arrivals (§3.10.7)
    challenge_ack: bool = True  # RFC 5961: RST must hit RCV.NXT exactly, SYN is answered by an ACK
    challenge_in_time_wait: bool = True  # …in TIME-WAIT, too
    challenge_interval: int = 0  # RFC 5961 §7: no more than one ACK of an unacceptable segment in this time
    duplicate_syn_repeats_syn_ack: bool = False  # a repeated SYN in SYN-RECEIVED: SYN-ACK again, not an ACK
    syn_in_syn_received_resets: bool = False  # another SYN in the window there: RST, not silence
    data_on_syn: bool = True  # keep text and FIN that ride on a SYN until ESTABLISHED

    # Closing (§3.6)
    half_duplex_close: bool = True  # §3.6.1 MAY-1, SHLD-3: reset when data can no longer be read
    abort_carries_ack: bool = False  # §3.10.5: <SEQ=SND.NXT><CTL=RST>
    time_wait: int = 240 * SECOND  # 2 MSL; §3.4.2: MSL is two minutes
    time_wait_restarts_always: bool = False  # by every segment with an ACK, not by a repeated FIN alone
    orphan_fin_wait_2: int | None = None  # how long FIN-WAIT-2 waits after close(); None: for ever

    # The listener (RFC 9293 knows no queues; RFC 4987 §2.2)
    somaxconn: int | None = None  # bounds backlog; None: queues without a bound
    abort_on_overflow: bool = False  # reset, rather than ignore, a third segment that finds the accept queue full
    syn_cookies: int = 0  # 0 never, 1 when the SYN queue is full, 2 always (RFC 4987 §3.6)


RFC = Dialect("rfc")


LINUX_RTO_MAX = 120 * SECOND


def exponential(retries: int, first: int = SECOND) -> int:
    """The time (µs) of `retries` doubling time-outs and the wait after them on Linux, the first of `first` µs."""
    return sum(min(first << retry, LINUX_RTO_MAX) for retry in range(retries + 1))


LINUX = RFC._replace(
    name="linux",
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
    timestamps=True,
    tail_loss_probe=200 * MILLISECOND,
    ack_delay=40 * MILLISECOND,
    quick_ack=True,
    duplicate_syn_repeats_syn_ack=True,
    syn_in_syn_received_resets=True,
    challenge_in_time_wait=False,
    challenge_interval=500 * MILLISECOND,
    data_on_syn=False,
    abort_carries_ack=True,
    time_wait=60 * SECOND,
    time_wait_restarts_always=True,
    orphan_fin_wait_2=60 * SECOND,
    somaxconn=4096,
    syn_cookies=1,
)

DIALECTS = {dialect.name: dialect for dialect in (RFC, LINUX)}
