"""The two HTTP clients of an engine, made when first needed and again when their settings change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx

from desktop.engine.network.exchange import note_request, note_response
from desktop.engine.network.http import (
    AUTH_BODY_LIMIT,
    DEADLINE,
    DOCUMENT_BODY_LIMIT,
    DOCUMENT_DEADLINE,
    REQUEST_BODY_LIMIT,
    make_client,
    tls_context,
)
from desktop.engine.network.presenting import CertificateWays
from desktop.engine.preferences import Preferences


class Clients:
    """`steps` carries out authentication steps; `requests` is for plain requests and takes larger answers."""

    def __init__(self, preferences: Callable[[], Preferences]) -> None:
        self._preferences = preferences
        self._made: dict[int, httpx.AsyncClient] = {}
        self._retired: list[httpx.AsyncClient] = []
        self._certificates = self._new_ways()
        self._retired_ways: list[CertificateWays] = []

    @property
    def steps(self) -> httpx.AsyncClient:
        """For sign-in, refresh, profile, revocation."""
        return self._client(AUTH_BODY_LIMIT)

    @property
    def requests(self) -> httpx.AsyncClient:
        """For what people ask for with `request`. What lies beyond the limit of a body is left."""
        return self._client(REQUEST_BODY_LIMIT)

    @property
    def documents(self) -> httpx.AsyncClient:
        """For descriptions of services that are imported from an address."""
        return self._client(DOCUMENT_BODY_LIMIT)

    def renew(self) -> None:
        """The next use makes new clients. Requests under way go on with the old ones."""
        self._retired += self._made.values()
        self._made = {}
        self._retired_ways.append(self._certificates)
        self._certificates = self._new_ways()

    async def forget_certificates(self) -> None:
        """Closes every connection that presents a certificate; its key is held nowhere after that."""
        retired, self._retired_ways = self._retired_ways, []
        for ways in (*retired, self._certificates):
            await ways.forget()

    async def close(self) -> None:
        """Closes all of them."""
        self.renew()
        await self.forget_certificates()
        retired, self._retired = self._retired, []
        for client in retired:
            await client.aclose()

    def _new_ways(self) -> CertificateWays:
        return CertificateWays(lambda: tls_context(self._ca_file()))

    def _ca_file(self) -> Path | None:
        chosen = self._preferences().ca_file
        return Path(chosen) if chosen else None

    def _client(self, body_limit: int) -> httpx.AsyncClient:
        if body_limit not in self._made:
            client = make_client(
                ca_file=self._ca_file(),
                body_limit=body_limit,
                cut_bodies=body_limit == REQUEST_BODY_LIMIT,
                deadline=DOCUMENT_DEADLINE if body_limit == DOCUMENT_BODY_LIMIT else DEADLINE,
                certificates=self._certificates,
            )
            client.event_hooks["request"].append(note_request)
            client.event_hooks["response"].append(note_response)
            self._made[body_limit] = client
        return self._made[body_limit]
