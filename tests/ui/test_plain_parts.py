"""Parts without a window: masks, JWTs, pages of rows."""

from __future__ import annotations

import base64
import json

import pytest

from desktop.ui.accounts.pages import PAGE_ROWS, PAGES_KEPT, Pages
from desktop.ui.details.jwt import claim_text, open_jwt
from desktop.ui.details.masking import masked
from tests.ui.seeding import account_row, token


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_mask_never_tells_the_length_of_a_secret() -> None:
    assert len({len(masked("x" * length)) for length in range(24, 500, 7)}) == 1
    assert len({masked("y" * length) for length in range(1, 16)}) == 1


def test_a_short_secret_is_covered_wholly_and_a_long_one_keeps_its_ends() -> None:
    assert "hunter" not in masked("hunter2")
    assert masked("xoxe.0a1b2c3d4e5f0a1b8f2c") == "xoxe••••••••••••8f2c"
    assert masked("") == ""


def test_a_jwt_opens_with_header_and_claims() -> None:
    text = f"{packed({'alg': 'RS256'})}.{packed({'sub': 'amelia', 'exp': 1_795_182_790})}.c2ln"
    found = open_jwt(text)
    assert found is not None
    assert (found.header, found.claims["sub"]) == ({"alg": "RS256"}, "amelia")
    shown, moment = claim_text("exp", found.claims["exp"])
    assert shown == "1795182790"
    assert moment is not None and moment.year == 2026


@pytest.mark.parametrize(
    "text",
    [
        "gho_plain",
        "a.b.c",
        f"{packed([1])}.{packed({})}.x",
        f"{packed({'typ': 'JWT'})}.{packed({})}.x",
        f"{packed({'alg': 'none'})}.{packed('text')}.x",
        f"{'[' * 30_000}.{'[' * 30_000}.x",
    ],
)
def test_what_is_no_jwt_stays_shut(text: str) -> None:
    assert open_jwt(text) is None


@pytest.mark.parametrize("value", [True, -1, 10**20, "soon", [1]])
def test_a_strange_expiry_claim_is_shown_as_it_is(value: object) -> None:
    assert claim_text("exp", value)[1] is None


def test_pages_hold_only_what_was_looked_at_last() -> None:
    asked: list[int] = []

    def fetch(offset: int, limit: int) -> list[object]:
        asked.append(offset)
        return [account_row(f"a{number}", token()) for number in range(offset, offset + limit)]

    pages = Pages(fetch)  # type: ignore[arg-type]
    for number in range(0, 50 * PAGE_ROWS, PAGE_ROWS):
        assert pages.row(number).id == f"a{number}"  # type: ignore[union-attr]
    assert pages.held == PAGES_KEPT * PAGE_ROWS
    assert len(asked) == 50
    assert pages.where("a4900") == 4900
    assert pages.where("a100") is None
