"""Their names and ours, one to one: the keys of a definition, and what templates read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# What a step or a rule is called there and here.
KEYS = {
    "validate": "validate",
    "validateAccessToken": "validate_access_token",
    "validateErrCallback": "validate_err_callback",
    "requestProfileInfo": "request_profile_info",
    "accountNameFromProfileInfo": "account_name_from_profile_info",
    "emailFromProfileInfo": "email_from_profile_info",
    "requestRequestToken": "request_request_token",
    "authUrl": "auth_url",
    "requestAccessToken": "request_access_token",
    "refreshAccessToken": "refresh_access_token",
}
# What stands in their templates and contexts, besides the form's fields.
NAMES = {
    "accessToken": "access_token",
    "refreshToken": "refresh_token",
    "accessTokenExpDate": "expires_at",
    "accessTokenSecret": "access_token_secret",
    "tokenType": "token_type",
    "clientId": "client_id",
    "clientSecret": "client_secret",
    "callbackUrl": "callback_url",
    "redirectUri": "callback_url",
    "authorizationCode": "authorization_code",
    "code": "authorization_code",
    "profileInfo": "profile_info",
    "consumerKey": "consumer_key",
    "consumerSecret": "consumer_secret",
    "requestToken": "request_token",
    "oauthToken": "request_token",
    "requestTokenSecret": "request_token_secret",
    "oauthVerifier": "oauth_verifier",
    "ticket": "state",
}
_HOLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*")


def field_key(name: str) -> str:
    """A form field's key as templates can read it: `api-key` becomes `api_key`."""
    key = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return key if key[:1].isalpha() else f"field_{key}"


def our_name(path: str, fields: Mapping[str, str], kind: str) -> str:
    """A path in their template as ours. `fields` maps their field names to our keys."""
    path = re.sub(r"^(?:context\.)?(?:auth|config)\.(?=.)", "", path)
    first, _, rest = path.partition(".")
    if first in fields:
        first = fields[first]
    elif kind == "pwd" and first == "token":
        first = "access_token"
    else:
        first = NAMES.get(first, first)
    return f"{first}.{rest}" if rest else first


def our_template(text: str, name: Callable[[str], str]) -> str | None:
    """A text with their holes as ours; None when it holds something that is no plain path."""
    if any(not _PATH.fullmatch(hole) for hole in _HOLE.findall(text)):
        return None
    if "{{" in _HOLE.sub("", text):
        return None
    return _HOLE.sub(lambda found: "{{" + name(found.group(1)) + "}}", text)


def holes(text: str) -> list[str]:
    """The paths in the holes of a text."""
    return _HOLE.findall(text)


def words_of(key: str) -> str:
    """A readable name for a key: `big-commerce` becomes “Big Commerce”."""
    return " ".join(word.capitalize() for word in key.replace("_", "-").split("-"))
