"""What can be wrong with a definition that could be read: templates, addresses, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus, urlsplit

from connectors.chain_tables import SIGNED_NAMES, chain_strings, chain_urls, kept_names, sign_strings
from connectors.definition import Apply, Assertion, AuthUrl, Connector, Hook, Method, Request, TokenRequest
from connectors.errors import DefinitionError
from connectors.inputs import STANDING_NAMES
from connectors.reading.table import Problems
from connectors.tables import OAUTH1_PARAMETERS, RESERVED_PARAMETERS, effective_apply, strings_of
from connectors.templates.paths import is_path
from connectors.templates.template import parse
from connectors.templates.text import did_you_mean
from connectors.wire.networks import host_address, is_metadata_name, is_never_contacted, is_private
from connectors.wire.urls import is_loopback

Strings = Iterator[tuple[str, str]]
_STEPS = ("validate", "request_profile_info", "revoke_access_token")
_NAME_RULES = ("account_name_from_profile_info", "email_from_profile_info", "identity_from_profile_info")


def check_connector(connector: Connector, problems: Problems) -> None:
    """Adds every mistake in the definition to `problems`."""
    several = len(connector.methods) > 1 or "methods" in _top_level(connector)
    for method in connector.methods.values():
        at = f"methods.{method.key}." if several else ""
        known = _known_names(connector, method)
        for key, text in method_strings(method):
            _check_template(f"{at}{key}", text, known, problems)
        for key, text in sign_strings(method):
            _check_template(f"{at}{key}", text, known | SIGNED_NAMES if known is not None else None, problems)
        for key, url in _urls(method):
            _check_url(f"{at}{key}", url, problems, local=connector.local)
        _check_auth_url(at, method, problems)
        _check_rules(at, method, problems)
        if effective_apply(method, True) is None:
            problems.add(
                f"{at}apply",
                "nothing says where the credential goes on a request; add an [apply] table.",
                "warning",
            )
    every = frozenset().union(*(_known_names(connector, m) or set() for m in connector.methods.values()))
    anything = any(_known_names(connector, m) is None for m in connector.methods.values())
    for name, text in connector.request_headers.items():
        _check_template(f"request_headers.{name}", text, None if anything else every, problems)
    if connector.base_url:
        _check_template("base_url", connector.base_url, None if anything else every, problems)
        _check_url("base_url", connector.base_url, problems, local=connector.local)


def _top_level(connector: Connector) -> set[str]:
    standard = {"api_key", "password", "oauth2", "oauth1", "session"}
    return set() if set(connector.methods) <= standard else {"methods"}


def _known_names(connector: Connector, method: Method) -> frozenset[str] | None:
    """The names that a template may read; None when any name may come with the token."""
    if "*" in method.token_answer.keep or isinstance(method.request_access_token, Hook):
        return None
    if isinstance(method.request_session, Hook):
        return None
    kept = {re.split(r"[.\[]", name)[0] for name in method.token_answer.keep} | set(kept_names(method))
    fields = {f.key for f in (*method.fields, *connector.settings)}
    return frozenset(STANDING_NAMES | fields | kept | set(method.keep_callback))


def method_strings(method: Method) -> Strings:
    """Every template of a method with the key where it stands; without those of its signature."""
    for name in _STEPS:
        step = getattr(method, name)
        if isinstance(step, Request):
            yield from ((f"{name}.{key}", text) for key, text in strings_of(step))
    if isinstance(method.auth_url, AuthUrl):
        yield "auth_url.url", method.auth_url.url
        yield from ((f"auth_url.params.{k}", v) for k, v in method.auth_url.params.items())
    for name, request in _token_requests(method):
        if isinstance(request, TokenRequest):
            yield f"{name}.url", request.url
            yield from ((f"{name}.params.{k}", v) for k, v in request.params.items())
            yield from ((f"{name}.headers.{k}", v) for k, v in request.headers.items())
    if isinstance(method.apply, Apply):
        yield "apply.path", method.apply.path
        yield "apply.path_end", method.apply.path_end
        for part in ("headers", "query", "cookies", "body", "auth"):
            for key, text in getattr(method.apply, part).items():
                yield f"apply.{part}.{key}", key
                yield f"apply.{part}.{key}", text
    yield from chain_strings(method)
    if method.tls is not None:
        for key in ("certificate", "private_key", "private_key_password"):
            yield f"tls.{key}", getattr(method.tls, key)
    for scope in method.scopes:
        yield "scope", scope.value
    if method.grant == "jwt_bearer":
        yield from _assertion("assertion", method.assertion)
    if method.client_auth in {"private_key_jwt", "client_secret_jwt"}:
        yield from _assertion("client_assertion", method.client_assertion)
    for key in ("verification_url", "issuer", "pushed_authorization_url"):
        if text := getattr(method, key):
            yield key, text
    for name in _NAME_RULES:
        rule = getattr(method, name)
        if not isinstance(rule, Hook):
            for text in (rule,) if isinstance(rule, str) else rule or ():
                yield name, text


def _check_template(key: str, text: str, known: frozenset[str] | None, problems: Problems) -> None:
    if "{{" not in text:
        return
    try:
        names = parse(text).names
    except DefinitionError as error:
        problems.add(key, error.sentence)
        return
    for name in sorted(names - known if known is not None else ()):
        hint = did_you_mean(name, known or ())
        problems.add(
            key, f"“{{{{{name}}}}}” names nothing: no field, setting or token member is called so.{hint}"
        )


def _urls(method: Method) -> Strings:
    for name in _STEPS:
        step = getattr(method, name)
        if isinstance(step, Request):
            yield f"{name}.url", step.url
    yield from chain_urls(method)
    for name, asked in (("auth_url", method.auth_url), *_token_requests(method)):
        if isinstance(asked, AuthUrl | TokenRequest):
            yield f"{name}.url", asked.url
    for key in ("verification_url", "issuer", "pushed_authorization_url"):
        if text := getattr(method, key):
            yield key, text


def _assertion(at: str, assertion: Assertion) -> Strings:
    yield f"{at}.key", assertion.key
    yield f"{at}.key_id", assertion.key_id
    yield from ((f"{at}.claims.{name}", text) for name, text in assertion.claims.items())


def _token_requests(method: Method) -> Iterator[tuple[str, TokenRequest | Hook | None]]:
    yield "request_request_token", method.oauth1.request_request_token
    yield "request_access_token", method.request_access_token
    yield "exchange_access_token", method.exchange_access_token
    yield "refresh_access_token", method.refresh_access_token
    yield "request_device_code", method.request_device_code


def _check_url(key: str, url: str, problems: Problems, *, local: bool) -> None:
    """The literal part of an address; what templates add is checked again before each request."""
    try:
        urlsplit(re.sub(r"\{\{.*?\}\}", "x", url))
    except ValueError:
        problems.add(key, "cannot be read as an address.")
        return
    if url.lstrip().startswith("{{"):
        return
    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):(//)?((?:\{\{.*?\}\}|[^/?#])*)", url)
    if match is None:
        problems.add(key, "must begin with https:// or with a template.")
        return
    scheme, host = match.group(1).lower(), match.group(3)
    bare = re.sub(r":(\d+|\{\{.*?\}\})$", "", host)
    address = host_address(bare)
    if scheme == "http" and not is_loopback(bare):
        problems.add(key, f"“{url.split('?')[0]}” is not encrypted; use https (http only for this computer).")
    elif scheme not in {"http", "https"}:
        problems.add(key, f"“{scheme}:” is not an address that may be used; use https.")
    elif not host:
        problems.add(key, "names no host.")
    elif is_metadata_name(bare) or (address is not None and is_never_contacted(address)):
        problems.add(key, f"“{bare}” is a link-local address, which is never contacted.")
    elif not local and address is not None and is_private(address) and not address.is_loopback:
        problems.add(
            key,
            f"“{bare}” is in a private network; a definition for one's own network says local = true, "
            "or lets people type the address.",
        )


def _check_auth_url(at: str, method: Method, problems: Problems) -> None:
    if not isinstance(method.auth_url, AuthUrl):
        return
    reserved = OAUTH1_PARAMETERS if method.type == "oauth" else RESERVED_PARAMETERS
    for name in method.auth_url.params:
        if name in reserved:
            problems.add(
                f"{at}auth_url.params.{name}",
                "is refused: this parameter protects the sign-in and is made anew for every attempt.",
            )
    renamed = {method.auth_url.rename.get(name, name) for name in reserved}
    for name, target in method.auth_url.rename.items():
        if target in reserved and target != name:
            problems.add(
                f"{at}auth_url.rename.{name}",
                f"is refused: “{target}” protects the sign-in and has its own value.",
            )
    for name in method.auth_url.params.keys() & (renamed - reserved):
        problems.add(
            f"{at}auth_url.params.{name}",
            "is refused: a parameter that protects the sign-in is renamed to it.",
        )
    for name in method.auth_url.remove:
        if name in {"state", "redirect_uri", "response_type", "client_id", "oauth_token"}:
            problems.add(
                f"{at}auth_url.remove",
                f"“{name}” cannot be left out; rename it if the service calls it otherwise.",
            )
        if name.startswith("code_challenge"):
            problems.add(
                f"{at}auth_url.remove",
                'cannot leave PKCE out; a service that refuses it needs pkce = "none".',
            )
    for name in map(unquote_plus, re.findall(r"[?&]([^=&#]+)=", method.auth_url.url)):
        if name in reserved:
            reason = (
                "only response_type=code is carried out"
                if name == "response_type"
                else "it is set by the app"
            )
            problems.add(f"{at}auth_url.url", f"must not hold “{name}”: {reason}.")


def _check_rules(at: str, method: Method, problems: Problems) -> None:
    for name in _NAME_RULES:
        rule = getattr(method, name)
        if isinstance(rule, Hook):
            continue
        for path in (rule,) if isinstance(rule, str) else rule or ():
            if "{{" not in path and not is_path(path):
                problems.add(f"{at}{name}", f"“{path}” is neither a path nor a template.")
