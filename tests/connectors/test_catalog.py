"""One suite over the whole catalog. A new service needs no test of its own: it is connected here as well.

Every https host is taken to one stand-in, whose answers are made from what the definition says it reads.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors.definition import ChainStep, Choice, Connector, Field, Hook, Method, Request
from connectors.errors import (
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
    WrongCredentialsError,
)
from connectors.fields import check_value
from connectors.inputs import secret_values, settings_for
from connectors.methods import Inputs, can_refresh, connect, refresh, revoke, validate
from connectors.reading.check import check_connector
from connectors.reading.loading import CATALOG_FOLDER, check_paths
from connectors.reading.table import Problems
from connectors.templates.paths import look_up
from connectors.templates.template import parse
from connectors.wire.applying import resolve_url
from tests.connectors.support import EveryHost, PromptBrowser, Stages, parameters_of, run, shipped
from tests.engine.client_certificates import any_pair
from tests.standin import Reply, Seen, StandIn

CATALOG = shipped()
METHODS = [pytest.param(c, m, id=f"{c.key}-{m.key}") for c in CATALOG for m in c.methods.values()]
CONNECTORS = [pytest.param(c, id=c.key) for c in CATALOG]
EXPECTED = """
    practice-oauth2 practice-key practice-password
    github gitlab bitbucket google gmail google-calendar google-drive google-sheets youtube microsoft
    outlook one-drive microsoft-teams slack notion jira confluence linear asana trello monday clickup
    todoist airtable smartsheet basecamp wrike dropbox box salesforce hubspot pipedrive zoho-crm zendesk
    intercom front help-scout freshdesk freshservice mailchimp klaviyo sendgrid mailgun brevo
    activecampaign mailerlite postmark resend twilio discord zoom webex telegram linkedin twitter
    facebook instagram pinterest reddit tiktok spotify twitch strava fitbit stripe paypal square shopify
    woocommerce bigcommerce quickbooks xero freshbooks docusign typeform surveymonkey jotform calendly
    eventbrite harvest toggl figma canva miro webflow wordpress contentful digitalocean heroku netlify
    vercel cloudflare sentry datadog pagerduty grafana openai anthropic google-gemini mistral
    huggingface elevenlabs servicenow jenkins metabase bamboohr wekan tumblr discogs smugmug
    openstreetmap mastodon okta auth0 keycloak generic-http-basic generic-bearer generic-header-key
    generic-oauth2 generic-oauth1 generic-oidc generic-client-certificate
