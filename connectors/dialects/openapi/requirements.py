"""What the operations ask for: which schemes together, how often, and with which scopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from connectors.dialects.openapi.document import Document
from connectors.dialects.openapi.names import literal
from connectors.dialects.openapi.oauth import addresses_of
from connectors.fields import looks_secret
from connectors.templates.text import clean


class Alternative(msgspec.Struct):
    """Schemes that are used together, for `operations` operations. `scopes` counts each scheme's wishes."""

    names: tuple[str, ...]
    operations: int = 0
    scopes: dict[str, Counter[tuple[str, ...]]] = {}

    def wanted(self, names: Iterable[str]) -> tuple[str, ...]:
        """The scopes that most operations ask for, of all these schemes: one token serves them together."""
        most = [asked.most_common(1)[0][0] for name in names if (asked := self.scopes.get(name))]
        return tuple(dict.fromkeys(scope for wish in most for scope in wish))


def alternatives(document: Document) -> list[Alternative]:
    """The ways to sign in, the most used first; declared schemes that nothing asks for come last."""
    found: dict[frozenset[str], Alternative] = {}
    free = 0
    for place, asked, operations in document.requirements:
        if not isinstance(asked, list):
            document.warn(place, "must be a list; it was passed over.")
            continue
        free += operations if not asked else 0
        for requirement in asked:
            if requirement == {}:
                document.warn(place, "signing in is optional there.")
            elif isinstance(requirement, Mapping):
                _note(requirement, operations, place, document, found)
            else:
                document.warn(place, "each entry is a table of schemes; one was passed over.")
    if free and found:
        document.warn("security", f"{free} of {len(document.operations)} operations need no sign-in.")
    ranked = sorted(found.values(), key=lambda one: -one.operations)
    return ranked + _never_asked_for(document, {name for one in ranked for name in one.names})


def _note(
    requirement: Mapping[str, object],
    operations: int,
    place: str,
    document: Document,
    found: dict[frozenset[str], Alternative],
) -> None:
    names = tuple(str(name) for name in requirement)
    for name in names:
        if name not in document.schemes:
            known = ", ".join(document.schemes) or "none"
            reason = f"asked for at {place}, is not defined. Defined: {clean(known, 160)}."
            document.dropped.setdefault(f"security scheme “{clean(name, 60)}”", reason)
    if any(name not in document.schemes for name in names):
        return
    one = found.setdefault(frozenset(names), Alternative(names, scopes={}))
    one.operations += operations
    for name, scopes in requirement.items():
        if scopes is not None and not isinstance(scopes, list):
            document.warn(f"{place}.{name}", "must be a list of scopes; it was passed over.")
        elif scopes:
            wish = tuple(dict.fromkeys(str(scope) for scope in scopes))
            one.scopes.setdefault(str(name), Counter())[wish] += max(operations, 1)


def _never_asked_for(document: Document, asked: set[str]) -> list[Alternative]:
    left = [name for name in document.schemes if name not in asked]
    for name in left:
        document.warn(name, "is declared, and no operation asks for it.")
    if asked:
        return [Alternative((name,)) for name in left]
    # Nothing says what belongs together: a name beside a key (an e-mail address, an app's id) does.
    keys = [name for name in left if _is_plain_key(document.schemes[name])]
    secret = {n for n in keys if looks_secret(n) or looks_secret(str(document.schemes[n].get("name") or ""))}
    together = tuple(keys) if len(secret) == 1 and len(keys) > 1 else ()
    if together:
        document.warn(" and ".join(together), "are asked for together, because only one of them is a secret.")
    alone = [Alternative((name,)) for name in left if name not in together]
    return ([Alternative(together)] if together else []) + alone


def _is_plain_key(scheme: Mapping[str, object]) -> bool:
    name = scheme.get("name")
    plain = scheme.get("type") == "apiKey" and "x-amazon-apigateway-authtype" not in scheme
    return plain and isinstance(name, str) and bool(name.strip()) and literal(name)


def share_a_server(names: Iterable[str], document: Document) -> bool:
    """Whether all these OAuth schemes belong to one server, so that one token serves them."""
    hosts = [addresses_of(document.schemes[name]) for name in names]
    return all(hosts[0] & other for other in hosts[1:]) if hosts else True
