"""What an account is called: from the profile, else from the form, and never an unmasked secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.definition import Hook
from connectors.fields import visible_fields
from connectors.inputs import Inputs, certificate_names
from connectors.templates.paths import text_at
from connectors.templates.template import parse
from connectors.templates.text import clean, mask
from connectors.wire.certificates import holder_of

NameRule = str | tuple[str, ...] | Hook | None
_EMAIL_PATHS = ("email", "mail", "user.email", "profile.email", "data.email", "contact.email")
_NAME_PATHS = ("name", "display_name", "displayName", "login", "username", "preferred_username", "user.name")
_PERSON_FIELDS = (
    "username",
    "email",
    "user",
    "login",
)  # they say more than an address or a region before them
_IDENTITY_PATHS = ("sub", "id", "gid", "uid", "user_id", "data.gid", "data.id", "user.id")


async def apply_rule(
    rule: NameRule,
    sources: Iterable[Mapping[str, Any]],
    values: Mapping[str, Any],
    call: Callable[[Hook], Awaitable[Any]],
) -> str:
    """What a path, a list of paths, a template or a function gives; empty when it gives nothing.

    Paths are looked up in each of the sources in turn: the profile, then the token's answer and the form.
    """
    if isinstance(rule, Hook):
        return clean(await call(rule) or "")
    for path in (rule,) if isinstance(rule, str) else rule or ():
        if "{{" in path:
            template = parse(path)
            found = "" if template.is_blank(values) else template.render(values)
        else:
            found = next((text for source in sources if (text := text_at(source, path))), "")
        if found.strip():
            return clean(found)
    return ""


def email_in(profile: Mapping[str, Any]) -> str:
    """The e-mail address that profiles usually hold somewhere."""
    candidates = (text_at(profile, path) for path in _EMAIL_PATHS)
    return clean(next((c for c in candidates if "@" in c), ""))


def identity_in(profile: Mapping[str, Any]) -> str:
    """The stable id that profiles usually hold somewhere."""
    return clean(next((c for path in _IDENTITY_PATHS if (c := text_at(profile, path))), ""))


def without_secrets(name: str, secrets: Iterable[str]) -> str:
    """The name with every secret in it masked. A secret too short to search for counts only as a whole."""
    for secret in sorted(secrets, key=len, reverse=True):
        if name == secret or (len(secret) >= 6 and secret in name):
            name = name.replace(secret, mask(secret))
    return name


def fallback_name(inputs: Inputs, profile: Mapping[str, Any], email: str) -> str:
    """A sensible name when the definition names none: profile, e-mail, form values, masked key, service."""
    if found := next((text for path in _NAME_PATHS if (text := text_at(profile, path))), "") or email:
        return clean(found)
    fields = visible_fields(inputs.method.fields, inputs.values)
    plain = [f for f in fields if not f.secret and f.type in {"text", "number"} and inputs.values.get(f.key)]
    for field in sorted(plain, key=lambda field: field.key not in _PERSON_FIELDS):
        value = inputs.values[field.key]
        return clean(urlsplit(value).hostname or value) if "://" in value else clean(value)
    for field in fields:
        if field.format == "certificate" and (holder := holder_of(inputs.values.get(field.key, ""))):
            return clean(holder)
    for field in fields:
        if (
            field.secret
            and inputs.values.get(field.key)
            and field.key not in certificate_names(inputs.method)
        ):
            return f"{inputs.connector.name} {mask(inputs.values[field.key])}"
    return inputs.connector.name