"""
SAMPLES = {"hostname": "acme.example", "url": "https://service.example/path", "email": "a@service.example"}
SAMPLES |= {"uuid": "123e4567-e89b-12d3-a456-426614174000"} | any_pair().texts
HEX = "0123456789abcdef0123456789abcdef"
# What a token's life of an hour looks like in each of the ways in which services say it.
AN_HOUR: dict[str, Callable[[], Any]] = {
    "seconds": lambda: 3600,
    "minutes": lambda: 60,
    "ms": lambda: 3_600_000,
    "epoch": lambda: int(time.time()) + 3600,
    "iso": lambda: (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    "none": lambda: 0,
}


def sample(field: Field) -> str:
    """A value that the field accepts: its default, an option, or its placeholder with “…” filled in."""
    candidates = [field.default, *(o.value for o in field.options), SAMPLES.get(field.format or "", "")]
    candidates += [field.placeholder.replace("…", HEX), f"{field.key}-{HEX}", "example", "1"]
    if field.secret and not field.pattern and not field.format:
        candidates = [f"{field.key}-{HEX}"]
    for candidate in candidates:
        if candidate and not check_value(field, candidate)[1]:
            return candidate
    pytest.fail(f"{field.key}: give the field a placeholder that passes its own check")


def inputs_for(connector: Connector, method: Method) -> Inputs:
    settings = {f.key: sample(f) for f in connector.settings}
    settings |= {key: "https://practice.example" for key in settings if key == "practice_url"}
    values = {f.key: sample(f) for f in method.fields if f.key not in {"name", "scope"}}
    return Inputs(connector, method, values, settings)


def put(data: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for step in parents:
        data = data.setdefault(step, {})
    data[last] = value


def profile_of(method: Method) -> dict[str, Any]:
    """A profile that has everything at the paths that the definition reads."""
    data: dict[str, Any] = {}
    rules = {
        "Amelia Ortega": method.account_name_from_profile_info,
        "amelia@service.example": method.email_from_profile_info,
        "id-42": method.identity_from_profile_info,
    }
    for value, rule in rules.items():
        assert not isinstance(rule, Hook)
        for path in (rule,) if isinstance(rule, str) else rule or ():
            if "{{" not in path:
                put(data, path, value)
            for inner in re.findall(r"profile_info\.([\w.]+)", path):
                put(data, inner, value)
    for step in steps_of(method):
        if step.success.path:
            wanted = step.success.equals
            if wanted is not None or look_up(data, step.success.path) is None:
                put(data, step.success.path, "something" if wanted is None else wanted)
    return data


class Person(PromptBrowser):
    """Signs in at once; OAuth 1 has no `state`, and its callback names the request token."""

    async def authorize(self, url: str, state: str) -> Mapping[str, str]:
        if "oauth_token" not in parameters_of(url):
            return await super().authorize(url, state)
        self.opened.append(url)
        return {"oauth_token": self.asked["oauth_token"], "oauth_verifier": "verifier-1"}


async def the_last(title: str, options: tuple[Choice, ...]) -> str:
    """A person who is asked to choose and takes the last."""
    assert title
    assert len(options) == 2
    return options[-1].value


def steps_of(method: Method) -> list[Request]:
    """The requests of a method that are made with its credential."""
    steps = (method.validate, method.request_profile_info, method.revoke_access_token)
    return [step for step in steps if isinstance(step, Request)]


DISCOVERY = "/.well-known/openid-configuration"


class Service:
    """Answers like a service of this definition. `refusing` turns every answer but a token's into a no."""

    def __init__(self, inputs: Inputs) -> None:
        self.connector = inputs.connector
        self.method = inputs.method
        self.refusing: Reply | None = None
        self.tokens = 0

    def __call__(self, seen: Seen) -> Reply:
        form = seen.form if b"=" in seen.body else {}
        json = seen.json if seen.body.startswith(b"{") else {}
        if seen.path.endswith(DISCOVERY):
            return Reply(self.says_of_itself(seen))
        for step in self.method.after_connect:
            if self.refusing is None and urlsplit(step.request.url).path == seen.path:
                return Reply(self.after(step))
        if self.method.type == "oauth" and self.refusing is None and (leg := self.signed_leg(seen)):
            return leg
        asks_for_token = "grant_type" in {**form, **json, **seen.query} or "password" in json
        if self.refusing is not None and (not asks_for_token or self.method.type != "oauth2"):
            return self.refusing
        return Reply(
            {**self.token(), **profile_of(self.method)} if asks_for_token else profile_of(self.method)
        )

    def says_of_itself(self, seen: Seen) -> dict[str, Any]:
        """The document of OpenID Connect Discovery, for the issuer that was asked."""
        issuer = f"https://{seen.header('Host')}{seen.path.removesuffix(DISCOVERY)}"
        ways = ("authorization", "token", "userinfo", "revocation")
        return {"issuer": issuer} | {f"{way}_endpoint": f"{issuer}/{way}" for way in ways}

    def token(self) -> dict[str, Any]:
        self.tokens += 1
        answer, data = self.method.token_answer, dict[str, Any]()
        put(data, answer.token_type, "Bearer")
        put(data, answer.expires_in, AN_HOUR[answer.expires]())
        put(data, answer.access_token, f"access-token-{self.tokens}-{HEX}")
        put(data, answer.refresh_token, f"refresh-token-{self.tokens}-{HEX}")
        for name, path in answer.keep.items():
            if path != "*" and look_up(data, path) is None:
                put(data, path, self.kept(name))
        return data

    def signed_leg(self, seen: Seen) -> Reply | None:
        """The answer to one of OAuth 1's token requests, in the form encoding; None for any other request."""
        said = seen.header("authorization")
        if "oauth_callback=" not in said and "oauth_verifier=" not in said:
            return None
        token = "request-token" if "oauth_callback=" in said else "access-token"
        body = f"oauth_token={token}-{HEX}&oauth_token_secret=secret-{HEX}&oauth_callback_confirmed=true"
        return Reply(body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    def after(self, step: ChainStep) -> Any:
        """The answer to a step after connecting: what it keeps, or two things to choose from."""
        data = profile_of(self.method)
        for name, place in step.keep.items():
            put(data, place.name, self.kept(name))
        rule = step.choose
        if rule is None:
            return data
        offered: list[dict[str, Any]] = [{}, {}]
        for number, item in enumerate(offered, 1):
            for name, path in rule.keep.items():
                put(item, path, self.kept(name) or f"{name}-{number}")
            put(item, rule.label, f"Number {number}")
            if rule.value not in rule.keep.values():
                put(item, rule.value, f"value-{number}")
        if not rule.options:
            return offered
        put(data, rule.options, offered)
        return data

    def kept(self, name: str) -> Any:
        """A member of the answer that later addresses are made of: whole, or only its host."""
        texts = [self.connector.base_url, *(s.url for s in steps_of(self.method))]
        if any(re.match(r"\{\{\s*" + name + r"\b", text) for text in texts):
            return "https://kept.example/here"
        return "kept.example" if any(re.search(r"\{\{[^}]*\b" + name + r"\b", text) for text in texts) else {}


def test_the_catalog_is_complete_and_loads_without_a_problem() -> None:
    assert not CATALOG.problems
    assert {c.key for c in CATALOG} == set(EXPECTED.split())
    assert [str(p) for p in check_paths([CATALOG_FOLDER])] == []


@pytest.mark.parametrize("connector", CONNECTORS)
def test_what_people_read(connector: Connector) -> None:
    problems = Problems(connector.key)
    check_connector(connector, problems)
    assert problems.found == []
    assert connector.description.endswith(".")
    assert connector.category != "Other"
    assert re.fullmatch(r"#[0-9a-f]{6}", connector.color)
    for method in connector.methods.values():
        for field in (*method.fields, *connector.settings):
            assert field.name[0].isupper(), field.key
            assert field.tooltip.endswith((".", "?")), f"{field.key} needs help that is a sentence"
        for scope in method.scopes:
            assert scope.meaning, f"{scope.value} needs its meaning"
        if method.type == "oauth2":
            assert connector.register_steps, "people need to know how to register an app"
            assert method.pkce in {"S256", "S256-hex"}
    if connector.category not in {"Practice", "Generic"}:
        assert connector.register_url
        assert connector.homepage
        assert connector.base_url


@pytest.mark.parametrize(("connector", "method"), METHODS)
def test_connect_test_refresh_and_revoke(connector: Connector, method: Method) -> None:
    inputs = inputs_for(connector, method)
    service = Service(inputs)
    with StandIn() as standin:
        standin.answer("*", service)

        def carried_out(work: Any) -> Any:
            return run(work, Person(), EveryHost(standin), the_last)

        connected = carried_out(lambda ports: connect(inputs, ports, Stages()))
        assert connected.name
        assert connected.name != connector.name
        secrets = secret_values(inputs, connected.credential)
        assert not any(s in f"{connected.name} {connected.email} {connected.identity}" for s in secrets)
        assert standin.requests, "a connect that asks nobody proves nothing"
        assert_authenticated(standin.requests, secrets)
        carried_out(lambda ports: validate(inputs, connected.credential, ports))
        if connector.base_url:
            address = resolve_url(inputs, connected.credential, "things")
            assert re.fullmatch(
                r"https://(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::\d+)?(?:/[^/]+)*/things", address
            )
        if method.type == "oauth2":
            assert connected.credential.access_token.startswith("access-token-")
            assert can_refresh(method, connected.credential)
        if can_refresh(method, connected.credential):
            renewed = carried_out(lambda ports: refresh(inputs, connected.credential, ports))
            assert renewed.access_token != connected.credential.access_token
            assert renewed.fields == connected.credential.fields
            lasts = None if method.token_answer.expires == "none" else pytest.approx(3600, abs=60)
            assert renewed.expires_in == lasts
        before = len(standin.requests)
        revoked = carried_out(lambda ports: revoke(inputs, connected.credential, ports))
        revocable = method.revoke_access_token is not None or bool(method.issuer)
        assert revoked == revocable == (len(standin.requests) > before)


def assert_authenticated(requests: list[Seen], secrets: set[str]) -> None:
    """Every request carried a secret somewhere, or identified the app."""
    for seen in requests:
        if seen.path.endswith(DISCOVERY):
            continue  # whoever asks what a service says of itself shows nothing
        everything = f"{seen.path} {seen.query} {seen.headers} {seen.body!r} {_decoded_basic(seen)}"
        signed = any(name in everything for name in ("client_id", "oauth_signature=", "X-Presented"))
        assert any(s in everything for s in secrets) or signed, seen


def _decoded_basic(seen: Seen) -> str:
    import base64

    scheme, _, rest = seen.header("authorization").partition(" ")
    return base64.b64decode(rest).decode() if scheme == "Basic" else ""


@pytest.mark.parametrize(("connector", "method"), METHODS)
def test_a_refusal_is_permanent_and_an_outage_is_not(connector: Connector, method: Method) -> None:
    inputs = inputs_for(connector, method)
    service = Service(inputs)
    with StandIn() as standin:
        standin.answer("*", service)

        def carried_out(work: Any) -> Any:
            return run(work, Person(), EveryHost(standin), the_last)

        connected = carried_out(lambda ports: connect(inputs, ports, Stages()))
        service.refusing = Reply({"message": "Out of order"}, 503, {"Retry-After": "7"})
        with pytest.raises(TemporaryError, match="Out of order") as passing:
            carried_out(lambda ports: validate(inputs, connected.credential, ports))
        assert passing.value.retry_after == 7
        service.refusing = Reply({"message": "Bad credentials"}, 401)
        with pytest.raises(InvalidTokenError, match="Bad credentials"):
            carried_out(lambda ports: validate(inputs, connected.credential, ports))
        with pytest.raises((WrongCredentialsError, MisconfiguredClientError, ServiceError)):
            carried_out(lambda ports: connect(inputs, ports, Stages()))


@pytest.mark.parametrize("word", ["invalid_auth", "account_inactive", "token_revoked"])
def test_slack_says_no_inside_a_200(word: str) -> None:
    connector = CATALOG.get("slack")
    method = connector.methods["token"]
    inputs = inputs_for(connector, method)
    service = Service(inputs)
    with StandIn() as standin:
        standin.answer("*", service)
        connected = run(lambda ports: connect(inputs, ports, Stages()), None, EveryHost(standin))
        service.refusing = Reply({"ok": False, "error": word})
        with pytest.raises(InvalidTokenError, match=word):
            run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))
        service.refusing = Reply({"ok": False, "error": "fatal_error"})
        with pytest.raises(ServiceError, match="fatal_error"):
            run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))


