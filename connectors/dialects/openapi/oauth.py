"""OAuth 2 flows and OpenID Connect: each flow becomes a method of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.dialects.openapi.addresses import known_address, template_of
from connectors.dialects.openapi.draft import CannotError, Draft
from connectors.dialects.openapi.extra_parameters import Extra
from connectors.dialects.openapi.names import literal, plain
from connectors.reading.lint import REFRESH_HABITS
from connectors.tables import RESERVED_PARAMETERS
from connectors.templates.text import clean

FLOWS = {
    "authorizationCode": ("authorization_code", "Sign in with browser"),
    "implicit": ("authorization_code", "Sign in with browser"),
    "clientCredentials": ("client_credentials", "App credentials"),
    "password": ("password", "User name and password (OAuth)"),
}
WELL_KNOWN = "/.well-known/openid-configuration"
# Services whose token address is known to stand beside the one where people sign in.
_TOKEN_BESIDE = {"login.microsoftonline.com": ("/authorize", "/token")}
_MANY_SCOPES, _LONG, _SHORT = 200, 240, 80  # more than so many are told in so many signs each
_EDITABLE = "{{token_url}}"
Scopes = Mapping[str, str]


def put_flow(
    draft: Draft,
    flow: str,
    data: Mapping[str, Any],
    scheme: Mapping[str, Any],
    place: str,
    wanted: tuple[str, ...],
) -> None:
    """Adds a flow to the method. Raises CannotError when it cannot be carried out."""
    grant, title = FLOWS[flow]
    extra = Extra([scheme.get("x-itential-parameters"), data.get("x-itential-parameters")], draft, place)
    found: dict[str, Any] = {} if grant == "authorization_code" else {"grant": grant}
    if grant == "authorization_code":
        found["auth_url"] = _sign_in(draft, data, place, extra)
    if grant == "password":
        draft.form.add("username", {"name": "User name", "tooltip": "The name you sign in with."})
        draft.form.add("password", {"type": "password", "name": "Password"})
    _put_client(draft, grant)
    token = _token_address(draft, data, f"{place}.tokenUrl")
    found["request_access_token"] = extra.request(token, "token")
    if refresh := _refresh_address(draft, data, f"{place}.refreshUrl", token, grant):
        found["refresh_access_token"] = extra.request(refresh, "refresh")
    elif extra.differs:
        found["refresh_access_token"] = extra.request(token, "refresh")
    extra.done()
    found |= _scopes(draft, data.get("scopes"), f"{place}.scopes", wanted)
    if grant == "authorization_code":
        _ask_for_refresh(found)
    found["token_answer"] = {"any_token_type": True}
    _put_oauth(draft, found, title)


def put_openid(draft: Draft, scheme: Mapping[str, Any], place: str, wanted: tuple[str, ...]) -> None:
    """Adds OpenID Connect: the rest is found out from the service itself when somebody connects."""
    address, said = known_address(scheme.get("openIdConnectUrl"), draft.base, draft.document, place)
    row = {
        "name": "Issuer",
        "format": "url",
        "tooltip": said or "The service tells its other addresses itself.",
    }
    issuer = address.split("?")[0].removesuffix(WELL_KNOWN)
    if address and "{" in issuer:
        template = template_of(issuer, draft.base.variables, draft.form)
    else:
        template = "{{" + draft.form.add("issuer", row | {"default": issuer}) + "}}"
    _put_client(draft, "authorization_code")
    extra = Extra([scheme.get("x-itential-parameters")], draft, place)
    found: dict[str, Any] = {"issuer": template}
    if extra.any:
        token = {"name": "Token URL", "format": "url", "tooltip": "Parameters are added to its requests."}
        found["request_access_token"] = extra.request(
            "{{" + draft.form.add("token_url", token) + "}}", "token"
        )
        if extra.differs:
            found["refresh_access_token"] = extra.request("{{token_url}}", "refresh")
    extra.done()
    scopes = dict.fromkeys(("openid", *wanted), "")
    scopes["openid"] = "Know who you are"
    found["scope"] = scopes
    _put_oauth(draft, found, "Sign in with browser (OpenID Connect)")


def _ask_for_refresh(found: dict[str, Any]) -> None:
    """What some services want before they give a refresh token; no document says it."""
    page = found["auth_url"]
    url = page["url"] if isinstance(page, dict) else page
    for habit in REFRESH_HABITS:
        if urlsplit(url).hostname != habit.host:
            continue
        if habit.place == "params":
            params = page["params"] if isinstance(page, dict) else {}
            found["auth_url"] = {"url": url, "params": {habit.name: habit.value, **params}}
        elif habit.name == "offline_access":
            found["scope"] = {**found.get("scope", {}), habit.name: "Stay signed in"}


def _put_oauth(draft: Draft, found: dict[str, Any], title: str) -> None:
    draft.authorize({"bearer": "{{access_token}}"})
    draft.oauth = found
    draft.titles.insert(0, title)


def _put_client(draft: Draft, grant: str) -> None:
    draft.form.add(
        "client_id",
        {
            "name": "Client ID",
            "tooltip": "The id of the app that you registered with the service.",
            **({"required": False} if grant == "password" else {}),
        },
    )
    draft.form.add(
        "client_secret",
        {
            "type": "password",
            "name": "Client secret",
            "tooltip": "The secret of that app, if the service gave you one.",
            **({} if grant == "client_credentials" else {"required": False}),
        },
    )


def _sign_in(draft: Draft, data: Mapping[str, Any], place: str, extra: Extra) -> Any:
    address, said = known_address(
        data.get("authorizationUrl"), draft.base, draft.document, f"{place}.authorizationUrl"
    )
    params = dict(extra.params("authorize"))
    if not address:
        row = {"name": "Authorization URL", "format": "url", "tooltip": said}
        url = "{{" + draft.form.add("authorization_url", row) + "}}"
    else:
        parts = urlsplit(address)
        kept = [
            (n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if n not in RESERVED_PARAMETERS
        ]
        if len(kept) != len(parse_qsl(parts.query, keep_blank_values=True)):
            draft.document.warn(
                f"{place}.authorizationUrl", "the parameters that the app sets itself were left out."
            )
        address = urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
        url = template_of(address, draft.base.variables, draft.form) + ("/" if address.endswith("/") else "")
    return {"url": url, "params": params} if params else url


def _token_address(draft: Draft, data: Mapping[str, Any], place: str) -> str:
    address, said = known_address(data.get("tokenUrl"), draft.base, draft.document, place)
    if not address and (beside := _beside(data.get("authorizationUrl"))):
        address = beside
    if address and "{" in address:
        return template_of(address, draft.base.variables, draft.form)
    row = {"name": "Token URL", "format": "url", "default": address, "tooltip": said if not address else ""}
    return "{{" + draft.form.add("token_url", row) + "}}"


def _beside(url: Any) -> str:
    text = url.split("?")[0] if isinstance(url, str) else ""
    page, token = _TOKEN_BESIDE.get(urlsplit(text).hostname or "", ("", ""))
    return text.removesuffix(page) + token if page and text.endswith(page) else ""


def _refresh_address(draft: Draft, data: Mapping[str, Any], place: str, token: str, grant: str) -> str:
    """Where a token is renewed: editable, and the token address when it is left empty."""
    given = data.get("refreshUrl")
    editable = token == _EDITABLE
    if not given and (grant == "client_credentials" or not editable):
        return ""
    address, said = known_address(given, draft.base, draft.document, place) if given else ("", "")
    if "{" in address:
        return template_of(address, draft.base.variables, draft.form)
    hint = said or "Where a token is renewed; the token URL when it is left empty."
    row = {"name": "Refresh URL", "format": "url", "default": address, "tooltip": hint}
    key = draft.form.add("refresh_url", {**row, "required": False} if editable else row)
    return "{{" + key + (" || token_url}}" if editable else "}}")


def _scopes(draft: Draft, scopes: Any, place: str, wanted: tuple[str, ...]) -> dict[str, Any]:
    """The scope picker. Chosen beforehand is what most operations ask for; else everything."""
    if isinstance(scopes, list):
        scopes = {item: "" for item in scopes if isinstance(item, str)}
    if scopes is not None and not isinstance(scopes, Mapping):
        draft.document.warn(place, "must be a table of scopes and their meanings; it was passed over.")
        scopes = {}
    longest = _SHORT if len(scopes or ()) > _MANY_SCOPES else _LONG
    known = {
        str(name).strip(): plain(meaning, longest)
        for name, meaning in (scopes or {}).items()
        if str(name).strip()
    }
    for name in wanted:
        if name not in known and known:
            draft.document.warn(place, f"the scope “{clean(name, 60)}” is asked for and not described.")
        known.setdefault(name, "")
    found = dict(_pickable(draft, known, place, wanted))
    return {"scope": found} if found else {}


def _pickable(draft: Draft, known: Scopes, place: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, meaning in known.items():
        if not literal(name) or any(c.isspace() for c in name):
            draft.document.dropped[f"{place}.{clean(name, 60)}"] = "a scope holds no blanks and no “{{”."
        elif wanted and name not in wanted:
            yield name, {"meaning": meaning, "default": False}
        else:
            yield name, meaning


def addresses_of(scheme: Mapping[str, Any]) -> set[str]:
    """The hosts where a scheme signs people in or gives tokens: two schemes of one server share a token."""
    flows = scheme.get("flows")
    urls = [scheme.get("openIdConnectUrl")]
    for flow in flows.values() if isinstance(flows, Mapping) else ():
        if isinstance(flow, Mapping):
            urls += [flow.get("authorizationUrl"), flow.get("tokenUrl")]
    return {urlsplit(url).netloc or url for url in urls if isinstance(url, str) and url}


def flows_of(scheme: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The flows of an OAuth scheme. Raises CannotError when there is none that can be read."""
    flows = scheme.get("flows")
    if not isinstance(flows, Mapping) or not flows:
        raise CannotError("has no “flows”, so nothing says how a token is had.")
    return {
        str(name): flow if isinstance(flow, Mapping) else {}
        for name, flow in flows.items()
        if name[:2] != "x-"
    }
