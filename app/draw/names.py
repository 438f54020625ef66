"""What a state is called, by whom, and the group by which it is coloured."""

from app.tcp.states import State

RFC = {state: state.value for state in State}
NETSTAT = {
    State.CLOSED: "CLOSE",
    State.LISTEN: "LISTEN",
    State.SYN_SENT: "SYN_SENT",
    State.SYN_RECEIVED: "SYN_RECV",
    State.ESTABLISHED: "ESTABLISHED",
    State.FIN_WAIT_1: "FIN_WAIT1",
    State.FIN_WAIT_2: "FIN_WAIT2",
    State.CLOSE_WAIT: "CLOSE_WAIT",
    State.CLOSING: "CLOSING",
    State.LAST_ACK: "LAST_ACK",
    State.TIME_WAIT: "TIME_WAIT",
}
SS = {
    State.CLOSED: "UNCONN",
    State.LISTEN: "LISTEN",
    State.SYN_SENT: "SYN-SENT",
    State.SYN_RECEIVED: "SYN-RECV",
    State.ESTABLISHED: "ESTAB",
    State.FIN_WAIT_1: "FIN-WAIT-1",
    State.FIN_WAIT_2: "FIN-WAIT-2",
    State.CLOSE_WAIT: "CLOSE-WAIT",
    State.CLOSING: "CLOSING",
    State.LAST_ACK: "LAST-ACK",
    State.TIME_WAIT: "TIME-WAIT",
}
OTHER = {
    State.CLOSED: ("TCP_CLOSE",),
    State.SYN_RECEIVED: ("SYN-RCVD", "SYN_RCVD", "SYN_RECEIVED"),
    State.FIN_WAIT_1: ("FIN_WAIT_1",),
    State.FIN_WAIT_2: ("FIN_WAIT_2",),
}  # further spellings in use: diagrams, BSD's netstat, Windows
GROUP = {
    State.CLOSED: "closed",
    State.LISTEN: "listening",
    State.SYN_SENT: "opening",
    State.SYN_RECEIVED: "opening",
    State.ESTABLISHED: "established",
    State.FIN_WAIT_1: "closing",
    State.FIN_WAIT_2: "closing",
    State.CLOSING: "closing",
    State.LAST_ACK: "closing",
    State.CLOSE_WAIT: "waiting",
    State.TIME_WAIT: "waiting",
}


def anchor(state: State) -> str:
    """The fragment that names the state in an address: `syn-sent`."""
    return state.value.lower()
