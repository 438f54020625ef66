"""What `set:` knows: sysctls by their Linux names, as changes of the dialect, and a host's own facts."""

from collections.abc import Callable
from typing import Any

from app.tcp.dialect import SECOND, Dialect, exponential

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
    "somaxconn": lambda n: {"somaxconn": n},
}

OWN = ("isn",)  # not a sysctl: the ISN of the host's first connection

# The largest value that makes sense; a larger one is a mistake that is reported.
BOUNDS = {
    "isn": (1 << 32) - 1,
    "tcp_fin_timeout": 3600,
    "somaxconn": 65535,
    "tcp_syncookies": 2,
    "tcp_abort_on_overflow": 1,
}
BOUND = 20


def applied(dialect: Dialect, name: str, value: int) -> Dialect:
    """The dialect with that sysctl set."""
    return dialect._replace(**SYSCTLS[name](value))
