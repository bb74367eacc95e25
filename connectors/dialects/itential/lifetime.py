"""`token_timeout` and `token_cache`: how long a token is used, and where it is kept."""

from __future__ import annotations

from typing import Any

from connectors.dialects.itential.configuration import Authentication

MARGIN = 60  # seconds before its end that a token is given up; the adapter library's own


def lifetime_of(auth: Authentication, *, says_expiry: bool, reusable: bool) -> dict[str, Any]:
    """The keys `keep_session` and `token_answer`.

    `says_expiry`: the answer's place of the expiry is known. `reusable` is false for a token that the adapter
    library would not find again.
    """
    seconds = auth.integer("token_timeout", -1, -1, 86_400_000) // 1000
    kept = kept_in(auth)
    answer: dict[str, Any] = {"any_token_type": True, "expires": "none"}
    if auth.get("token_timeout", -1) == 0 and says_expiry and reusable:
        return {"keep_session": kept, "token_answer": {**answer, "expires": "auto", "margin": MARGIN}}
    if seconds <= MARGIN or not reusable:
        return {"keep_session": "none", "token_answer": answer}
    return {
        "keep_session": kept,
        "token_answer": {**answer, "default_expires_in": seconds, "margin": MARGIN},
    }


def kept_in(auth: Authentication) -> str:
    """Where `token_cache` keeps a session."""
    kept = auth.word("token_cache", ("local", "redis", "kept"), "local")
    return {"local": "memory", "redis": "redis", "kept": "vault"}[kept]
