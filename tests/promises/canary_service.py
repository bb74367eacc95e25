"""Services whose every secret is known: what they give out, and what they are sent, each a canary."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.oauth1_server import KEYS, OAuth1Service
from tests.openid_provider import Provider
from tests.standin import Reply, Seen, StandIn

SHORTEST = 8
OIDC = """
key = "canary-oidc"
name = "Canary OpenID"
type = "oauth2"
issuer = "{url}"
base_url = "{url}"
scope = ["openid", "email"]
"""
DEVICE = """
key = "canary-device"
name = "Canary device"
type = "oauth2"
grant = "device_code"
client_auth = "basic"
request_device_code = "{url}/device"
request_access_token = "{url}/token"
request_profile_info = "{url}/me"
"""
SESSION = """
key = "canary-session"
name = "Canary session"
type = "session"
base_url = "{url}"

[request_session]
url = "{url}/login?hint={{{{password}}}}"
json = {{ user = "{{{{username}}}}", password = "{{{{password}}}}" }}
keep = {{ access_token = "inner.sid" }}
"""
KEY = """
key = "canary-key"
name = "Canary key"
type = "apiKey"
base_url = "{url}"

[auth.api_key]
type = "password"

[auth.site_secret]
type = "password"

[apply]
headers = {{ X-Api-Key = "{{{{api_key}}}}" }}
query = {{ secret = "{{{{site_secret}}}}" }}

[validate]
url = "{url}/key?secret={{{{site_secret}}}}"
headers = {{ X-Api-Key = "{{{{api_key}}}}" }}
"""
OLD = """
key = "canary-old"
name = "Canary old"
type = "oauth"
base_url = "{url}"
request_request_token = "{url}/request"
auth_url = "{url}/authorize"
request_access_token = "{url}/access"
request_profile_info = "{url}/me"
"""
CRASH = """
key = "canary-crash"
name = "Canary crash"
type = "apiKey"

[auth.api_key]
type = "password"
"""
CRASH_CODE = 'def validate(context):\n    raise RuntimeError(f"cannot use {context.api_key} here")\n'


class Canaries:
    """Every secret by its kind."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}

    def mint(self, kind: str) -> str:
        """A new one, with the signs that encodings change."""
        return self.take(kind, f"cAn4ry+{secrets.token_hex(6)}/{kind}.{secrets.token_hex(4)}~")

    def take(self, kind: str, value: str) -> str:
        """One that came over the wire."""
        if len(value) >= SHORTEST:
            self.kinds.setdefault(value, kind)
        return value

    def found_in(self, data: bytes) -> set[str]:
        """`kind (form)` of each that stands there in any form."""
        return {
            f"{kind} ({form})"
            for secret, kind in self.kinds.items()
            for form, raw in forms(secret)
            if raw in data
        }


def forms(secret: str) -> Iterator[tuple[str, bytes]]:
    """A secret in every encoding that it could stand in."""
    plain = secret.encode()
    yield "plain", plain
    yield "JSON", json.dumps(secret)[1:-1].encode()
    yield "hexadecimal", plain.hex().encode()
    for name in ("utf-16-le", "utf-16-be"):
        yield name, secret.encode(name)
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield "percent", encoded.encode()
        yield "percent", re.sub("%..", lambda found: found[0].lower(), encoded).encode()
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + plain).rstrip(b"=")
        inner = whole[(0, 2, 3)[offset] : None if (offset + len(plain)) % 3 == 0 else -1]
        yield f"base64 at {offset}", inner
        yield f"base64 at {offset}", inner.replace(b"+", b"-").replace(b"/", b"_")


