"""The one vocabulary: what a connector definition says, as typed and immutable structs.

`loading.py` makes these from TOML; the window draws forms from them; `methods/` carries them out.
The words are those of docs/connectors.md. Structs that can stand in one place are tagged, so that the index
can tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

FieldType = Literal["text", "password", "textarea", "select", "checkbox", "number", "notice", "hidden"]
FieldFormat = Literal["hostname", "url", "uuid", "email", "certificate", "private_key"]
MethodType = Literal["apiKey", "pwd", "oauth2", "oauth", "session"]
Encoding = Literal["form", "json", "query", "multipart", "xml"]
Grant = Literal["authorization_code", "client_credentials", "password", "device_code", "jwt_bearer"]
ClientAuth = Literal[
    "body", "basic", "both", "none", "private_key_jwt", "client_secret_jwt", "tls_client_auth"
]
SignatureMethod = Literal["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"]


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


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
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


class Hook(msgspec.Struct, frozen=True, tag=True):
    """A step that the Python file beside the definition carries out. Sync or async; it gets a Context."""

    name: str
    call: Callable[..., Any]


Step = Request | Hook


class Place(msgspec.Struct, frozen=True):
    """Where in an answer a value stands. `name` is the path, the header or the cookie."""

    kind: Literal["path", "header", "cookie", "cookies", "text"]
    name: str = ""
    after: str = ""  # only what follows this text
    before: str = ""  # and only up to this one
    whole: bool = False  # a header with its “Bearer ”, if it has one


class Choose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of several things in an answer has to be chosen: a site, a tenant. All but `title` are paths."""

    title: str = "Choose one"
    options: str = ""  # where the list is; empty: the answer itself is the list
    value: str = "id"
    label: str = "name"
    keep: Mapping[str, str] = {}  # name -> path in the chosen one; always text


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A signature on every request. Every text that is no choice is a template."""

    type: Literal["aws-sigv4", "hmac", "wsse"]
    # AWS Signature Version 4
    region: str = ""
    service: str = ""
    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""
    # WSSE
    user: str = ""
    password: str = ""
    # HMAC
    header: str = ""
    key: str = ""
    key_encoding: Literal["text", "base64", "hex"] = "text"
    payload: str = ""
    value: str = "{{signature}}"
    headers: Mapping[str, str] = {}  # sent besides, such as the time that was signed
    algorithm: Literal["sha1", "sha256", "sha384", "sha512", "md5"] = "sha256"
    encoding: Literal["hex", "base64", "base64url"] = "hex"


class ChainStep(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a chain. What it keeps is there for the next one, and stays with the account."""

    request: Request
    keep: Mapping[str, Place] = {}
    choose: Choose | None = None
    sign: Sign | None = None  # of this request alone


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A certificate of the client's own, presented with every connection (mutual TLS). All are templates."""

    certificate: str = "{{certificate}}"  # PEM, or PKCS#12 as base64
    private_key: str = "{{private_key}}"  # PEM; empty where the certificate's text holds it
    private_key_password: str = "{{private_key_password}}"  # noqa: S105 - a template


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the credential is put on a request. Every string is a template."""

    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}
    path: str = ""  # put before the path of the address (Telegram's `/bot{{token}}`)
    path_end: str = ""  # put after it
    body: Mapping[str, str] = {}  # members that are added to a JSON or form body; a dot leads inside
    auth: Mapping[str, str] = {}  # {user, password} or {bearer}


class AuthUrl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """The authorization request. `rename` maps a standard parameter to the provider's name for it."""

    url: str
    params: Mapping[str, str] = {}
    rename: Mapping[str, str] = {}
    remove: tuple[str, ...] = ()
    unencoded: tuple[str, ...] = ()  # parameters whose value is sent as it is (a scope with colons)


class CallbackNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the service calls the parameters that it sends the browser back with."""

    code: str = "code"
    state: str = "state"
    error: str = "error"


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
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
    expires: Literal["seconds", "minutes", "ms", "epoch", "iso", "auto", "none"] = "seconds"
    default_expires_in: int | None = None  # seconds; for providers that never say
    margin: int = 0  # so many seconds before its end a token counts as ended
    dpop: bool = False  # the type DPoP is as good as Bearer (RFC 9449)
    any_token_type: bool = False  # accept a missing or unknown token_type and use Bearer
    keep: Mapping[str, str] = {}  # name -> path of a further member to keep; "*" keeps all


class Assertion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A statement signed with a private key (RFC 7523). Claims, key and key id are templates."""

    claims: Mapping[str, str] = {}
    key: str = "{{private_key}}"
    key_id: str = "{{key_id}}"
    algorithm: str = ""  # empty: what fits the key
    lifetime: int = 300  # seconds


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """What an authorization server says of itself (RFC 8414); found while a method runs, never written."""

    issuer: str
    jwks_uri: str = ""
    pushed_authorization: str = ""
    pushed_required: bool = False
    registration: str = ""
    names_itself: bool = False  # it sends `iss` with every callback (RFC 9207)


