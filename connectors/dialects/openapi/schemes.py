"""Security schemes without OAuth: a key, a name and password, a token, a signature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.dialects.openapi.draft import CannotError, Draft
from connectors.dialects.openapi.names import label, literal, method_key, plain, snake
from connectors.fields import looks_secret
from connectors.reading.tls import CERTIFICATE_FIELDS
from connectors.templates.text import clean

_PLACES = {"header": "headers", "query": "query", "cookie": "cookies"}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# Schemes that answer a challenge or sign: a text in the header is not enough for them.
_CHALLENGES = {
    "negotiate": "Negotiate (Kerberos)",
    "kerberos": "Kerberos",
    "ntlm": "NTLM",
    "hoba": "HOBA",
    "mutual": "Mutual",
    "scram-sha-1": "SCRAM",
    "scram-sha-256": "SCRAM",
    "vapid": "VAPID",
    "oauth": "OAuth 1",
    "dpop": "DPoP",
    "gnap": "GNAP",
    "privatetoken": "Private Token",
    "concealed": "Concealed",
}
_OF_THE_REQUEST = {"host", "content-length", "transfer-encoding", "connection", "content-type"}
_SAY_NOTHING = {"", "auth", "security"}
_WRITTEN_PREFIX = re.compile(r"\b(Bearer|Token|JWT|ApiKey|Basic)\s*[+'\"]*\s*[<{\[(]", re.IGNORECASE)


def put_scheme(name: str, scheme: Mapping[str, Any], draft: Draft, *, secret: bool) -> None:
    """Adds a scheme to the method; `secret` covers a key whatever it is called.

    Raises CannotError with the reason when it cannot be carried out.
    """
    kind = scheme.get("type")
    match kind:
        case "apiKey" if _is_aws(scheme):
            _put_aws(draft)
        case "apiKey":
            _put_key(name, scheme, draft, secret)
        case "http":
            _put_http(name, scheme, draft)
        case "mutualTLS":
            _put_certificate(scheme, draft)
        case None:
            raise CannotError("has no “type”.")
        case _:
            known = "apiKey, http, oauth2, openIdConnect or mutualTLS"
            raise CannotError(f"its type “{clean(kind, 40)}” is not known; it can be {known}.")


def is_secret_key(name: str, scheme: Mapping[str, Any]) -> bool:
    """Whether the scheme is a key that is a secret by its name."""
    named = looks_secret(name) or looks_secret(str(scheme.get("name") or ""))
    return scheme.get("type") == "apiKey" and named


def _put_certificate(scheme: Mapping[str, Any], draft: Draft) -> None:
    """The fields that `[tls]` reads; the document's own words stand with the first of them."""
    if draft.tls is not None:
        raise CannotError("two client certificates would be presented at once.")
    about, read = plain(scheme.get("description")).rstrip("."), {}
    for field in CERTIFICATE_FIELDS:
        row: dict[str, Any] = {"type": field.type, "name": field.name, "format": field.format}
        row |= {"required": None if field.required else False, "placeholder": field.placeholder}
        first = f"{about}. " if about and field.required else ""
        key = draft.form.add(field.key, {**row, "tooltip": f"{first}{field.tooltip}"})
        if key != field.key:
            read[field.key] = "{{" + key + "}}"
    draft.tls = read
    draft.titles.append("Client certificate")


def _is_aws(scheme: Mapping[str, Any]) -> bool:
    return str(scheme.get("x-amazon-apigateway-authtype") or "").lower() == "awssigv4"


def _put_key(name: str, scheme: Mapping[str, Any], draft: Draft, secret: bool) -> None:
    place, parameter = str(scheme.get("in")), scheme.get("name")
    if place not in _PLACES:
        raise CannotError(f"its “in” must be header, query or cookie, not “{clean(place, 40)}”.")
    if not isinstance(parameter, str) or not parameter.strip() or not literal(parameter):
        raise CannotError("its “name” does not say how the parameter is called.")
    parameter = parameter.strip()
    if place != "query" and not _TOKEN.fullmatch(parameter):
        raise CannotError(f"“{clean(parameter, 40)}” cannot be the name of a {place}.")
    if place == "header" and parameter.lower() in _OF_THE_REQUEST:
        raise CannotError(f"{parameter} is a header that every request sets itself.")
    about = str(scheme.get("description") or "")[:2000]
    secret = secret or is_secret_key(name, scheme)
    row: dict[str, Any] = {"name": _label(name, parameter), "tooltip": plain(about)}
    row |= {"type": "password"} if secret else {"secret": False}
    written = _WRITTEN_PREFIX.search(about) if parameter.lower() == "authorization" else None
    if written:  # “Bearer {token}”: people paste either, one of them is sent
        word = written.group(1)
        row["prefix"] = f"{word.capitalize() if word.islower() else word} "
    template = row.get("prefix", "") + "{{" + draft.form.add(snake(name, "api_key"), row) + "}}"
    draft.put(_PLACES[place], parameter, template)
    draft.titles.append(row["name"])


