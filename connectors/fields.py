"""Form values: which fields are shown, and whether what was typed into them will do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from itertools import pairwise

from connectors.definition import Field
from connectors.errors import InvalidInputError
from connectors.templates.text import did_you_mean
from connectors.wire.urls import problem_with

LONGEST_VALUE = 64 * 1024
_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off", ""}
_HOSTNAME = re.compile(
    r"(?=.{1,253}(:\d+)?$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^[a-z]+://", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")

_SECRET_WORDS = {
    "key",
    "secret",
    "token",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "pin",
    "credential",
}
_SECRET_PAIRS = {("cert", "private"), ("private", "cert"), ("api", "credentials"), ("service", "account")}
# A word that follows makes it a fact about the secret, not the secret: token_endpoint, key_id, token_type.
_NOT_SECRET_ENDINGS = {
    "endpoint",
    "url",
    "uri",
    "type",
    "id",
    "name",
    "header",
    "path",
    "host",
    "prefix",
    "field",
}
_NOT_SECRET_ENDINGS |= {
    "expiry",
    "expires",
    "lifetime",
    "format",
    "location",
    "param",
    "parameter",
    "hint",
    "label",
}


def looks_secret(key: str) -> bool:
    """Whether a field of this key holds a secret, by its words: `apiKey`, `client_secret`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_").split("_")
    words = [w for w in words if w]
    if not words or words[-1] in _NOT_SECRET_ENDINGS or words[0] == "public":
        return False
    if any(pair in _SECRET_PAIRS for pair in pairwise(words)):
        return True
    # `apikey`, `authtoken`: several words written as one.
    glued = re.compile(r"(api|auth|access|secret|private|bearer|refresh)(key|token|secret|password)s?$")
    return any(w in _SECRET_WORDS or w.rstrip("s") in _SECRET_WORDS or glued.match(w) for w in words)


def is_on(text: str) -> bool:
    """Whether the text of a check box says yes."""
    return text.strip().lower() in _TRUE


def _shown(field: Field, values: Mapping[str, str], fields: Mapping[str, Field]) -> bool:
    for key, wanted in field.show_when.items():
        other = fields.get(key)
        value = values.get(key, other.default if other else "")
        if other is not None and other.type == "checkbox":
            value = "true" if is_on(value) else "false"
        if value not in ((wanted,) if isinstance(wanted, str) else wanted):
            return False
    return True


def visible_fields(fields: Iterable[Field], values: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields that are shown while the form holds these values, in order. Hidden ones are left out."""
    all_fields = tuple(fields)
    by_key = {f.key: f for f in all_fields}
    return tuple(f for f in all_fields if f.type != "hidden" and _shown(f, values, by_key))


def _without_affixes(field: Field, value: str) -> str:
    """What was pasted whole (`https://acme.freshdesk.com/`) although the rest stands beside the box."""
    if field.prefix and value.lower().startswith(field.prefix.lower()):
        value = value[len(field.prefix) :]
    if field.suffix and value.lower().rstrip("/").endswith(field.suffix.lower().rstrip("/")):
        value = _SCHEME.sub("", value).rstrip("/")[: -len(field.suffix.rstrip("/"))]
    return value


def _tidy(field: Field, value: str) -> str:
    if field.type == "password" and field.key.lower() in {"password", "passphrase"}:
        return value  # blanks may belong to it
    value = _without_affixes(field, value.strip())
    if field.format == "hostname":
        value = _SCHEME.sub("", value).rstrip("/")
    return value


def _format_problem(field: Field, value: str) -> str:
    match field.format:
        case "hostname" if not _HOSTNAME.fullmatch(value):
            return f"{field.name} must be a host name such as example.com."
        case "url" if reason := problem_with(value):
            return f"{field.name} must be a web address such as https://example.com: {reason}."
        case "uuid":
            try:
                uuid.UUID(value)
            except ValueError:
                return f"{field.name} must be a UUID such as 123e4567-e89b-12d3-a456-426614174000."
        case "email" if not _EMAIL.fullmatch(value):
            return f"{field.name} must be an e-mail address."
        case "certificate" | "private_key":
            from connectors.wire import certificates  # its library takes its time

            check = certificates.certificate_problem
            if field.format == "private_key":
                check = certificates.private_key_problem
            return check(value, field.name)
    return ""


def check_value(field: Field, value: str) -> tuple[str, str]:
    """One value: as it will be used, and the sentence that refuses it (empty when it will do)."""
    if field.type == "checkbox":
        lowered = value.strip().lower()
        if lowered not in _TRUE | _FALSE:
            return value, f"{field.name} is either on or off."
        return ("true" if lowered in _TRUE else "false"), ""
    value = _tidy(field, value)
    if not value:
        return "", f"{field.name} is needed." if field.required else ""
    if len(value) > LONGEST_VALUE:
        return value, f"{field.name} is too long."
    if field.type == "number" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
        return value, f"{field.name} must be a number."
    if field.type == "select" and value not in {o.value for o in field.options}:
        known = ", ".join(o.value for o in field.options)
        return value, f"{field.name} must be one of: {known}."
    if field.type != "textarea" and any(ord(c) < 32 or ord(c) == 127 for c in value):
        return value, f"{field.name} holds a line break or another control character."
    if field.pattern and not re.fullmatch(field.pattern, value):
        return value, field.pattern_message or f"{field.name} does not have the expected form."
    return value, _format_problem(field, value)


def _may_be_emptied(field: Field) -> bool:
    return not field.required and field.type in {"text", "textarea", "password"}


def check_values(fields: Iterable[Field], values: Mapping[str, str]) -> dict[str, str]:
    """The values as they will be used, with defaults; fields that are not shown are left out.

    A box that was emptied stays empty where nothing has to stand in it; else its default counts.
    Raises InvalidInputError whose `fields` maps each refused key to its sentence.
    """
    all_fields = tuple(f for f in fields if f.type != "notice")
    by_key = {f.key: f for f in all_fields}
    problems: dict[str, str] = {}
    for key in values:
        if key not in by_key:
            known = ", ".join(by_key) or "none"
            problems[key] = f"There is no field “{key}”.{did_you_mean(key, by_key)} Known fields: {known}."
    cleaned: dict[str, str] = {}
    for field in all_fields:
        if not _shown(field, values, by_key):
            continue
        given = values.get(field.key, "")
        if given == "" and not (field.key in values and _may_be_emptied(field)):
            given = field.default
        value, problem = check_value(field, given)
        if problem:
            problems[field.key] = problem
        cleaned[field.key] = value
    if problems:
        raise InvalidInputError(" ".join(problems.values()), fields=problems)
    return cleaned