def test_the_odd_ones_send_what_their_service_wants() -> None:
    def authorization(key: str, method: str = "oauth2") -> Mapping[str, str]:
        connector, browser = CATALOG.get(key), PromptBrowser()
        inputs = inputs_for(connector, connector.methods[method])
        with StandIn() as standin:
            standin.answer("*", Service(inputs))
            run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin))
            token = next(r for r in standin.requests if b"code-1" in r.body or "code" in r.query)
        return {
            **browser.asked,
            "token body": token.body.decode(),
            "token query": str(token.query),
            "token authorization": token.header("authorization"),
        }

    google = authorization("google")
    assert (google["access_type"], google["prompt"]) == ("offline", "consent")
    assert google["nonce"]
    slack = authorization("slack", "user")
    assert slack["user_scope"] == "users:read,channels:read"
    assert "scope" not in slack
    notion = authorization("notion")
    assert notion["token authorization"].startswith("Basic ")
    assert '"grant_type":"authorization_code"' in notion["token body"].replace(" ", "")
    assert "client_secret" not in notion["token body"]
    asana = authorization("asana")
    assert asana["token body"] == ""
    assert "client_secret" in asana["token query"]
    assert CATALOG.get("spotify").redirect.host == "127.0.0.1"
    assert CATALOG.get("microsoft").redirect.host == "localhost"


def test_no_template_in_the_catalog_reads_a_secret_into_a_name_unmasked() -> None:
    for connector in CATALOG:
        for method in connector.methods.values():
            secret = {f.key for f in method.fields if f.secret}
            rule = method.account_name_from_profile_info
            for text in (rule,) if isinstance(rule, str) else rule or ():
                assert not isinstance(text, Hook)
                if "{{" in text and parse(text).names & secret:
                    assert "| mask" in text, f"{connector.key}: {text}"


def test_a_way_to_connect_needs_only_the_settings_of_its_own_kind() -> None:
    def needed(key: str, method: str) -> list[str]:
        connector = CATALOG.get(key)
        return [f.key for f in settings_for(connector, connector.methods[method])]

    assert needed("tumblr", "oauth2") == ["client_id", "client_secret"]
    assert needed("tumblr", "oauth1") == ["consumer_key", "consumer_secret"]
    assert needed("discogs", "token") == []
    assert needed("mastodon", "oauth2") == []  # its form asks for them
