"""What befalls a host from outside: its process is killed, its connections are destroyed, it crashes, it reboots."""

from collections.abc import Callable
from typing import Protocol

from app.sim.host import Endpoint, Host
from app.sim.runner import Runner
from app.tcp import calls as tcp
from app.tcp.states import Cause, State
from app.tcp.turn import Outcome


class Site(Protocol):
    """What a blow needs of the world."""

    @property
    def now(self) -> int:
        """Virtual time, µs."""

    def unlisten(self, host: Host, port: int) -> None:
        """Let a listener go, and what nobody has accepted with it."""

    def apply(self, endpoint: Endpoint, outcome: Outcome) -> None:
        """Let an endpoint be what an input has made of it."""

    def vanish(self, host: Host, port: int) -> None:
        """Let a listener go without a word to anybody."""


def kill(site: Site, host: Host, runners: list[Runner]) -> None:
    """The process dies (`kill -9`); the kernel closes its descriptors: listeners first, then each connection."""
    mine = [runner for runner in runners if runner.host is host]
    lingering = {runner.latest.endpoint for runner in mine if runner.latest and runner.latest.linger == 0}
    for runner in mine:
        runner.stop()
    for port in list(host.listeners):
        site.unlisten(host, port)
    for endpoint in list(host.endpoints.values()):
        block = endpoint.block
        if block.orphan or block.state is State.TIME_WAIT or block.passive_opening:
            continue
        if endpoint in lingering:
            site.apply(endpoint, tcp.abort(block, site.now, host.dialect))
        else:
            site.apply(endpoint, tcp.close(block, site.now, host.dialect, reading=False))


def crash(site: Site, host: Host, runners: list[Runner]) -> None:
    """The machine stops: whatever is sent to it, nothing answers."""
    for runner in runners:
        if runner.host is host:
            runner.down = True
    host.up = False
    _forget(site, host)


def reboot(site: Site, host: Host, runners: list[Runner]) -> None:
    """The machine is up again and remembers nothing: it answers what comes for old connections with RST."""
    host.up = True
    _forget(site, host)
    for runner in runners:
        if runner.host is host:
            runner.start_afresh(site.now)


def destroy(site: Site, host: Host, _runners: list[Runner]) -> None:
    """`ss -K`: each connection is aborted, and its user is told ECONNABORTED."""
    for endpoint in list(host.endpoints.values()):
        outcome = tcp.abort(endpoint.block, site.now, host.dialect)
        site.apply(endpoint, outcome._replace(block=outcome.block._replace(error="ECONNABORTED")))


def _forget(site: Site, host: Host) -> None:
    for endpoint in list(host.endpoints.values()):
        site.apply(endpoint, tcp.forget(endpoint.block, site.now, host.dialect, Cause.HOST_DOWN))
    for port in list(host.listeners):
        site.vanish(host, port)
    host.departed.clear()


BLOWS: dict[str, Callable[[Site, Host, list[Runner]], None]] = {
    "kill": kill,
    "crash": crash,
    "reboot": reboot,
    "destroy": destroy,
}
