"""The law of state changes: RFC 9293's figure 5, its notes and §3.10 as one table.

A state changes only in `Turn.become`, and only along an arc of `ARCS`. The state page, the glossary and the tests read
the same table. Figure 5 alone is not the law: resets, ABORT, time-outs and SYN-RECEIVED's return are in §3.10.
"""

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """The eleven states, spelled as RFC 9293 §3.3.2 spells them."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN-SENT"
    SYN_RECEIVED = "SYN-RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"

    __hash__ = object.__hash__


class Cause(Enum):
    """What moves an endpoint from one state to another."""

    PASSIVE_OPEN = "passive-open"
    ACTIVE_OPEN = "active-open"
    SEND = "send"
    CLOSE = "close"
    ABORT = "abort"
    SYN = "syn"
    SYN_ACK = "syn-ack"
    ACK_OF_SYN = "ack-of-syn"
    ACK_OF_FIN = "ack-of-fin"
    FIN = "fin"
    FIN_AND_ACK_OF_FIN = "fin-and-ack-of-fin"
    RST = "rst"
    RST_AFTER_PASSIVE_OPEN = "rst-after-passive-open"
    SYN_AFTER_PASSIVE_OPEN = "syn-after-passive-open"
    SYN_IN_WINDOW = "syn-in-window"
    DATA_AFTER_CLOSE = "data-after-close"
    UNREAD_DATA = "unread-data"
    RETRIES_EXHAUSTED = "retries-exhausted"
    USER_TIMEOUT = "user-timeout"
    KEEPALIVE_TIMEOUT = "keepalive-timeout"
    TIME_WAIT_TIMEOUT = "time-wait-timeout"
    ORPHAN_TIMEOUT = "orphan-timeout"
    ACCEPT_QUEUE_FULL = "accept-queue-full"
    LISTENER_CLOSED = "listener-closed"
    NEW_CONNECTION = "new-connection"
    ADDRESS_REUSED = "address-reused"
    HOST_DOWN = "host-down"

    __hash__ = object.__hash__


class Arc(NamedTuple):
    """Where a cause leads, and the passage that says so (a section of RFC 9293 unless it names another source)."""

    to: State
    section: str


_S, _C = State, Cause

# A synchronized connection, and one that is becoming so, can be ended from any of these by the causes below.
_ABORTABLE = {_S.SYN_RECEIVED, _S.ESTABLISHED, _S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSE_WAIT, _S.CLOSING, _S.LAST_ACK}

_CAN_HOLD_TEXT = (_S.SYN_RECEIVED, _S.ESTABLISHED, _S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSE_WAIT)

ARCS: dict[tuple[State, Cause], Arc] = {
    # §3.10.1 OPEN
    (_S.CLOSED, _C.PASSIVE_OPEN): Arc(_S.LISTEN, "3.10.1"),
    (_S.CLOSED, _C.ACTIVE_OPEN): Arc(_S.SYN_SENT, "3.10.1"),
    (_S.LISTEN, _C.SEND): Arc(_S.SYN_SENT, "3.10.2"),  # or an active OPEN; a socket that listens offers neither
    # §3.10.4 CLOSE
    (_S.LISTEN, _C.CLOSE): Arc(_S.CLOSED, "3.10.4"),
    (_S.SYN_SENT, _C.CLOSE): Arc(_S.CLOSED, "3.10.4"),
    (_S.SYN_RECEIVED, _C.CLOSE): Arc(_S.FIN_WAIT_1, "3.10.4"),
    (_S.ESTABLISHED, _C.CLOSE): Arc(_S.FIN_WAIT_1, "3.10.4"),
    (_S.CLOSE_WAIT, _C.CLOSE): Arc(_S.LAST_ACK, "3.10.4"),
    # §3.10.5 ABORT
    **{(state, _C.ABORT): Arc(_S.CLOSED, "3.10.5") for state in _ABORTABLE | {_S.LISTEN, _S.SYN_SENT, _S.TIME_WAIT}},
    # §3.10.7.2 and .3: SEGMENT ARRIVES in LISTEN and SYN-SENT
    (_S.LISTEN, _C.SYN): Arc(_S.SYN_RECEIVED, "3.10.7.2"),
    (_S.SYN_SENT, _C.RST): Arc(_S.CLOSED, "3.10.7.3"),
    (_S.SYN_SENT, _C.SYN_ACK): Arc(_S.ESTABLISHED, "3.10.7.3"),
    (_S.SYN_SENT, _C.SYN): Arc(_S.SYN_RECEIVED, "3.10.7.3"),
    # §3.10.7.4: SEGMENT ARRIVES elsewhere
    **{(state, _C.RST): Arc(_S.CLOSED, "3.10.7.4") for state in _ABORTABLE | {_S.TIME_WAIT}},
    (_S.SYN_RECEIVED, _C.RST_AFTER_PASSIVE_OPEN): Arc(_S.LISTEN, "3.10.7.4"),
    **{(state, _C.SYN_IN_WINDOW): Arc(_S.CLOSED, "3.10.7.4") for state in _ABORTABLE | {_S.TIME_WAIT}},
    (_S.SYN_RECEIVED, _C.SYN_AFTER_PASSIVE_OPEN): Arc(_S.LISTEN, "3.10.7.4"),
    (_S.SYN_RECEIVED, _C.ACK_OF_SYN): Arc(_S.ESTABLISHED, "3.10.7.4"),
    (_S.FIN_WAIT_1, _C.ACK_OF_FIN): Arc(_S.FIN_WAIT_2, "3.10.7.4"),
    (_S.CLOSING, _C.ACK_OF_FIN): Arc(_S.TIME_WAIT, "3.10.7.4"),
    (_S.LAST_ACK, _C.ACK_OF_FIN): Arc(_S.CLOSED, "3.10.7.4"),
    (_S.ESTABLISHED, _C.FIN): Arc(_S.CLOSE_WAIT, "3.10.7.4"),
    (_S.FIN_WAIT_1, _C.FIN): Arc(_S.CLOSING, "3.10.7.4"),
    (_S.FIN_WAIT_1, _C.FIN_AND_ACK_OF_FIN): Arc(_S.TIME_WAIT, "3.10.7.4"),
    (_S.FIN_WAIT_2, _C.FIN): Arc(_S.TIME_WAIT, "3.10.7.4"),
    (_S.TIME_WAIT, _C.NEW_CONNECTION): Arc(_S.SYN_RECEIVED, "3.6.1"),
    # §3.6.1 half-duplex close: what nobody will read is answered with a reset
    **{(state, _C.DATA_AFTER_CLOSE): Arc(_S.CLOSED, "3.6.1") for state in (_S.FIN_WAIT_1, _S.FIN_WAIT_2)},
    **{(state, _C.UNREAD_DATA): Arc(_S.CLOSED, "3.6.1") for state in _CAN_HOLD_TEXT},
    # §3.10.8 TIMEOUTS, §3.8.3 R2
    **{(state, _C.USER_TIMEOUT): Arc(_S.CLOSED, "3.10.8") for state in _S if state is not _S.CLOSED},
    **{
        (state, _C.RETRIES_EXHAUSTED): Arc(_S.CLOSED, "3.8.3") for state in _ABORTABLE - {_S.FIN_WAIT_2} | {_S.SYN_SENT}
    },
    (_S.TIME_WAIT, _C.TIME_WAIT_TIMEOUT): Arc(_S.CLOSED, "3.10.8"),
    # §3.8.4: a peer that answers no probe
    **{(state, _C.KEEPALIVE_TIMEOUT): Arc(_S.CLOSED, "3.8.4") for state in _ABORTABLE - {_S.SYN_RECEIVED}},
    # §3.5.1 a host that crashes forgets
    **{(state, _C.HOST_DOWN): Arc(_S.CLOSED, "3.5.1") for state in _S if state is not _S.CLOSED},
    # What the RFC leaves to the implementation, as Linux does it
    (_S.FIN_WAIT_2, _C.ORPHAN_TIMEOUT): Arc(_S.CLOSED, "linux tcp_fin_timeout"),
    (_S.TIME_WAIT, _C.ADDRESS_REUSED): Arc(_S.CLOSED, "linux tcp_tw_reuse"),
    (_S.SYN_RECEIVED, _C.ACCEPT_QUEUE_FULL): Arc(_S.CLOSED, "linux tcp_abort_on_overflow"),
    (_S.SYN_RECEIVED, _C.LISTENER_CLOSED): Arc(_S.CLOSED, "linux inet_csk_listen_stop"),
    **{
        (state, _C.LISTENER_CLOSED): Arc(_S.CLOSED, "linux inet_csk_listen_stop")
        for state in (_S.ESTABLISHED, _S.CLOSE_WAIT)
    },
}

# Not the law: where a misconception leads instead, by its name. No standard and no kernel has these arcs; only a host
# that holds the belief walks them (`Dialect.wrong_arcs`).
WRONG_ARCS: dict[str, dict[tuple[State, Cause], State]] = {
    "established-by-the-syn": {
        (_S.LISTEN, _C.SYN): _S.ESTABLISHED,
        (_S.TIME_WAIT, _C.NEW_CONNECTION): _S.ESTABLISHED,
    },
    "both-ends-time-wait": {(_S.LAST_ACK, _C.ACK_OF_FIN): _S.TIME_WAIT},
    "time-wait-at-passive-closer": {
        (_S.FIN_WAIT_1, _C.FIN_AND_ACK_OF_FIN): _S.CLOSED,
        (_S.FIN_WAIT_2, _C.FIN): _S.CLOSED,
        (_S.LAST_ACK, _C.ACK_OF_FIN): _S.TIME_WAIT,
    },
    "rst-leaves-time-wait": {(state, _C.RST): _S.TIME_WAIT for state in _S if state in _ABORTABLE - {_S.SYN_RECEIVED}},
    "simultaneous-open-fails": {(_S.SYN_SENT, _C.SYN): _S.CLOSED},
}