class OAuth1(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What OAuth 1.0a (RFC 5849) needs beside the steps that it shares with OAuth 2."""

    request_request_token: TokenRequest | Hook | None = None
    signature_method: SignatureMethod = "HMAC-SHA1"
    signature_place: Literal["header", "query"] = "header"
    realm: str = ""
    callback_confirmed: bool = True  # False: the provider never sends oauth_callback_confirmed (OAuth 1.0)
    pin: bool = False  # the service shows a PIN to type in, and never sends the browser back ("oob")
    verifier: bool = True  # False: the provider knows no oauth_verifier (OAuth 1.0)


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One permission and its meaning in a line."""

    value: str
    meaning: str = ""
    default: bool = True


class Redirect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the browser comes back to. No ports means a free one each time (RFC 8252 7.3)."""

    scheme: Literal["http", "https"] = "http"  # https: with a certificate that the app makes for itself
    host: Literal["127.0.0.1", "localhost", "[::1]"] = "127.0.0.1"
    ports: tuple[int, ...] = ()
    path: str = "/callback"


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """One way to connect a service."""

    key: str
    type: MethodType
    name: str
    connect_button: str = ""  # in place of the usual words, such as "Sign in with Google"
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
    invalid_token_when: Mapping[str, tuple[str, ...]] = {}  # path -> values that mean the same (Facebook)
    passing_status: tuple[int, ...] = ()  # what means: try again later
    passing_errors: tuple[str, ...] = ()  # words in a refusal that mean the same (Telegram's "wait")
    sign: Sign | None = None
    tls: Tls | None = None
    after_connect: tuple[ChainStep, ...] = ()
    request_session: tuple[ChainStep, ...] | Hook | None = None
    refresh_session: tuple[ChainStep, ...] = ()  # with the refresh token; else the session is asked for anew
    keep_session: Literal["vault", "memory", "redis", "none"] = "vault"  # none: each token serves one request
    returns_token: bool = False  # pwd: the answer of `validate` holds a token (see token_answer)
    # OAuth 2
    auth_url: AuthUrl | Hook | None = None
    request_access_token: TokenRequest | Hook | None = None
    exchange_access_token: TokenRequest | None = None  # the first token becomes a lasting one (Instagram)
    refresh_access_token: TokenRequest | Hook | None = None
    revoke_access_token: Step | None = None
    token_answer: TokenAnswer = TokenAnswer()
    client_auth: ClientAuth = "body"
    grant: Grant = "authorization_code"
    issuer: str = ""  # a template; steps that the definition leaves out come from discovery
    pushed_authorization_url: str = ""  # RFC 9126
    dpop: bool = False  # tokens are bound to a key (RFC 9449)
    register_client: bool = False  # without a client id the app registers itself (RFC 7591)
    server: Server | None = None
    request_device_code: TokenRequest | None = None
    verification_url: str = ""  # where a device's code is entered, for a service that never says
    assertion: Assertion = Assertion()  # the grant jwt_bearer
    client_assertion: Assertion = Assertion()  # client_auth private_key_jwt
    pkce: Literal["S256", "S256-hex", "plain", "none"] = "S256"  # -hex: the digest in hex (TikTok)
    scopes: tuple[Scope, ...] = ()
    scope_delimiter: str = " "
    callback: CallbackNames = CallbackNames()
    keep_callback: tuple[str, ...] = ()  # callback parameters to keep (QuickBooks' realmId)
    refresh_before_exp: int = 300  # seconds, whatever unit the definition used
    oauth1: OAuth1 = OAuth1()


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
    log_exchange: bool = False  # headers and bodies, without their values, go to Activity and the log
    request_headers: Mapping[str, str] = {}  # on requests that do not set them themselves
    hosts: tuple[str, ...] = ()  # further hosts that a shut-in program may reach, such as *.example.com
    local: bool = False  # for the own network: private addresses may be reached that nobody typed
    settings: tuple[Field, ...] = ()  # client_id, client_secret … apart from accounts
    redirect: Redirect = Redirect()
    origin: Literal["catalog", "own"] = "catalog"
    source: Path | None = None

    @property
    def default_method(self) -> Method:
        """The method that is used when none is named: the first."""
        return next(iter(self.methods.values()))
