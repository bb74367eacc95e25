"""Alternatives of security schemes become the methods of a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.dialects.openapi.addresses import Base
from connectors.dialects.openapi.document import Document
from connectors.dialects.openapi.draft import CannotError, Draft
from connectors.dialects.openapi.names import method_key
from connectors.dialects.openapi.oauth import FLOWS, flows_of, put_flow, put_openid
from connectors.dialects.openapi.requirements import Alternative, alternatives, share_a_server
from connectors.dialects.openapi.schemes import is_secret_key, put_scheme
from connectors.templates.text import clean

MOST_METHODS = 40
_OAUTH = ("oauth2", "openIdConnect")
Flow = tuple[str, str, Mapping[str, Any]]  # scheme, flow (empty for OpenID Connect), what stands there


def methods_of(document: Document, base: Base) -> dict[str, dict[str, Any]]:
    """The methods by key, the most used first. What cannot be carried out goes to `document.dropped`."""
    found: dict[str, dict[str, Any]] = {}
    for alternative in alternatives(document):
        try:
            for key, draft in _drafts(alternative, document, base):
                _take(found, key, draft.table(" and ".join(dict.fromkeys(draft.titles))))
        except CannotError as error:
            document.dropped[" and ".join(alternative.names)] = _sentence(error)
    for key in list(found)[MOST_METHODS:]:
        del found[key]
        document.dropped[f"the way {key}"] = (
            f"a connector has {MOST_METHODS} at most; the most used were taken."
        )
    names = [table["name"] for table in found.values()]
    for key, table in found.items():
        if names.count(table["name"]) > 1:
            table["name"] = f"{table['name']}, {key.replace('_', ' ')}"
    return found


def without_credential(document: Document, base: Base) -> dict[str, Any]:
    """The method of a service whose document asks for nothing."""
    document.warn("security", "the document declares no way to sign in; requests carry no credential.")
    draft = Draft(document, base)
    return {**draft.table("Without signing in"), "apply": {"nothing": True}}


def _take(found: dict[str, dict[str, Any]], key: str, table: dict[str, Any]) -> None:
    if table in found.values():
        return
    wanted, number = key, 2
    while key in found:
        key, number = f"{wanted}_{number}", number + 1
    found[key] = table


def _sentence(error: CannotError) -> str:
    text = str(error)
    return text if text.startswith(("has ", "its ")) else text[:1].upper() + text[1:]


def _drafts(alternative: Alternative, document: Document, base: Base) -> Iterator[tuple[str, Draft]]:
    """One method for each flow of the OAuth scheme among them; one without such a scheme."""
    names = alternative.names
    oauth = [name for name in names if document.schemes[name].get("type") in _OAUTH]
    others = [name for name in names if name not in oauth]
    if oauth and not share_a_server(oauth, document):
        raise CannotError(f"{' and '.join(oauth)} are two sign-ins at different servers for one request.")
    if oauth and others:
        # The same token, described twice: a bearer scheme beside the flow that gets it.
        others = [name for name in others if not _is_bearer(document.schemes[name])]
    key = "_and_".join(method_key(name) for name in names)[:80]
    if not oauth:
        draft = Draft(document, base)
        _put_others(others, document, draft)
        yield key, draft
        return
    flows = _flows(oauth, document)
    reasons: list[str] = []
    made = 0
    for scheme, flow, data in flows:
        place = f"{scheme}.{flow}" if flow else scheme
        draft = Draft(document, base)
        try:
            _put_oauth(scheme, flow, data, draft, alternative.wanted(oauth))
            _put_others(others, document, draft)
        except CannotError as error:
            reasons.append(f"{flow or scheme}: {error}")
            if len(flows) > 1:
                document.dropped[place] = _sentence(error)
                reasons = ["has no flow that is carried out."]
            continue
        made += 1
        yield (f"{key}_{method_key(flow)}" if len(flows) > 1 else key), draft
    if not made:
        raise CannotError(" ".join(reasons) or "has no flow that is carried out.")


def _put_others(names: list[str], document: Document, draft: Draft) -> None:
    # A key beside one that is a secret by its name is an app's id or an address; else every key is a secret.
    secret = any(is_secret_key(name, document.schemes[name]) for name in names)
    for name in names:
        put_scheme(name, document.schemes[name], draft, secret=not secret)


def _is_bearer(scheme: Mapping[str, Any]) -> bool:
    return scheme.get("type") == "http" and str(scheme.get("scheme") or "").lower() == "bearer"


def _flows(oauth: list[str], document: Document) -> list[Flow]:
    """The flows of the schemes, each once. The implicit one is left out where the same sign-in has a code."""
    found: list[Flow] = []
    for name in oauth:
        scheme = document.schemes[name]
        if scheme.get("type") == "openIdConnect":
            found.append((name, "", scheme))
        else:
            found += [(name, flow, data) for flow, data in flows_of(scheme).items()]
    with_code = _code_flows(document)
    kept: list[Flow] = []
    left: dict[str, str] = {}
    for name, flow, data in found:
        better = with_code.get(str(data.get("authorizationUrl"))) if flow == "implicit" else None
        if better:
            reason = (
                f"the implicit flow shows tokens in addresses; {better} offers the same sign-in with a code."
            )
            left[f"{name}.implicit"] = reason
        elif flow not in (f for _, f, _ in kept):
            kept.append((name, flow, {**data, "scopes": _with_scopes_of(found, flow, data)}))
    if not kept:
        raise CannotError(" ".join(left.values()) or "has no flow that is carried out.")
    document.dropped |= left
    return kept


def _with_scopes_of(flows: list[Flow], flow: str, data: Mapping[str, Any]) -> Any:
    """The scopes of a flow, and those of the schemes that share its token."""
    same = [other.get("scopes") for _, name, other in flows if name == flow]
    tables = [scopes for scopes in same if isinstance(scopes, Mapping)]
    if len(tables) < 2 or len(tables) < len(same):
        return data.get("scopes")
    return {name: meaning for scopes in reversed(tables) for name, meaning in scopes.items()}


def _code_flows(document: Document) -> dict[str, str]:
    """The addresses where people sign in for a code, and the scheme that says so."""
    found: dict[str, str] = {}
    for name, scheme in document.schemes.items():
        flows = scheme.get("flows")
        flow = flows.get("authorizationCode") if isinstance(flows, Mapping) else None
        if isinstance(flow, Mapping) and flow.get("authorizationUrl"):
            found.setdefault(str(flow["authorizationUrl"]), name)
    return found


def _put_oauth(
    scheme: str, flow: str, data: Mapping[str, Any], draft: Draft, wanted: tuple[str, ...]
) -> None:
    document, whole = draft.document, draft.document.schemes[scheme]
    if not flow:
        put_openid(draft, whole, scheme, wanted)
        return
    if flow not in FLOWS:
        raise CannotError(f"the flow “{clean(flow, 40)}” is not carried out; {', '.join(FLOWS)} are.")
    if flow == "implicit":
        if not data.get("authorizationUrl"):
            raise CannotError(
                "the implicit flow is not carried out, and there is no address to sign in with a code."
            )
        document.warn(
            f"{scheme}.implicit",
            "the implicit flow shows tokens in addresses; the sign-in uses a code with PKCE instead, which"
            " needs the token URL.",
        )
    put_flow(draft, flow, data, whole, f"{scheme}.{flow}", wanted)
