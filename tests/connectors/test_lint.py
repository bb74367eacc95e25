"""`connectors check` warns as a colleague would."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.reading.loading import CATALOG_FOLDER, check_paths, load_file

OAUTH = """
name = "O"
type = "oauth2"
request_access_token = "https://o.example/token"
{more}
[auth_url]
url = "{url}"
params = {{ {params} }}
"""
KEY = """
name = "K"
type = "apiKey"
account_name_from_profile_info = "{name}"
[auth.api_key]
type = "password"
[apply]
headers = {{ X-Key = "{{{{api_key}}}}", X-Team = "{team}" }}
{more}
"""


def oauth(url: str, params: str = "", more: str = "") -> str:
    return OAUTH.format(url=url, params=params, more=more)


def key(name: str = "name", team: str = "t", more: str = "") -> str:
    return KEY.format(name=name, team=team, more=more)


GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth"
MICROSOFT = "https://login.microsoftonline.com/{{tenant}}/oauth2/v2.0/authorize"
TENANT = '[auth.tenant]\ndefault = "common"\n'
LOCALHOST = '[redirect]\nhost = "localhost"\n'
SPOTIFY = "https://accounts.spotify.com/authorize"
SLACK = "https://slack.com/oauth/v2/authorize"
XERO = "https://login.xero.com/identity/connect/authorize"


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        (
            oauth(GOOGLE),
            "auth_url.params",
            "no refresh token will be issued: Google wants access_type=offline.",
        ),
        (
            oauth(MICROSOFT, more='scope = ["User.Read"]\n' + LOCALHOST + TENANT),
            "scope",
            "no refresh token will be issued: Microsoft wants the scope offline_access.",
        ),
        (oauth(XERO, more='scope = "openid"\n'), "scope", "Xero wants the scope offline_access"),
        (oauth("https://x.eu.auth0.com/authorize"), "scope", "Auth0 wants the scope offline_access"),
        (
            oauth(MICROSOFT, more='scope = ["offline_access"]\n' + TENANT),
            "redirect.host",
            "Microsoft only takes “localhost” as the redirect host.",
        ),
        (
            oauth(SPOTIFY, more=LOCALHOST),
            "redirect.host",
            "“localhost” is refused by Spotify; use 127.0.0.1.",
        ),
        (oauth(SLACK), "redirect.scheme", "Slack only takes redirect addresses with https."),
        (key(more='[auth.token]\ntype = "text"\n'), "auth.token.type", "is a secret in a text field"),
        (key(more="[settings.app_secret]\n"), "settings.app_secret.type", "is a secret in a text field"),
        (key("api_key"), "account_name_from_profile_info", "named by a secret; “{{api_key | mask}}”"),
        (key("K {{api_key}}"), "account_name_from_profile_info", "named by a secret"),
        (key(more="[auth.team]\n"), "auth.team", "is asked for and never used."),
        (key(more="[settings.region]\n"), "settings.region", "is asked for and never used."),
        (key(team="{{client_id}}"), "auth", "“{{client_id}}” is used and nobody is asked for it."),
        (key(team="{{access_token}}"), "auth", "“{{access_token}}” is used and nobody is asked for it."),
        (
            key(team="{{server}}", more='[auth.server]\ndefault = "http://api.example"\n'),
            "auth.server.default",
            "is an http address",
        ),
    ],
)
def test_it_warns(tmp_path: Path, text: str, at: str, reason: str) -> None:
    file = tmp_path / "advice.toml"
    file.write_text(text, encoding="utf-8")
    problems = check_paths([file])
    (fitting,) = [p for p in problems if p.key == at and reason in p.reason]
    assert fitting.severity == "warning"
    assert str(fitting).startswith(f"{file}: {at}: warning: ")
    assert {p.severity for p in problems} == {"warning"}
    # Advice is for whoever writes a definition; whoever uses it is not bothered.
    assert fitting not in load_file(file, name=str(file))[1]


@pytest.mark.parametrize(
    "text",
    [
        oauth(GOOGLE, 'access_type = "offline"'),
        oauth(GOOGLE + "?access_type=offline"),
        oauth(MICROSOFT, more='scope = ["offline_access"]\n' + LOCALHOST + TENANT),
        oauth(SPOTIFY),
        oauth(SLACK, more='[redirect]\nscheme = "https"\nhost = "localhost"\n'),
        key("{{api_key | mask}}"),
        key(team="{{team}}", more="[settings.team]\n"),
        key(more='[auth.note]\ntype = "notice"\n'),
        key(
            team="{{team}}",
            more='[auth.own]\ntype = "checkbox"\n[auth.team]\nshow_when = { own = true }\n',
        ),
        key(team="{{server}}", more='[auth.server]\ndefault = "http://127.0.0.1:8080"\n'),
    ],
)
def test_it_is_silent_where_nothing_is_wrong(tmp_path: Path, text: str) -> None:
    file = tmp_path / "good.toml"
    file.write_text(text, encoding="utf-8")
    assert [str(p) for p in check_paths([file])] == []


def test_what_a_function_reads_cannot_be_known(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(key(more="[auth.team]\n[settings.region]\n"), encoding="utf-8")
    file.with_suffix(".py").write_text("def validate(context):\n    return context.team\n", encoding="utf-8")
    assert [str(p) for p in check_paths([file])] == []


def test_the_catalog_needs_no_advice() -> None:
    assert [str(p) for p in check_paths([CATALOG_FOLDER])] == []