def _label(name: str, parameter: str) -> str:
    """What people call it: the scheme's name, but for names that say nothing."""
    words = method_key(name, "")
    return "API key" if words in {"apikey", "key"} else label(parameter if words in _SAY_NOTHING else name)


def _put_http(name: str, scheme: Mapping[str, Any], draft: Draft) -> None:
    word = str(scheme.get("scheme") or "").strip()
    about = plain(scheme.get("description"))
    match word.lower():
        case "basic":
            user = draft.form.add("username", {"name": "User name", "tooltip": about})
            password = draft.form.add("password", {"type": "password", "name": "Password", "required": False})
            draft.authorize({"user": "{{" + user + "}}", "password": "{{" + password + "}}"})
            draft.titles.append("User name and password")
        case "digest":
            user = draft.form.add("username", {"name": "User name", "tooltip": about})
            password = draft.form.add("password", {"type": "password", "name": "Password"})
            pair = {"user": "{{" + user + "}}", "password": "{{" + password + "}}"}
            draft.authorize({**pair, "digest": True})
            draft.titles.append("User name and password (Digest)")
        case "wsse":
            user = draft.form.add("username", {"name": "User name", "tooltip": about})
            password = draft.form.add("password", {"type": "password", "name": "Password"})
            draft.sign_with({"type": "wsse", "user": "{{" + user + "}}", "password": "{{" + password + "}}"})
            draft.titles.append("User name and password (WSSE)")
        case "bearer":
            form = scheme.get("bearerFormat")
            hint = about or (f"Format: {clean(form, 60)}." if isinstance(form, str) and form else "")
            row = {"type": "password", "name": "Access token", "tooltip": hint}
            draft.authorize({"bearer": "{{" + draft.form.add("token", row) + "}}"})
            draft.titles.append("Access token")
        case "":
            raise CannotError(
                "its “scheme” is missing, so nothing says what stands in the Authorization header."
            )
        case known if known in _CHALLENGES:
            raise CannotError(f"HTTP {_CHALLENGES[known]} authentication is not carried out by this app.")
        case _ if _TOKEN.fullmatch(word):
            row = {"type": "password", "name": f"{word} credential", "tooltip": about}
            draft.put("headers", "Authorization", word + " {{" + draft.form.add(snake(name), row) + "}}")
            draft.titles.append(f"{word} credential")
        case _:
            raise CannotError(f"“{clean(word, 40)}” cannot be an HTTP authentication scheme.")


def _put_aws(draft: Draft) -> None:
    """Signature Version 4. Region and service are asked for where the address does not hold them."""
    rows = draft.form
    host = re.match(
        r"https://(?:[a-z0-9-]+\.(?=execute-api\.))?([a-z0-9-]+)\.(?:([a-z0-9-]+)\.)?amazonaws\.com",
        draft.base.literal or "",
    )
    service = draft.document.service or (host.group(1) if host else "")
    raw = re.match(r"\$?https://([a-z0-9-]+)\.", draft.base.raw)
    service = service or (raw.group(1) if raw else "")
    access_key = rows.add("access_key", {"name": "Access key ID", "secret": False})
    secret_key = rows.add("secret_key", {"type": "password", "name": "Secret access key"})
    session = rows.add(
        "session_token",
        {
            "type": "password",
            "name": "Session token",
            "required": False,
            "tooltip": "Only for temporary credentials.",
        },
    )
    if "region" not in rows.rows:
        default = (host.group(2) or "") if host else ""
        rows.add("region", {"name": "Region", "default": default, "placeholder": "us-east-1"})
    name = rows.add(
        "service",
        {"name": "Service", "default": service, "tooltip": "The name that AWS signs requests under."},
    )
    draft.sign_with(
        {
            "type": "aws-sigv4",
            "region": "{{region}}",
            "service": "{{" + name + "}}",
            "access_key": "{{" + access_key + "}}",
            "secret_key": "{{" + secret_key + "}}",
            "session_token": "{{" + session + "}}",
        }
    )
    draft.titles.append("AWS access key")
