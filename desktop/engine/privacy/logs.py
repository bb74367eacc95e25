"""Where log lines go. Each one, whoever wrote it, leaves through the redaction function it is given.

The handler sits on the root logger, so httpx, httpcore and asyncio pass through it as well. The finished
text is redacted (message, arguments, exception, stack), not the pieces of which it is made.
`desktop.engine.privacy.redaction.install_logging` is the door.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

MAX_LINE = 8 * 1024
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# A message may not begin a line of its own or steer a terminal; an exception's own lines may stand.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    10: "\\n",
    13: "\\r",
    9: "\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
_VISIBLE_TRACE = {code: shown for code, shown in _VISIBLE.items() if code != 10}


class RedactingFormatter(logging.Formatter):
    """Formats, redacts, caps."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__(_FORMAT)
        self._redact = redact

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_VISIBLE)

    def format(self, record: logging.LogRecord) -> str:
        # The record keeps the formatted traceback for the next handler: not ours, which is redacted here.
        kept, record.exc_text = record.exc_text, None
        try:
            line = self._redact(super().format(record).translate(_VISIBLE_TRACE))
        finally:
            record.exc_text = kept
        return line if len(line) <= MAX_LINE else line[:MAX_LINE] + " … (cut)"


class RedactingHandler(logging.StreamHandler[TextIO]):
    """Writes to a stream. A line that cannot be written is reported without its content."""

    def __init__(self, stream: TextIO, redact: Callable[[str], str]) -> None:
        super().__init__(stream)
        self.setFormatter(RedactingFormatter(redact))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            encoding = getattr(self.stream, "encoding", None) or "utf-8"
            self.stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + self.terminator)
            self.flush()
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        # The standard one prints the arguments as they are, secrets included.
        if sys.stderr is not None and not sys.stderr.closed:
            sys.stderr.write(f"A log line of {record.name} could not be written.\n")


def install(redact: Callable[[str], str], level: int | str, stream: TextIO) -> logging.Handler:
    """Sends every log line of the process, redacted, to `stream`. Installed again, it replaces itself."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, RedactingHandler)]:
        root.removeHandler(handler)
    handler = RedactingHandler(stream, redact)
    root.addHandler(handler)
    root.setLevel(level)
    return handler


def install_excepthooks() -> None:
    """Lets an exception that nobody caught, on any thread, leave through the log, not as a raw traceback."""
    log = logging.getLogger("jackfield")

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("An error that nobody expected", exc_info=(kind, error, trace))

    def report_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            report(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = report
    threading.excepthook = report_thread
