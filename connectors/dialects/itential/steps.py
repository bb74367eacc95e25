"""Sessions: one token request, several in a row, and the refresh of a token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.dialects.itential.answers import KEPT, keep_of, place_of
from connectors.dialects.itential.configuration import Authentication
from connectors.dialects.itential.form import Form
from connectors.dialects.itential.formats import plain
from connectors.dialects.itential.requests import Requests
from connectors.dialects.itential.system import Action, System
from connectors.errors import DefinitionError

_REFERENCE = re.compile(r"\{([^{}.]+)\.responseFields\.([^{}]+)\}")
ACCESS_TOKEN = "access_token"  # noqa: S105 - a name


def one_request(
    auth: Authentication, system: System | None, requests: Requests, form: Form
) -> dict[str, Any]:
    """The step for `request_token`. Without an action the path and the answer's shape are the usual ones."""
    action = system.action("getToken") if system else None
    renamed = {
        ours: auth.text(theirs)
        for ours, theirs in (("username", "token_user_field"), ("password", "token_password_field"))
        if auth.text(theirs) and auth.text(theirs) != ours
    }
    result, path = auth.text("token_result_field"), auth.text("token_URI_path")
    if action is not None:
        override = "" if result == "token" else result
        step = requests.step(action, requests.credentials(action), path=path, renamed=renamed)
        return {**step, "keep": keep_of(action, override)}
    usual = "access_token" if auth.get("client_id") or auth.get("grant_type") else "token"
    action = Action({"name": "getToken", "entitypath": path or "/"}, {"dynamicfields": True}, {}, "")
    step = requests.step(action, requests.credentials(action, asked_for=True), renamed=renamed)
    if not path:
        if "sign_in_address" not in form.fields:
            form.ask("sign_in_address", "", secret=False)
        step["url"] = "{{sign_in_address}}"
        form.fields["sign_in_address"] |= {"format": "url", "tooltip": "Where the token is asked for."}
    form.notes.append(
        f"Without action.json the token is asked for with JSON and read from “{result or usual}”."
    )
    return {**step, "keep": {ACCESS_TOKEN: result or usual}}


def refresh_step(
    auth: Authentication, system: System | None, requests: Requests, form: Form
) -> dict[str, Any] | None:
    """The step for `refresh_token_request`; None when the adapter has none."""
    rules = auth.table("refresh_token_request")
    action = system.action("getRefreshToken") if system and rules else None
    if action is None:
        return None
    headers, query, values = _sorted(rules.get("requestFields"), lambda n, v: form.constant(n, v, "refresh"))
    placement = rules.get("refresh_token", {})
    in_query = isinstance(placement, Mapping) and str(placement.get("placement", "")).lower() == "query"
    if in_query:
        query[action.outbound("refreshToken") or "refreshToken"] = "{{refresh_token}}"
    else:
        values["refreshToken"] = "{{refresh_token}}"
    return {**requests.step(action, values, headers=headers, query=query), "keep": keep_of(action)}


def several_requests(
    auth: Authentication, system: System | None, requests: Requests, form: Form
) -> tuple[list[dict[str, Any]], dict[str, str], bool]:
    """The steps for `multi_step_authentication`, the names that formats may use, whether one is the token.

    The adapter library only finds a token again that a step's response calls `token`.
    """
    calls = auth.get("multiStepAuthCalls", [])
    if not isinstance(calls, list) or not calls or not all(isinstance(call, Mapping) for call in calls):
        raise DefinitionError("authentication.multiStepAuthCalls must be a list of steps.")
    if system is None:
        raise DefinitionError(
            "The steps of multi_step_authentication stand in the adapter's entities/.system/action.json.",
            "Name the adapter's folder, or that file with --system.",
        )
    names: dict[str, str] = {}
    steps: list[dict[str, Any]] = []
    named = False
    for number, call in enumerate(calls, 1):
        action = system.action(f"MFA_Step_{number}")
        if action is None:
            raise DefinitionError(f"action.json has no action MFA_Step_{number}, which step {number} needs.")
        step, found = _step(call, action, names, requests, form)
        own = str(call.get("name") or f"step{number}")
        for field in found:
            names[f"{own}.responseFields.{field}"] = kept_name(own, field)
        step["keep"] = {kept_name(own, field): place for field, place in found.items()}
        if number == len(calls):
            named = "token" in found
            token = found.get("token") or next(iter(found.values()), None)
            if token is None:
                raise DefinitionError("The last step of multi_step_authentication has no responseFields.")
            step["keep"] |= {ACCESS_TOKEN: token, **_expiry(action)}
        steps.append(step)
    return steps, names, named


