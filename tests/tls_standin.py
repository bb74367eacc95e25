"""A stand-in service behind TLS, with whatever certificate a test gives it."""

from __future__ import annotations

import ssl

from tests.standin import StandIn


class TlsStandIn(StandIn):
    """Speaks TLS and nothing else; a handshake that fails is no request."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        # The handshake is done by the thread that serves the connection, so that one cannot hold up another.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes

    @property
    def url(self) -> str:
        """Its base address."""
        return f"https://127.0.0.1:{self.port}"
