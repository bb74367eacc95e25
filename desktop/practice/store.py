"""What the practice provider remembers, in memory: grants, codes, tokens, browser sessions, requests seen."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin

CODE_LIFETIME = 60.0  # seconds; RFC 6749 4.1.2 allows ten minutes, a browser needs one second
SESSION_LIMIT = 500
SEEN_LIMIT = 10_000


@dataclass(frozen=True)
class Seen:
    """One request that arrived. A password is never kept."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]

    @property
    def form_keys(self) -> tuple[str, ...]:
        """The names of the form's members, in the order they came."""
        return tuple(self.form)


@dataclass
class Grant:
    """A person's consent. All codes and tokens that come from it end with it."""

    client_id: str
    username: str
    revoked: bool = False


@dataclass
class Code(AuthorizationCodeMixin):
    """An authorization code: one use, one minute."""

    code: str
    grant: Grant
    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: str
    expires_at: float = field(default_factory=lambda: time.monotonic() + CODE_LIFETIME)
    spent: bool = False

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Token(TokenMixin):
    """An access token and the refresh token that came with it. `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    grant: Grant
    scope: str
    expires_in: int
    issued_at: float = field(default_factory=time.monotonic)
    revoked: bool = False
    refresh_spent: bool = False

    def check_client(self, client: ClientMixin) -> bool:
        return bool(self.grant.client_id == client.get_client_id())

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return self.expires_in

    def is_expired(self) -> bool:
        return time.monotonic() >= self.issued_at + self.expires_in

    def is_revoked(self) -> bool:
        return self.revoked or self.grant.revoked

    def get_user(self) -> str:
        return self.grant.username


@dataclass
class Session:
    """One browser. `csrf` is new with every sign-in and must come back with every form."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    username: str = ""


class Store:
    """All of it. `lock` makes the token endpoint's look-then-change one step."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._seen: deque[Seen] = deque(maxlen=SEEN_LIMIT)

    def note(self, seen: Seen) -> None:
        """Keep a request for the log."""
        self._seen.append(seen)

    @property
    def seen(self) -> list[Seen]:
        """The requests so far, oldest first."""
        with self.lock:
            return list(self._seen)

    def add_code(self, code: Code) -> None:
        """Keep a code until it is used or too old."""
        with self.lock:
            now = time.monotonic()
            for old in [key for key, kept in self._codes.items() if kept.expires_at + CODE_LIFETIME < now]:
                del self._codes[old]
            self._codes[code.code] = code

    def usable_code(self, code: str, client_id: str) -> Code | None:
        """The code, if it still may be exchanged. A second use ends the whole grant (RFC 6749 4.1.2)."""
        with self.lock:
            kept = self._codes.get(code)
            if kept is None or kept.grant.client_id != client_id:
                return None
            if kept.spent:
                kept.grant.revoked = True
                return None
            return kept if time.monotonic() < kept.expires_at and not kept.grant.revoked else None

    def add_token(self, answer: Mapping[str, Any], grant: Grant, *, scope: str, lifetime: int) -> Token:
        """Keep what was just issued, whatever the answer says about its own lifetime."""
        refresh_token = str(answer.get("refresh_token") or "")
        token = Token(str(answer["access_token"]), refresh_token, grant, scope, lifetime)
        with self.lock:
            self._by_access[token.access_token] = token
            if refresh_token:
                self._by_refresh[refresh_token] = token
        return token

    def by_access_token(self, value: str) -> Token | None:
        """The token with this access token, also when it has ended."""
        with self.lock:
            return self._by_access.get(value)

    def by_refresh_token(self, value: str) -> Token | None:
        """The token with this refresh token, also when it was used."""
        with self.lock:
            return self._by_refresh.get(value)

    def usable_refresh_token(self, value: str) -> Token | None:
        """The token to renew. An old refresh token that comes again ends the grant (RFC 9700 4.14.2)."""
        with self.lock:
            token = self._by_refresh.get(value)
            if token is None:
                return None
            if token.refresh_spent:
                token.grant.revoked = True
            return None if token.grant.revoked else token

    def end_all_tokens(self, *, grants: bool = False) -> None:
        """Access tokens stop working now; with `grants` they cannot be renewed either."""
        with self.lock:
            for token in self._by_access.values():
                token.revoked = True
                token.grant.revoked = token.grant.revoked or grants

    def session(self, session_id: str) -> Session | None:
        """The browser session with this id."""
        with self.lock:
            return self._sessions.get(session_id)

    def new_session(self, username: str = "", *, instead_of: Session | None = None) -> Session:
        """A session with a fresh id and a fresh form token; the oldest make room."""
        with self.lock:
            if instead_of is not None:
                self._sessions.pop(instead_of.id, None)
            session = Session(username=username)
            self._sessions[session.id] = session
            while len(self._sessions) > SESSION_LIMIT:
                self._sessions.popitem(last=False)
            return session
