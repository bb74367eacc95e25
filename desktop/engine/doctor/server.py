"""Is the clock right? Compared with the Date of a server that the person names: a try of the network, too."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from connectors.errors import ConnectorError
from connectors.wire.reach import reaching
from desktop.engine.doctor.finding import Finding, Outcome, Situation
from desktop.engine.network.http import make_client
from desktop.engine.states import duration

# A signature or an ID token is believed for a minute or a few; a Date header has whole seconds.
FINE, TOLERABLE = 30.0, 120.0
_PATIENCE = 10.0  # seconds


async def compare_clock(situation: Situation) -> Finding:
    """One HEAD request to the server; without one, nobody is asked."""
    if not situation.server:
        return _finding("unknown", "The clock was not compared with any server.", "Name one to compare it.")
    address = situation.server if "://" in situation.server else f"https://{situation.server}"
    own = situation.preferences.ca_file
    try:
        async with make_client(ca_file=Path(own) if own else None, deadline=_PATIENCE) as client:
            before = datetime.now(UTC)
            with reaching(None, address):  # the person named it
                answer = await client.head(address)
            after = datetime.now(UTC)
    except ConnectorError as error:
        return _finding("unknown", f"The clock could not be compared. {error.sentence}", error.hint)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return _finding("unknown", "That is not the address of a server.", "Name one such as example.org.")
    return judge(before, after, answer.headers.get("Date", ""), answer.url.host)


def judge(before: datetime, after: datetime, date: str, host: str) -> Finding:
    """`date` is what the server said between `before` and `after` (UTC)."""
    try:
        said = parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return _finding("unknown", f"{host} did not say what time it is.", "Name another server.")
    middle = before + (after - before) / 2
    off = (middle - said).total_seconds()
    doubt = (after - before).total_seconds() / 2 + 1.0
    distance = max(0.0, abs(off) - doubt)
    if distance <= FINE:
        return _finding("ok", f"The clock agrees with {host}.")
    way = "ahead of" if off > 0 else "behind"
    outcome: Outcome = "warning" if distance <= TOLERABLE else "problem"
    return _finding(
        outcome,
        f"The clock is about {duration(abs(middle - said))} {way} {host}.",
        "Let the system set its clock by itself: services refuse sign-ins from a time that is not theirs.",
    )


def _finding(outcome: Outcome, sentence: str, hint: str = "") -> Finding:
    return Finding(check="clock", title="Clock", outcome=outcome, sentence=sentence, hint=hint)
