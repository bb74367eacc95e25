"""`connectors check`: every mistake with its file, its key and its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.reading.loading import check_paths

KEY = (
    'name = "K"\ntype = "apiKey"\n[auth.api_key]\ntype = "password"\n'
    '[apply]\nauth = { bearer = "{{api_key}}" }\n'
)
OAUTH = 'name = "O"\ntype = "oauth2"\nauth_url = "https://o.example/a"\nrequest_access_token = "https://o.example/t"\n'
PWD = 'name = "P"\ntype = "pwd"\nvalidate = "https://p.example/"\n'


@pytest.mark.parametrize("text", [KEY, OAUTH, PWD, OAUTH + 'response_type = "code"\n'])
def test_good_ones_have_no_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "good.toml").write_text(text, encoding="utf-8")
    assert check_paths([tmp_path]) == []


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("name = ", "line 1", "not TOML"),
        (KEY + "\n\nbroken\n", "line 9", "not TOML"),
        (KEY + "[apply]\n", "line 7", "not TOML"),
        ('type = "apiKey"\n', "name", "is needed"),
        ('name = "X"\n', "type", "is needed: apiKey, pwd, session, oauth2 or oauth"),
        ('name = "X"\ntype = "apikey"\n', "type", "Did you mean “apiKey”?"),
        ('name = "X"\ntype = "oauth"\n', "auth_url", "is needed"),
        ('name = "X"\ntype = "session"\n', "request_session", "is needed"),
        ('name = 7\ntype = "pwd"\n', "name", "must be text, not a whole number"),
        ('name = "X"\ntype = "apiKey"\n', "auth", "is needed"),
        ('name = "X"\ntype = "pwd"\n', "validate", "is needed"),
        ('name = "X"\ntype = "oauth2"\n', "auth_url", "is needed"),
        ('name = "X"\ntype = "oauth2"\n', "request_access_token", "is needed"),
        ("vaildate = 1\n" + KEY, "vaildate", "Did you mean “validate”?"),
        ('key = "Not Good"\n' + KEY, "key", "small letters"),
        ('color = "red"\n' + KEY, "color", "#1a73e8"),
        ('homepage = "http://x.example"\n' + KEY, "homepage", "https://"),
        ('scope = "a"\n' + KEY, "scope", "belongs to oauth2"),
        (KEY + "[auth.f]\ntpye = 'text'\n", "auth.f.tpye", "Did you mean “type”?"),
        (KEY + "[auth.f]\ntype = 'txt'\n", "auth.f.type", "Did you mean “text”?"),
        (KEY + "[auth.f]\nrequired = 'yes'\n", "auth.f.required", "true or false, not text"),
        (KEY + "[auth.f]\nformat = 'host'\n", "auth.f.format", "hostname"),
        (KEY + "[auth.f]\npattern = '['\n", "auth.f.pattern", "regular expression"),
        (KEY + "[auth.f]\npattern = 'a'\ndefault = 'b'\n", "auth.f.default", "own check"),
        (KEY + "[auth.f]\ntype = 'select'\n", "auth.f.options", "at least one"),
        (
            KEY + "[auth.f]\ntype = 'select'\noptions = [{name = 'x'}]\n",
            "auth.f.options",
            "“label” and “value”",
        ),
        (
            KEY + "[auth.f]\ntype = 'select'\noptions = ['a']\ndefault = 'b'\n",
            "auth.f.default",
            "one of the options",
        ),
        (KEY + "[auth.f]\nshow_when = { g = 'x' }\n", "auth.f.show_when", "no field “g”"),
        (KEY + "[auth.f]\nhelp_url = 'javascript:x'\n", "auth.f.help_url", "https://"),
        (KEY + "[auth.uuid]\nname = 'U'\n", "auth.uuid", "meaning of its own"),
        (KEY + "[auth.'a b']\nname = 'U'\n", "auth.a b", "letters, digits"),
        ("auth = 1\n" + KEY.replace("[auth.api_key]\ntype", "label"), "auth", "a table, not a whole number"),
        (KEY.replace("{{api_key}}", "{{api_kye}}"), "apply.auth.bearer", "Did you mean “api_key”?"),
        (KEY.replace("{{api_key}}", "{{api_key | bas64}}"), "apply.auth.bearer", "Did you mean “base64”?"),
        (KEY.replace("{{api_key}}", "{{api_key"), "apply.auth.bearer", "never closed"),
        (KEY.replace("bearer", "baerer"), "apply.auth.baerer", "Did you mean “bearer”?"),
        (KEY.replace("auth = {", "auth = { user = 'u', "), "apply.auth.bearer", "one of them"),
        ("validate = 7\n" + KEY, "validate", "an address, a table or a function"),
        ('validate = "http://k.example/"\n' + KEY, "validate.url", "not encrypted"),
        ('validate = "http://{{api_key}}/"\n' + KEY, "validate.url", "not encrypted"),
        ('validate = "ftp://k.example/"\n' + KEY, "validate.url", "“ftp:”"),
        ('validate = "k.example/me"\n' + KEY, "validate.url", "must begin with https://"),
        ('validate = "https:///x"\n' + KEY, "validate.url", "names no host"),
        ('base_url = "http://k.example"\n' + KEY, "base_url", "not encrypted"),
        ('base_url = "https://{{nowhere}}"\n' + KEY, "base_url", "names nothing"),
        (KEY + "[validate]\nmethod = 'GET'\n", "validate.url", "is needed"),
        (
            KEY + "[validate]\nurl = 'https://k.example'\nmethod = 'GTE'\n",
            "validate.method",
            "Did you mean “GET”?",
        ),
        (
            KEY + "[validate]\nurl = 'https://k.example'\nuri = 'https://k.example'\n",
            "validate.uri",
            "same as “url”",
        ),
        (
            KEY + "[validate]\nurl = 'https://k.example'\nheader = {}\n",
            "validate.header",
            "Did you mean “headers”?",
        ),
        (
            KEY + "[validate]\nurl = 'https://k.example'\nheaders = { a = [] }\n",
            "validate.headers.a",
            "must be text",
        ),
        (
            KEY + "[validate]\nurl = 'https://k.example'\njson = {}\nencoding = 'xml'\n",
            "validate.encoding",
            "contradicts",
        ),
        (KEY + "[validate]\nurl = 'https://k.example'\nbody = 1\n", "validate.body", "a table or a text"),
        (
            KEY + "[validate]\nurl = 'https://k.example'\nsuccess = { status = 'ok' }\n",
            "validate.success.status",
            "whole number",
        ),
        (
            KEY + "[validate]\nurl = 'https://k.example'\nsuccess = { equals = true }\n",
            "validate.success.equals",
            "without a “path”",
        ),
        (
            'account_name_from_profile_info = "a b"\n' + KEY,
            "account_name_from_profile_info",
            "neither a path",
        ),
        ("account_name_from_profile_info = 1\n" + KEY, "account_name_from_profile_info", "a path, a list"),
        ('validate_err_callback = "x"\n' + KEY, "validate_err_callback", "only be a function"),
        ("invalid_token_status = 'x'\n" + KEY, "invalid_token_status", "whole number"),
        (OAUTH + 'response_type = "token"\n', "response_type", "implicit flow"),
        (OAUTH + 'response_type = "id_token"\n', "response_type", "is refused"),
        (OAUTH + 'grant = "implicit"\n', "grant", "is refused"),
        (OAUTH.replace("/a", "/a?response_type=token"), "auth_url.url", "only response_type=code"),
        (OAUTH.replace("/a", "/a?state=1"), "auth_url.url", "must not hold “state”"),
        (OAUTH.replace("https://o.example/a", "http://o.example/a"), "auth_url.url", "not encrypted"),
        (
            OAUTH.replace("https://o.example/t", "http://o.example/t"),
            "request_access_token.url",
            "not encrypted",
        ),
        (OAUTH + 'revoke_access_token = "http://o.example/r"\n', "revoke_access_token.url", "not encrypted"),
        (
            OAUTH + 'request_profile_info = "http://o.example/r"\n',
            "request_profile_info.url",
            "not encrypted",
        ),
        (OAUTH + 'pkce = "off"\n', "pkce", "not one of S256, plain, none"),
        (OAUTH + 'client_auth = "jwt"\n', "client_auth", "not one of body, basic, both, none"),
        (OAUTH + "scope = [1]\n", "scope", "a text, a list of texts or a table"),
        (OAUTH + "scope = { a = 1 }\n", "scope.a", "meaning"),
        (OAUTH + "refresh_before_exp = -1\n", "refresh_before_exp", "negative"),
        (OAUTH + 'refresh_before_exp_units = "days"\n', "refresh_before_exp_units", "minutes"),
        (OAUTH + "refresh_before_exp = 1.5\n", "refresh_before_exp", "a whole number"),
        (OAUTH + "[redirect]\nhost = '0.0.0.0'\n", "redirect.host", "127.0.0.1"),
        (OAUTH + "[redirect]\nports = [0]\n", "redirect.ports", "1 to 65535"),
        (OAUTH + "[redirect]\npath = 'callback'\n", "redirect.path", "begin with a slash"),
        (OAUTH + "[token_answer]\nexpires = 'min'\n", "token_answer.expires", "seconds"),
        (OAUTH + "[settings.f]\ntype = 'txt'\n", "settings.f.type", "Did you mean “text”?"),
        ('name = "M"\n[methods]\n', "methods", "at least one"),
        (
            'name = "M"\n[methods.A]\ntype = "pwd"\nvalidate = "https://m.example"\n',
            "methods.A",
            "small letters",
        ),
        (
            'name = "M"\n[methods.a]\ntype = "pwd"\nvalidate = "http://m.example"\n',
            "methods.a.validate.url",
            "not encrypted",
        ),
        (
            'name = "M"\n[methods.a]\ntype = "pwd"\nvalidate = "https://m.example"\nx = 1\n',
            "methods.a.x",
            "not a known key",
        ),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text, encoding="utf-8")
    problems = check_paths([file])
    fitting = [p for p in problems if p.key == key and reason in p.reason]
    assert fitting, [str(p) for p in problems]
    assert fitting[0].severity == "error"
    assert str(fitting[0]).startswith(f"{file}: {key}: ")


@pytest.mark.parametrize(
    "name",
    [
        "client_id",
        "redirect_uri",
        "state",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "nonce",
    ],
)
def test_reserved_parameters_cannot_be_set(tmp_path: Path, name: str) -> None:
    text = OAUTH.replace('auth_url = "https://o.example/a"\n', "")
    text += f"[auth_url]\nurl = 'https://o.example/a'\nparams = {{ {name} = 'x' }}\n"
    (tmp_path / "o.toml").write_text(text, encoding="utf-8")
    assert [p.key for p in check_paths([tmp_path])] == [f"auth_url.params.{name}"]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (OAUTH + 'pkce = "none"\n', "pkce", "not protected"),
        (OAUTH + 'pkce = "plain"\n', "pkce", "not protected"),
        (KEY.replace("[apply]", "[apply2]").split("[apply2]")[0], "apply", "where the credential goes"),
    ],
)
def test_warnings(tmp_path: Path, text: str, key: str, reason: str) -> None:
    (tmp_path / "w.toml").write_text(text, encoding="utf-8")
    (problem,) = check_paths([tmp_path])
    assert (problem.key, problem.severity) == (key, "warning")
    assert reason in problem.reason
    assert "warning:" in str(problem)


@pytest.mark.parametrize(
    ("python", "key", "reason"),
    [
        ("def validate(context): pass\n", "validate", "a function of the Python file too"),
        ("def vaildate(context): pass\n", "vaildate", "Did you mean “validate”?"),
        ("def helper(context): pass\n", "helper", "underscore"),
        ("def validate(:\n", "line 1", "cannot be read"),
    ],
)
def test_python_files_are_looked_at_without_running_them(
    tmp_path: Path, python: str, key: str, reason: str
) -> None:
    (tmp_path / "k.toml").write_text('validate = "https://k.example"\n' + KEY, encoding="utf-8")
    marker = tmp_path / "it-ran"
    (tmp_path / "k.py").write_text(f"open({str(marker)!r}, 'w').close()\n" * (":" not in key) + python)
    problems = check_paths([tmp_path / "k.toml"])
    if key.startswith("line"):
        key = "line 2"
    assert any(p.key == key and reason in p.reason for p in problems), [str(p) for p in problems]
    assert not marker.exists()


def test_one_bad_file_never_hides_another(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "c.toml").write_text(KEY.replace("bearer", "bear"), encoding="utf-8")
    (tmp_path / "d.toml").write_text(KEY, encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "e.toml").write_text("type = 1\n", encoding="utf-8")
    (tmp_path / "f.toml").write_text('key = "d"\n' + KEY, encoding="utf-8")
    problems = check_paths([tmp_path])
    assert {Path(p.file).name for p in problems} == {"a.toml", "b.toml", "c.toml", "e.toml", "f.toml"}
    assert any("is defined in" in p.reason for p in problems)
    assert "is not UTF-8 text." in {p.reason for p in problems}


def test_files_that_are_not_there(tmp_path: Path) -> None:
    missing, empty = check_paths([tmp_path / "none.toml"]), check_paths([tmp_path])
    assert "No such file" in missing[0].reason
    assert "no definition" in empty[0].reason
    (tmp_path / "large.toml").write_text("#" * 1_100_000)
    assert "larger than" in check_paths([tmp_path / "large.toml"])[0].reason
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5000)
    assert check_paths([tmp_path / "deep.toml"])[0].severity == "error"
