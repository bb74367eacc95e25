"""One request on the wire, with an account's credential on it."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import httpx

from connectors.errors import InvalidInputError
from connectors.wire.applying import CredentialAuth, resolve_url, standing_headers
from connectors.wire.presenting import presenting
from connectors.wire.reach import reaching
from desktop.engine.core import Subject
from desktop.engine.network.exchange import noting_headers
from desktop.engine.network.http import CUT
from desktop.engine.privacy.redaction import redactor
from desktop.engine.requests.checking import Headers
from desktop.engine.results import Answer


class Wanted(NamedTuple):
    """What a person asked for. `url` may be relative to the connector's base."""

    method: str
    url: str
    headers: Headers
    body: bytes | str | None


async def send(client: httpx.AsyncClient, subject: Subject, wanted: Wanted, *, renewed: bool) -> Answer:
    """Sends it once; no redirect is followed.

    Raises InvalidInputError, UnsafeUrlError, TemporaryError or ServiceError.
    """
    inputs, credential = subject.inputs, subject.credential
    address = resolve_url(inputs, credential, wanted.url)
    started = perf_counter()
    try:
        given = {name.lower() for name, _ in wanted.headers}
        standing = standing_headers(inputs, credential)
        headers = [*(line for line in standing.items() if line[0] not in given), *wanted.headers]
        request = client.build_request(wanted.method, address, headers=headers, content=wanted.body)
        # Whoever asks for a whole address has typed it; a relative one is the definition's.
        typed = wanted.url if "://" in wanted.url else ""
        with reaching(inputs, typed), presenting(inputs), noting_headers():
            auth = CredentialAuth(inputs, credential)
            response = await client.send(request, auth=auth, follow_redirects=False)
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidInputError("That request cannot be sent as it is.", f"Check it: {error}.") from error
    return Answer(
        status=response.status_code,
        reason=response.reason_phrase,
        headers=tuple(response.headers.multi_items()),
        body=response.content,
        elapsed=perf_counter() - started,
        url=redactor.redact(str(response.request.url)),
        renewed=renewed,
        truncated=CUT in response.extensions,
        size=response.extensions.get(CUT, len(response.content)),
    )
