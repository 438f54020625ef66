"""The command `ackademy`: serve, check, simulate, agree, and what keeps the learners' progress."""

import argparse
import gc
import os
import re
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.course.check import check as problems_of
from app.course.check import covered
from app.course.source import ContentError
from app.folders import folder
from app.recordings import report
from app.simulate import PRINTED, SAVED, USUAL, simulate
from app.words import LANGUAGES, CatalogError

FAILED, WRONG_INPUT = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that was asked for; the return value is the exit status."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (CatalogError, ContentError) as error:
        return _complain(str(error), FAILED)
    except KeyboardInterrupt:
        return 0


def serve(options: argparse.Namespace) -> int:
    """Serve the course until interrupted; the database is brought up to this version first."""
    gc.disable()  # what is loaded from here on stays; create_app turns it on again
    import uvicorn  # noqa: PLC0415 - the other commands are quicker without a web server

    from app.progress.trouble import Trouble  # noqa: PLC0415
    from app.web import create_app  # noqa: PLC0415
    from app.web.watch import log_as_json  # noqa: PLC0415

    if failed := _keep(lambda upkeep, place: upkeep.prepare(place), quiet=True):
        return failed
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        reason = error.strerror or str(error)
        return _complain(
            f"Cannot serve on {options.host}:{options.port}: {reason.lower()}. "
            "Choose another port: make run PORT=…, or ackademy serve --port …"
        )
    with listener:
        try:
            app = create_app()
        except Trouble as trouble:
            return _complain(str(trouble))
        host, port = listener.getsockname()[:2]
        name = f"[{host}]" if ":" in host else host
        print(f"三握四挥 Ackademy → http://{name}:{port}/   按 Ctrl+C 停止 · press Ctrl+C to stop", flush=True)
        settings = app.state.world.settings
        if settings.log:
            log_as_json()
        config = uvicorn.Config(
            app,
            http="h11",  # it bounds the head of a request; httptools, where it is installed, does not
            log_level="warning",
            log_config=None if settings.log else uvicorn.config.LOGGING_CONFIG,
            access_log=False,
            server_header=False,
            lifespan="off",
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            timeout_graceful_shutdown=10,
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            app.state.world.close()
    return 0


def check(options: argparse.Namespace) -> int:
    """Check the content, and say what is wrong with it."""
    if options.coverage:
        print("\n".join(covered(options.content)))
    problems = problems_of(options.content)
    for problem in problems:
        print(problem)
    if problems:
        return _complain(f"{len(problems)} to put right.")
    if not options.coverage:
        print("Content: everything runs, holds, links, and agrees in both languages.")
    return 0


def agree(options: argparse.Namespace) -> int:
    """Compare recordings of real kernels with the machine, and say how many agree."""
    if not options.folder.is_dir():
        return _complain(f"There is no folder {options.folder}.", WRONG_INPUT)
    last = ""
    for last in report(options.folder):
        print(last)
    agreeing, total = re.findall(r"[0-9]+", last)
    return 0 if agreeing == total else FAILED


def migrate(_: argparse.Namespace) -> int:
    """Bring the database up to this version; serve does it by itself."""
    return _keep(lambda upkeep, place: upkeep.migrate(place))


def rebuild(_: argparse.Namespace) -> int:
    """Make every memory anew from the attempts."""
    return _keep(lambda upkeep, place: upkeep.rebuild(place))


def backup(options: argparse.Namespace) -> int:
    """Write the database and the signing key to one file, also while the server is running."""
    return _keep(lambda upkeep, place: upkeep.backup(place, options.file))


def restore(options: argparse.Namespace) -> int:
    """Put a backup in the place of what is there, which is set aside. The server must be stopped."""
    return _keep(lambda upkeep, place: upkeep.restore(place, options.file, datetime.now(UTC)))


def remarks(options: argparse.Namespace) -> int:
    """Print what readers found wrong with questions, newest first."""
    return _keep(lambda upkeep, place: upkeep.remarks(place, options.most))


def _keep(task: Callable[[Any, Any], str], quiet: bool = False) -> int:
    """Do one of the tasks of `upkeep` where the environment says that progress is, and print what it says."""
    from app.progress import upkeep  # noqa: PLC0415 - who simulates needs no database
    from app.progress.backup import CannotBackUp  # noqa: PLC0415
    from app.progress.keys import BadKey  # noqa: PLC0415
    from app.progress.place import Place  # noqa: PLC0415
    from app.progress.trouble import Trouble  # noqa: PLC0415

    try:
        said = task(upkeep, Place())
    except (BadKey, CannotBackUp, Trouble, OSError) as error:
        return _complain(str(error))
    if not quiet:
        print(said)
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Take that port. The protocol is named because asyncio turns Nagle's algorithm off only where it is.

    Without that, a response in two writes waits 40 ms for a delayed ACK.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "ackademy", description="三握四挥: TCP's handshake and teardown, by a TCP machine."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serving = commands.add_parser("serve", help="serve the course", description=serve.__doc__)
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=_port, default=8000, help="0 takes any that is free")
    serving.set_defaults(command=serve)

    checking = commands.add_parser("check", help="check the content", description=check.__doc__)
    checking.add_argument("--content", type=Path, default=folder("content"), help="another content folder")
    checking.add_argument("--coverage", action="store_true", help="which of interviewers' questions are answered where")
    checking.set_defaults(command=check)

    agreeing = commands.add_parser("agree", help="compare recordings with the machine", description=agree.__doc__)
    agreeing.add_argument("folder", metavar="FOLDER", type=Path, help="with NAME.json and NAME.scenario for each")
    agreeing.set_defaults(command=agree)

    commands.add_parser("migrate", help="bring the database up to this version").set_defaults(command=migrate)
    commands.add_parser("rebuild", help="make every memory anew").set_defaults(command=rebuild)

    remarking = commands.add_parser("remarks", help="what readers found wrong with questions")
    remarking.add_argument("--most", type=int, default=20, help="how many, the latest; 20 if not given")
    remarking.set_defaults(command=remarks)

    for keeping, what in ((backup, "back up progress, also while serving"), (restore, "restore a backup")):
        keeper = commands.add_parser(keeping.__name__, help=what, description=keeping.__doc__)
        keeper.add_argument("file", metavar="FILE", type=Path)
        keeper.set_defaults(command=keeping)

    simulating = commands.add_parser("simulate", help="run a scenario", description=simulate.__doc__)
    simulating.add_argument("file", metavar="FILE", help="a scenario, or - for standard input")
    form = simulating.add_mutually_exclusive_group()
    for name, printed in PRINTED.items():
        if name != USUAL:
            form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=printed.help)
    for name, saved in SAVED.items():
        form.add_argument(f"--{name}", metavar="FILE", help=f"{saved.help}; - for standard output")
    simulating.add_argument("--on", metavar="HOST", help="whose capture, or script; else the wire's, and the server's")
    simulating.add_argument("--at", metavar="TIME", help="the moment that a picture shows, such as 150ms; else the end")
    simulating.add_argument("--theme", choices=["light", "dark"], help="the ground of a picture; light if not given")
    simulating.add_argument("--lang", choices=[language.lang for language in LANGUAGES], default=_lang())
    simulating.set_defaults(command=simulate, form=USUAL)
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 2**16:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, and {port} is not")
    return port


def _lang() -> str:
    """The language of the terminal: Chinese if it says so, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


def _complain(sentence: str, status: int = FAILED) -> int:
    print(sentence, file=sys.stderr)
    return status
