"""`jackfield connect KEY`: runs a connector's method to its end and prints the account."""

from __future__ import annotations

import argparse
import io
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from desktop.cli.accounts import print_account
from desktop.cli.choosing import Asker, can_ask
from desktop.cli.common import Subparsers, add_command, add_json, add_set, engine_for
from desktop.cli.exits import DONE, UsageError
from desktop.cli.output import note
from desktop.cli.reconnect import add_options, need_its_connector, tell_clash
from desktop.cli.values import parse_assignments, reads_stdin

if TYPE_CHECKING:
    from connectors.ports import DeviceCode
    from desktop.engine.connect.attempt import Attempt
    from desktop.engine.engine import Engine
    from desktop.engine.events import Event
    from desktop.vault.records import AccountRow

BROWSER_VARIABLE = "JACKFIELD_BROWSER"
LONGEST_ADDRESS = 64 * 1024  # bytes of a pasted URL

_STAGES = {
    "exchange": "Asking the service for access …",
    "profile": "Reading the profile …",
    "test": "Testing …",
}


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the grammar."""
    parser = add_command(commands, "connect", connect, "connect an account of a service")
    parser.add_argument(
        "key", metavar="KEY", nargs="?", default="", help="the connector, see: jackfield connectors list"
    )
    parser.add_argument("--method", metavar="M", default=None, help="which of the connector's methods")
    add_set(parser, "a field of the form and its value")
    parser.add_argument("--account-name", metavar="NAME", default="", help="instead of the profile's name")
    parser.add_argument(
        "--no-browser", action="store_true", help="print the link instead of opening a browser"
    )
    parser.add_argument("--paste", action="store_true", help="read the address you were sent to from stdin")
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, default=300.0, help="how long to wait for the browser (300)"
    )
    parser.add_argument(
        "--choose",
        metavar="VALUE",
        action="append",
        default=[],
        help="where one of several has to be chosen: its value or its name",
    )
    add_options(parser)
    add_json(parser)


def connect(args: argparse.Namespace) -> int:
    """connect"""
    raw = [item.partition("=")[2] for item in args.assignments]
    if args.paste and reads_stdin(raw):
        raise UsageError("With --paste stdin is for the address; give the value as @file.")
    if not args.key and not args.reconnect:
        raise UsageError(
            "Name the connector, see: jackfield connectors list. Or an account with --reconnect."
        )
    values = parse_assignments(args.assignments)
    with engine_for(args) as engine:
        need_its_connector(engine, args)
        asks = can_ask() and not args.paste
        asker = Asker()
        stop_asking = engine.subscribe(asker)
        teller = _Teller(show_link=args.no_browser or args.paste)
        stop_telling = engine.subscribe(teller)
        attempt = engine.run(
            engine.begin_connect(
                args.key,
                args.method,
                values,
                account_name=args.account_name,
                reconnect=args.reconnect,
                on_other=args.on_other_account.replace("-", "_"),
                on_same=args.on_same_account.replace("-", "_"),
                # Whoever pastes has the browser somewhere else, unless one is named for this machine.
                open_browser=not args.no_browser
                and not (args.paste and not os.environ.get(BROWSER_VARIABLE)),
                timeout=args.timeout,
                choose=args.choose,
                ask=asks,
            )
        )
        if attempt.method.oauth1.pin and not args.paste:
            attempt.cancel()
            raise UsageError(f"{attempt.connector.name} shows a PIN at the end. Add --paste, and type it in.")
        if asks:
            asker.answer(attempt, _lines_of_stdin())
        try:
            if not args.paste:
                teller.has_link.wait()
                if attempt.last.ends_on and not attempt.last.ended:
                    attempt.cancel()
                    raise UsageError(
                        f"The browser ends on {attempt.last.ends_on}, which is not this program. "
                        "Add --paste, and paste that address."
                    )
            row = _paste_until_done(engine, attempt, teller) if args.paste else engine.run(attempt.wait())
        except KeyboardInterrupt:
            attempt.cancel()
            raise
        finally:
            stop_telling()
            stop_asking()
        view = engine.run(engine.account(row.id))
    note(f"Connected {view.row.name}.")
    tell_clash(attempt, view.row)
    print_account(view, as_json=args.json)
    return DONE


class _Teller:
    """Prints how far the one attempt of this process is. Called on the engine's thread."""

    def __init__(self, *, show_link: bool) -> None:
        self.has_link = threading.Event()  # also set when the attempt ends without one
        self._show_link = show_link
        self._told: set[str] = set()

    def __call__(self, event: Event) -> None:
        from desktop.engine.events import AttemptChanged

        if not isinstance(event, AttemptChanged):
            return
        if event.code is not None:
            if self._first("code"):
                _tell_code(event.code)
        elif event.link and self._first("link"):
            note(f"Open: {event.link}" if self._show_link else "Waiting for the sign-in in your browser …")
        if event.problem is not None and self._first("problem"):
            # No browser came up: without the link there would be nothing to do but wait.
            note(event.problem.sentence)
            note(f"Open: {event.link}")
        if event.failure is None and event.stage in _STAGES and self._first(event.stage):
            note(_STAGES[event.stage])
        if event.link or event.ended:
            self.has_link.set()

    def _first(self, what: str) -> bool:
        if what in self._told:
            return False
        self._told.add(what)
        return True


def _tell_code(code: DeviceCode) -> None:
    """Where to enter which code, and the same to point a phone at."""
    import segno

    note(f"Open {code.verification_uri} on any device and enter the code: {code.user_code}")
    drawn = io.StringIO()
    segno.make(code.link, error="l", micro=False).terminal(out=drawn, compact=True)
    print(drawn.getvalue(), file=sys.stderr, flush=True)


def _paste_until_done(engine: Engine, attempt: Attempt, teller: _Teller) -> AccountRow:
    """Hands the lines of stdin to the attempt until one fits; the callback may also come by itself."""
    refused: list[BaseException] = []

    def read() -> None:
        teller.has_link.wait()
        for text in _lines_of_stdin():
            try:
                attempt.paste(text).result()
            except Exception as error:
                refused[:] = [error]
                note(
                    f"{getattr(error, 'sentence', 'That address does not fit.')} Paste another, or interrupt."
                )
            else:
                return
        if not refused:
            refused[:] = [InvalidInputError("Standard input ended before an address was pasted.")]
        attempt.cancel()

    from connectors.errors import CancelledAttemptError, InvalidInputError

    # A daemon: a person who never types must not keep the process alive once the callback has come.
    threading.Thread(target=read, name="paste", daemon=True).start()
    try:
        return engine.run(attempt.wait())
    except CancelledAttemptError:
        if refused:
            raise refused[0] from None
        raise


def _lines_of_stdin() -> Iterator[str]:
    """Read below Python's buffers: a thread that waits inside them would break the end of the process."""
    pending = b""
    while chunk := _read_stdin():
        *lines, pending = (pending + chunk).split(b"\n")
        yield from (text for line in lines if (text := line.decode("utf-8", "replace").strip()))
        pending = pending[-LONGEST_ADDRESS:]
    if text := pending.decode("utf-8", "replace").strip():
        yield text


def _read_stdin() -> bytes:
    try:
        return os.read(sys.stdin.fileno(), LONGEST_ADDRESS)
    except OSError:  # there is none, or its terminal is gone: the same as its end
        return b""


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError("takes seconds between 1 and 3600")
    return seconds
