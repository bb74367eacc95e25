"""What can be read off chained steps and signatures without sending anything."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.definition import ChainStep, Method
from connectors.tables import strings_of

# The templates of `[sign]`, apart from `value` and the headers.
SIGN_TEXTS = (
    "region",
    "service",
    "access_key",
    "secret_key",
    "session_token",
    "user",
    "password",
    "header",
    "key",
    "payload",
)
# What a signature's templates see besides; the request that is signed is known only when it is sent.
SIGNED_NAMES = frozenset({"method", "host", "path", "query", "body", "body_sha256", "timestamp", "signature"})


def chains_of(method: Method) -> Iterator[tuple[str, ChainStep]]:
    """Every chained step with the key where it stands."""
    session = method.request_session if isinstance(method.request_session, tuple) else ()
    chains = (
        ("request_session", session),
        ("refresh_session", method.refresh_session),
        ("after_connect", method.after_connect),
    )
    for key, chain in chains:
        for number, step in enumerate(chain):
            yield (f"{key}[{number}]" if len(chain) > 1 else key), step


def kept_names(method: Method) -> frozenset[str]:
    """The names that chained steps keep with the account."""
    steps = [step for _, step in chains_of(method)]
    chosen = {name for step in steps if step.choose for name in step.choose.keep}
    return frozenset({name for step in steps for name in step.keep} | chosen)


def secret_kept_names(method: Method) -> frozenset[str]:
    """Those that are secret whatever they are called: cookies, and bodies that are a token."""
    kept = (pair for _, step in chains_of(method) for pair in step.keep.items())
    return frozenset(name for name, place in kept if place.kind in {"cookie", "cookies", "text"})


def chain_strings(method: Method) -> Iterator[tuple[str, str]]:
    """Every template of the chained steps, with its key."""
    for key, step in chains_of(method):
        yield from ((f"{key}.{at}", text) for at, text in strings_of(step.request))


def chain_urls(method: Method) -> Iterator[tuple[str, str]]:
    """Every address of the chained steps, with its key."""
    yield from ((f"{key}.url", step.request.url) for key, step in chains_of(method))


def sign_strings(method: Method) -> Iterator[tuple[str, str]]:
    """Every template of the signatures, with its key."""
    signed = (("", method.sign), *((f"{key}.", step.sign) for key, step in chains_of(method)))
    for at, sign in signed:
        if sign is None:
            continue
        for name in (*SIGN_TEXTS, "value"):
            yield f"{at}sign.{name}", getattr(sign, name)
        for name, text in sign.headers.items():
            yield f"{at}sign.headers.{name}", text