def kept_name(step: str, field: str) -> str:
    """What a step's value is kept as; the ending tells that it is a secret."""
    plainly = re.sub(r"\W+", "_", f"{step}_{field}")
    return (plainly if re.match(r"[A-Za-z_]", plainly) else f"step_{plainly}") + "_token"


def _step(
    call: Mapping[str, Any], action: Action, names: Mapping[str, str], requests: Requests, form: Form
) -> tuple[dict[str, Any], dict[str, Any]]:
    def value(name: str, text: object) -> str:
        if not isinstance(text, str) or not _REFERENCE.search(text):
            return form.constant(name, text, str(call.get("name") or "step").lower())
        return _filled(text, names)

    headers, query, values = _sorted(call.get("requestFields"), value)
    sso = call.get("sso")
    sso = sso if isinstance(sso, Mapping) else {}
    step = requests.step(
        action,
        values,
        headers=headers,
        query=query,
        sso=sso or None,
        address=_address(action, sso, names, requests, form),
        path=str(sso.get("path") or ""),
    )
    step["url"] = _filled(step["url"], names, known_only=True)
    status = call.get("successfullResponseCode")
    if isinstance(status, int) and not 200 <= status <= 299:
        step["success"] = {"status": [status, 200, 201, 202, 204]}
    wanted = call.get("responseFields")
    found: dict[str, Any] = {}
    for field, external in wanted.items() if isinstance(wanted, Mapping) else ():
        found[str(field)] = _place(action, str(external))
    return step, found


def _address(
    action: Action, sso: Mapping[str, Any], names: Mapping[str, str], requests: Requests, form: Form
) -> str:
    """The address of a step whose host an earlier answer says; empty where none does."""
    host, port = str(sso.get("host") or ""), str(sso.get("port") or "")
    if not _REFERENCE.search(host + port):
        return ""
    protocol = str(sso.get("protocol") or requests.protocol)
    if protocol != "https":
        raise DefinitionError(
            f"{action.name}: an earlier answer says which host this request goes to, and it would go there"
            f" without encryption ({protocol[:80]}).",
            "Give the step's sso the protocol https.",
        )
    form.notes.append(
        f"{action.name}: an earlier answer says which host this request goes to, so what it sends goes"
        " wherever the system says, with https."
    )
    return f"{protocol}://{_filled(host, names)}" + (f":{_filled(port, names)}" if port else "")


def _place(action: Action, external: str) -> Any:
    for field in action.response.values():
        if isinstance(field, Mapping) and field.get("external_name") == external:
            return place_of(action, field, external) or external
    return external


def _expiry(action: Action) -> dict[str, Any]:
    field = action.response.get("expires")
    place = (
        place_of(action, field, str(field.get("external_name") or "")) if isinstance(field, Mapping) else None
    )
    return {KEPT["expires"]: place} if place else {}


def _filled(text: str, names: Mapping[str, str], *, known_only: bool = False) -> str:
    """A template for a text with references; with `known_only` everything else stays as it is."""
    if known_only:
        return _REFERENCE.sub(lambda match: _referred(match[0], names), text)
    return "".join(_referred(part, names) for part in re.split(r"(\{[^{}]+\})", text))


def _referred(part: str, names: Mapping[str, str]) -> str:
    match = _REFERENCE.fullmatch(part)
    if match is None:
        return plain(part)
    name = f"{match[1]}.responseFields.{match[2]}"
    if name not in names:
        raise DefinitionError(f"“{part[:80]}” refers to no field of an earlier step.")
    return f"{{{{{names[name]}}}}}"


def _sorted(fields: Any, value: Any) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Headers, query and body of `requestFields`, by the prefix of each name."""
    found: tuple[dict[str, str], dict[str, str], dict[str, str]] = ({}, {}, {})
    for name, text in fields.items() if isinstance(fields, Mapping) else ():
        kind, dot, rest = str(name).partition(".")
        if dot and kind in {"header", "query"}:
            found[0 if kind == "header" else 1][rest] = value(rest, text)
        else:
            found[2][str(name)] = value(str(name), text)
    return found
