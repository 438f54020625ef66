"""What `set:` knows: sysctls by their Linux names, as changes of the dialect, and a host's own facts."""

from collections.abc import Callable
from typing import Any

from app.tcp.dialect import BELIEFS, MILLISECOND, SECOND, Dialect, exponential

Change = Callable[[int], dict[str, Any]]

SYSCTLS: dict[str, Change] = {
    "tcp_syn_retries": lambda n: {"syn_patience": exponential(n)},
    "tcp_syn_linear_timeouts": lambda n: {"syn_linear_timeouts": n},
    "tcp_synack_retries": lambda n: {"syn_ack_retries": n},
    "tcp_retries2": lambda n: {"data_patience": exponential(n, SECOND // 5)},
    "tcp_orphan_retries": lambda n: {"orphan_retries": n or 8},  # 0 acts as 8 while the peer seems alive
    "tcp_fin_timeout": lambda n: {"orphan_fin_wait_2": n * SECOND},
    "tcp_abort_on_overflow": lambda n: {"abort_on_overflow": bool(n)},
    "tcp_syncookies": lambda n: {"syn_cookies": n},
    "tcp_max_syn_backlog": lambda n: {"max_syn_backlog": n},
    "somaxconn": lambda n: {"somaxconn": n},
    "tcp_timestamps": lambda n: {"timestamps": bool(n)},
    "tcp_window_scaling": lambda n: {"wscale": 10 if n else None},
    "tcp_sack": lambda n: {"sack": bool(n)},
    "tcp_ecn": lambda n: {"ecn": n},
    "tcp_fastopen": lambda n: {"fast_open": n},
    "tcp_tw_reuse": lambda n: {"tw_reuse": n},
    "tcp_tw_reuse_delay": lambda n: {"tw_reuse_delay": n * MILLISECOND},
    "tcp_rfc1337": lambda n: {"rfc1337": bool(n)},
    "tcp_keepalive_time": lambda n: {"keepalive_time": n * SECOND},
    "tcp_keepalive_intvl": lambda n: {"keepalive_interval": n * SECOND},
    "tcp_keepalive_probes": lambda n: {"keepalive_probes": n},
    # 1 and 2 meant something that is gone (`tcp_schedule_loss_probe`).
    "tcp_early_retrans": lambda n: {"tail_loss_probe": 200 * MILLISECOND if n in (3, 4) else None},
    "tcp_invalid_ratelimit": lambda n: {"challenge_interval": n * MILLISECOND},
}

PORT_RANGE = "ip_local_port_range"  # a sysctl, too, but a fact of the host, not of its TCP
OWN = ("isn", "belief")  # no sysctls: the ISN of the host's first connection; what its TCP wrongly believes

# The settings whose value is text, and what it looks like.
TEXT = {"belief": r"[a-z][a-z0-9-]*", PORT_RANGE: r"[0-9]{1,5}-[0-9]{1,5}"}

# The largest value that makes sense; a larger one is a mistake that is reported.
BOUNDS = {
    "isn": (1 << 32) - 1,
    "tcp_fin_timeout": 3600,
    "somaxconn": 65535,
    "tcp_max_syn_backlog": 65535,
    "tcp_syncookies": 2,
    "tcp_abort_on_overflow": 1,
    "tcp_timestamps": 1,
    "tcp_window_scaling": 1,
    "tcp_sack": 1,
    "tcp_ecn": 2,
    "tcp_fastopen": 0xFFF,
    "tcp_tw_reuse": 2,
    "tcp_tw_reuse_delay": 60_000,
    "tcp_rfc1337": 1,
    "tcp_keepalive_time": 32767,
    "tcp_keepalive_intvl": 32767,
    "tcp_keepalive_probes": 127,
    "tcp_early_retrans": 4,
    "tcp_invalid_ratelimit": 60_000,
}
BOUND = 20


def applied(dialect: Dialect, name: str, value: int | str) -> Dialect:
    """The dialect with that sysctl set, or with that belief. A name that is neither leaves it as it is."""
    if name == "belief":
        change = BELIEFS[str(value)]
        return dialect._replace(**{**change, "wrong_arcs": (*dialect.wrong_arcs, *change.get("wrong_arcs", ()))})
    return dialect._replace(**SYSCTLS[name](int(value))) if name in SYSCTLS else dialect


def ports(text: str) -> tuple[int, int]:
    """The first and the last port of `40000-40003`."""
    first, _, last = text.partition("-")
    return int(first), int(last)
