"""The one vocabulary: what a connector definition says, as typed and immutable structs.

`loading.py` makes these from TOML; the window draws forms from them; `methods/` carries them out.
The words are those of docs/connectors.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

FieldType = Literal["text", "password", "textarea", "select", "checkbox", "number", "notice", "hidden"]
FieldFormat = Literal["hostname", "url", "uuid", "email"]
MethodType = Literal["apiKey", "pwd", "oauth2", "oauth", "session"]
Encoding = Literal["form", "json", "query", "multipart", "xml"]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a select: what people read and what is sent."""

    label: str
    value: str


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of a form. `name` is its label and its accessible name."""

    key: str
    type: FieldType = "text"
    name: str
    tooltip: str = ""
    required: bool = True
    secret: bool = False
    default: str = ""
    placeholder: str = ""
    pattern: str = ""
    pattern_message: str = ""
    format: FieldFormat | None = None
    prefix: str = ""
    suffix: str = ""
    options: tuple[Choice, ...] = ()
    show_when: Mapping[str, str | tuple[str, ...]] = {}
    help_url: str = ""


class Success(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When an answer counts as good. Without it: any status of 200-299."""

    status: tuple[int, ...] = ()
    path: str = ""
    equals: str | int | bool | None = None


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One HTTP request; every string in it is a template."""

    url: str
    method: str = "GET"
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    auth: Mapping[str, str] = {}  # {user, password} or {bearer}
    body: Mapping[str, Any] | str | None = None
    encoding: Encoding = "form"
    success: Success = Success()
    error_path: str = ""  # where in a failed answer the sentence for people stands


class Hook(msgspec.Struct, frozen=True):
    """A step that the Python file beside the definition carries out. Sync or async; it gets a Context."""

    name: str
    call: Callable[..., Any]


Step = Request | Hook


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the credential is put on a request. Every string is a template."""

    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}
    auth: Mapping[str, str] = {}  # {user, password} or {bearer}


class AuthUrl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The authorization request. `rename` maps a standard parameter to the provider's name for it."""

    url: str
    params: Mapping[str, str] = {}
    rename: Mapping[str, str] = {}
    remove: tuple[str, ...] = ()


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request to a token endpoint. The grant's own parameters are added; `params` come on top."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    rename: Mapping[str, str] = {}
    remove: tuple[str, ...] = ()
    encoding: Encoding = "form"


class TokenAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where in the token endpoint's answer the members are (dotted paths)."""

    access_token: str = "access_token"  # noqa: S105 - a path, not a secret
    refresh_token: str = "refresh_token"  # noqa: S105
    token_type: str = "token_type"  # noqa: S105
    expires_in: str = "expires_in"
    scope: str = "scope"
    error: str = "error"
    expires: Literal["seconds", "ms", "epoch", "iso", "none"] = "seconds"
    default_expires_in: int | None = None  # seconds; for providers that never say
    any_token_type: bool = False  # accept a missing or unknown token_type and use Bearer
    keep: tuple[str, ...] = ()  # further members to keep; ("*",) keeps all


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One permission and its meaning in a line."""

    value: str
    meaning: str = ""
    default: bool = True


class Redirect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the browser comes back to. No ports means a free one each time (RFC 8252 7.3)."""

    host: Literal["127.0.0.1", "localhost", "[::1]"] = "127.0.0.1"
    ports: tuple[int, ...] = ()
    path: str = "/callback"


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """One way to connect a service."""

    key: str
    type: MethodType
    name: str
    fields: tuple[Field, ...] = ()
    validate: Step | None = None
    validate_err_callback: Hook | None = None
    request_profile_info: Step | None = None
    account_name_from_profile_info: str | tuple[str, ...] | Hook | None = None
    email_from_profile_info: str | tuple[str, ...] | Hook | None = None
    identity_from_profile_info: str | tuple[str, ...] | Hook | None = None
    apply: Apply | None = None
    invalid_token_status: tuple[int, ...] = (401,)
    invalid_token_errors: tuple[str, ...] = ()  # error words in an answer that mean the same (Slack)
    returns_token: bool = False  # pwd: the answer of `validate` holds a token (see token_answer)
    # OAuth 2
    auth_url: AuthUrl | Hook | None = None
    request_access_token: TokenRequest | Hook | None = None
    refresh_access_token: TokenRequest | Hook | None = None
    revoke_access_token: Step | None = None
    token_answer: TokenAnswer = TokenAnswer()
    client_auth: Literal["body", "basic", "none"] = "body"
    pkce: Literal["S256", "plain", "none"] = "S256"
    scopes: tuple[Scope, ...] = ()
    scope_delimiter: str = " "
    keep_callback: tuple[str, ...] = ()  # callback parameters to keep (QuickBooks' realmId)
    refresh_before_exp: int = 300  # seconds, whatever unit the definition used


class Connector(msgspec.Struct, frozen=True, kw_only=True):
    """A service: who it is, the ways to connect it, and the settings that all its accounts share."""

    key: str
    name: str
    methods: Mapping[str, Method]
    category: str = "Other"
    description: str = ""
    color: str = ""  # background of the drawn icon, #rrggbb
    icon: str = ""  # file name below resources/icons/services
    homepage: str = ""
    register_url: str = ""  # the service's page for making an app or a key
    register_steps: tuple[str, ...] = ()
    base_url: str = ""  # a template; `request` resolves relative addresses against it
    settings: tuple[Field, ...] = ()  # client_id, client_secret … apart from accounts
    redirect: Redirect = Redirect()
    origin: Literal["catalog", "own"] = "catalog"
    source: Path | None = None

    @property
    def default_method(self) -> Method:
        """The method that is used when none is named: the first."""
        return next(iter(self.methods.values()))