class CanaryService(Provider):
    """OpenID Connect, device codes, a session with a cookie, and a key. `refusing` says how it fails."""

    def __init__(self) -> None:
        super().__init__()
        self.canaries = Canaries()
        self.refusing = ""  # "echo": refuses and repeats what it was sent; "page": an error page; "declined"
        self.answer("POST /token", self._token)
        self.answer("GET /authorize", self._authorize)
        self.answer("POST /device", self._device)
        self.answer("POST /login", self._login)
        self.answer("GET /key", self._key)
        self.answer("*", lambda _seen: Reply({"fine": True}))

    def define(self, folder: Path, old: OldService) -> None:
        """Writes all definitions into a home's own folder."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for text in (OIDC, DEVICE, SESSION, KEY):
            self._write(folder, text.format(url=self.url))
        self._write(folder, OLD.format(url=old.standin.url))

    def collect(self) -> None:
        """Takes what every request carried."""
        for seen in self.requests:
            for name in ("Authorization", "Cookie", "X-Api-Key"):
                if value := seen.header(name):
                    self.canaries.take(name, value.partition(" ")[2] or value)

    def _write(self, folder: Path, text: str) -> None:
        key = text.split('"')[1]
        (folder / f"{key}.toml").write_text(text)

    def _authorize(self, seen: Seen) -> Reply:
        asked = seen.query
        self.nonce = asked.get("nonce", "")
        state = quote(self.canaries.take("state", asked["state"]), safe="")
        back = f"{asked['redirect_uri']}?state={state}"
        if self.refusing == "declined":
            return self._to(f"{back}&error=access_denied&error_description={state}")
        return self._to(f"{back}&code={quote(self.canaries.mint('code'), safe='')}")

    def _to(self, address: str) -> Reply:
        return Reply("", 302, {"Location": address})

    def _token(self, seen: Seen) -> Reply:
        sent = {name: self.canaries.take(name, seen.form[name]) for name in SENT if name in seen.form}
        if self.refusing == "echo":
            told = f"bad {' '.join(sent.values())} in {seen.header('Authorization')}"
            return Reply({"error": "invalid_grant", "error_description": told}, 400)
        if self.refusing == "page":
            return Reply(f"<html><h1>Oops</h1>{seen.body.decode()}</html>", 500)
        answer = {
            "access_token": self.canaries.mint("access_token"),
            "refresh_token": self.canaries.mint("refresh_token"),
            "token_type": "Bearer",
            "expires_in": 3600,
        }
        if seen.form["grant_type"] == "authorization_code":
            answer["id_token"] = self.canaries.take("id_token", self.id_token())
        return Reply(answer)

    def _device(self, _: Seen) -> Reply:
        return Reply(
            {
                "device_code": self.canaries.mint("device_code"),
                "user_code": "BDWP-HQPK",
                "verification_uri": "https://example.com/device",
                "expires_in": 600,
                "interval": 1,
            }
        )

    def _login(self, seen: Seen) -> Reply:
        if self.refusing:
            return Reply({"message": f"not with {seen.json['password']}"}, 401)
        cookie = f"sid={self.canaries.mint('cookie')}; Path=/"
        return Reply({"inner": {"sid": self.canaries.mint("session")}}, headers={"Set-Cookie": cookie})

    def _key(self, seen: Seen) -> Reply:
        if self.refusing:
            return Reply({"message": f"no such key: {seen.header('X-Api-Key')} {seen.target}"}, 401)
        return Reply({"fine": True})


SENT = ("client_secret", "code", "code_verifier", "refresh_token", "device_code")


class OldService:
    """OAuth 1, with its secrets read off what it gave and was sent."""

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self._service = OAuth1Service(standin)

    def collect(self, canaries: Canaries) -> None:
        """Takes the app's secret, every signature, token, token secret and verifier."""
        canaries.take("consumer_secret", KEYS["consumer_secret"])
        for token, kept in self._service.validator.access_tokens.items():
            canaries.take("oauth_token", token)
            canaries.take("oauth_token_secret", kept.secret)
        for seen in self.standin.requests:
            for name in ("oauth_signature", "oauth_verifier"):
                for value in re.findall(f'{name}="([^"]+)"', seen.header("Authorization")):
                    canaries.take(name, value)


def files_below(*folders: Path) -> Iterable[tuple[Path, bytes]]:
    """Name and content of every file."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, str(path).encode() + b"\n" + path.read_bytes()
