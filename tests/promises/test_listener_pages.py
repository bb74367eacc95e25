"""SECURITY, part C: what the listener's pages say, and what they never say."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from desktop.engine.callback.page import Page
from tests.engine.callback_client import STATE, Answer, Pending, pending, with_pending

# 41, 43

INJECTIONS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><script>1</script>",
    "javascript:alert(1)",
    "{{7*7}}",
    "\u202egnp.exe",
    "' onload='x",
]


class Suspicions(HTMLParser):
    """Collects everything in a page that could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "img", "object", "embed", "link", "base", "form", "a", "use", "image"}:
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name.startswith("on") or name in {"href", "src", "style"}]


def assert_safe(answer: Answer) -> None:
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} <= set(policy.split("; "))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    if answer.body:
        suspicions = Suspicions()
        suspicions.feed(answer.body)
        assert suspicions.found == []


@pytest.mark.parametrize(
    "name", ["error", "error_description", "error_uri", "code", "state", "iss", "path", "header"]
)
@pytest.mark.parametrize("value", INJECTIONS)
def test_41_nothing_that_comes_in_goes_out_again(name: str, value: str) -> None:
    async def work(attempt: Pending) -> None:
        hostile = quote(value, safe="")
        targets = {
            "path": f"/{hostile}",
            "state": f"/callback?code=c&state={hostile}",
            "header": "/callback?code=c&state=wrong",
        }
        target = targets.get(name, f"/callback?{name}={hostile}&state={STATE}")
        extra = [f"X-Name: {hostile}", f"Referer: http://x/{hostile}"] if name == "header" else []
        first = await attempt.get(target, *extra)
        answers = [first, await attempt.get("/done", *extra)]
        if first.status == 303:
            assert first.headers["location"] == "/done"
        for answer in answers:
            assert_safe(answer)
            shown = answer.body + repr(answer.headers)
            assert value not in shown
            assert hostile not in shown
            assert answer.body in {"", *(page.body.decode() for page in Page)}

    with_pending(work)


@pytest.mark.parametrize("page", list(Page))
def test_41_every_page_is_whole_and_static(page: Page) -> None:
    text = page.body.decode()
    suspicions = Suspicions()
    suspicions.feed(text)
    assert suspicions.found == []
    assert "{title}" not in text
    assert "Jackfield" in text
    assert "http" not in text.split("</style>")[1]


def test_43_the_code_does_not_stay_in_the_address_bar() -> None:
    async def run() -> None:
        async with pending() as attempt:
            moved = await attempt.get(f"/callback?code=c&state={STATE}")
            assert (moved.status, moved.headers["location"], moved.body) == (303, "/done", "")
            assert_safe(moved)
            page = await attempt.get("/done")
            assert page.status == 200
            assert_safe(page)

    asyncio.run(run())
