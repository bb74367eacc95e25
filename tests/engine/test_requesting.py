"""Putting an account to use: tokens that last, tests, requests that renew once."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import (
    ConnectorError,
    InvalidInputError,
    InvalidTokenError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
)
from desktop.engine.results import Answer
from tests.engine.support import Bench

AMELIA_KEY = "practice-key-amelia-4f1c"
ME = "/oauth/userinfo"


def request(at_work: Bench, account_id: str, method: str, url: str, **more: Any) -> Answer:
    answer: Answer = at_work.run(at_work.engine.request(account_id, method, url, **more))
    return answer


def test_a_token_that_lasts_is_handed_out_as_it_is(at_work: Bench) -> None:
    row = at_work.connect()
    value = at_work.run(at_work.engine.token(row.id))
    assert value == at_work.run(at_work.engine.account(row.id)).credential.access_token
    assert at_work.token_requests("refresh_token") == 0
    assert at_work.run(at_work.engine.account(row.id)).row.last_used_at is not None


def test_a_token_that_ends_too_soon_is_renewed_first(at_work: Bench) -> None:
    at_work.provider.knobs.token_lifetime = 600
    row = at_work.connect()
    old = at_work.run(at_work.engine.token(row.id, min_valid=500))
    at_work.run(at_work.engine.edit(row.id, {"created_at": "2020-01-01"}))
    new = at_work.run(at_work.engine.token(row.id, min_valid=601))
    assert new != old and at_work.token_requests("refresh_token") == 1


def test_tokens_that_never_live_that_long_are_not_renewed_in_a_circle(at_work: Bench) -> None:
    at_work.provider.knobs.token_lifetime = 30
    row = at_work.connect()
    values = {at_work.run(at_work.engine.token(row.id, min_valid=60)) for _ in range(5)}
    assert len(values) == 1 and at_work.token_requests("refresh_token") == 0


def test_other_fields_can_be_asked_for(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    assert at_work.run(at_work.engine.token(row.id, "api_key")) == AMELIA_KEY
    with pytest.raises(InvalidInputError) as caught:
        at_work.run(at_work.engine.token(row.id))
    assert "api_key" in caught.value.hint and AMELIA_KEY not in caught.value.hint


def test_a_request_is_sent_with_the_credential_below_the_base_address(at_work: Bench) -> None:
    row = at_work.connect()
    answer = request(at_work, row.id, "get", ME)
    assert answer.status == 200 and '"u-1001"' in answer.text and not answer.renewed
    assert answer.elapsed > 0 and dict(answer.headers)["content-type"].startswith("application/json")
    entry = at_work.run(at_work.engine.activity(row.id))[0]
    assert (entry.action, entry.outcome) == ("used", "ok")
    assert entry.detail["steps"][0]["status"] == 200


def test_a_key_goes_where_the_definition_says(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    answer = request(at_work, row.id, "GET", "/key/me")
    assert answer.status == 200 and AMELIA_KEY not in repr(answer)


def test_a_refused_token_is_renewed_and_the_request_sent_again_once(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.end_all_tokens()
    answer = request(at_work, row.id, "GET", ME)
    assert answer.status == 200 and answer.renewed
    assert at_work.token_requests("refresh_token") == 1


def test_it_is_not_sent_a_third_time(at_work: Bench) -> None:
    row = at_work.connect()
    before = at_work.provider.count(ME)
    at_work.provider.knobs.fail_next(5, 401, path=ME)
    answer = request(at_work, row.id, "GET", ME)
    assert answer.status == 401 and answer.renewed
    assert at_work.token_requests("refresh_token") == 1
    assert at_work.provider.count(ME) - before == 2


@pytest.mark.parametrize("status", [403, 404, 500])
def test_other_answers_are_handed_back_without_a_refresh(at_work: Bench, status: int) -> None:
    row = at_work.connect()
    at_work.provider.knobs.fail_next(1, status, path=ME)
    assert request(at_work, row.id, "GET", ME).status == status
    assert at_work.token_requests("refresh_token") == 0


def test_a_refusal_that_cannot_be_renewed_is_handed_back(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    at_work.provider.knobs.fail_next(1, 401, path="/key/me")
    answer = request(at_work, row.id, "GET", "/key/me")
    assert answer.status == 401 and not answer.renewed


@pytest.mark.parametrize(
    "url",
    ["http://service.example/x", "ftp://service.example", "file:///etc/passwd", "https://169.254.169.254/"],
)
def test_a_credential_never_leaves_unencrypted(at_work: Bench, url: str) -> None:
    row = at_work.connect()
    seen = len(at_work.provider.log)
    with pytest.raises((UnsafeUrlError, InvalidInputError)):
        request(at_work, row.id, "GET", url)
    assert len(at_work.provider.log) == seen


@pytest.mark.parametrize(
    ("method", "headers"), [("GET", {"X-A": "1\r\nX-B: 2"}), ("GE T", {}), ("GET", {"X A": "1"})]
)
def test_a_request_that_cannot_be_sent_is_told_in_words(
    at_work: Bench, method: str, headers: dict[str, str]
) -> None:
    row = at_work.connect()
    with pytest.raises(ConnectorError) as caught:
        request(at_work, row.id, method, ME, headers=headers)
    assert "Traceback" not in caught.value.sentence


def test_a_body_and_headers_arrive(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    answer = request(
        at_work,
        row.id,
        "POST",
        "/password/login",
        headers={"Content-Type": "application/json"},
        body='{"username": "ben", "password": "practice-2026"}',
    )
    assert answer.status == 200


def test_testing_says_that_it_works(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.test(row.id))
    assert at_work.run(at_work.engine.activity(row.id))[0].action == "tested"


def test_testing_renews_a_token_that_was_ended_early(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.end_all_tokens()
    at_work.run(at_work.engine.test(row.id))
    assert at_work.token_requests("refresh_token") == 1


def test_testing_marks_what_the_service_refuses_for_good(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.end_all_tokens(grants=True)
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.test(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "needs_sign_in"


def test_a_key_that_is_refused_is_invalid_until_it_works_again(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    at_work.provider.knobs.fail_next(1, 401, path="/key/me")
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.test(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "invalid"
    at_work.run(at_work.engine.test(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "connected"


@pytest.mark.parametrize(("answer", "kind"), [(503, TemporaryError), ("html_200", ServiceError)])
def test_testing_marks_nothing_when_the_service_is_unwell(
    at_work: Bench, answer: Any, kind: type[ConnectorError]
) -> None:
    row = at_work.connect()
    at_work.provider.knobs.fail_next(1, answer, path=ME)
    with pytest.raises(kind):
        at_work.run(at_work.engine.test(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "connected"


def refuse_the_renewal(at_work: Bench) -> str:
    """An account whose refresh token was refused while its access token is still good."""
    account_id = at_work.connect().id
    at_work.run(at_work.engine.edit(account_id, {"refresh_token": "spoilt"}))
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.refresh(account_id))
    assert at_work.run(at_work.engine.account(account_id)).shown == "needs_sign_in"
    return account_id


def test_a_token_whose_renewal_alone_was_refused_is_handed_out_as_long_as_it_lasts(at_work: Bench) -> None:
    account_id = refuse_the_renewal(at_work)
    token = at_work.run(at_work.engine.token(account_id))
    assert token == at_work.run(at_work.engine.account(account_id)).credential.access_token
    assert request(at_work, account_id, "GET", ME).status == 200
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.token(account_id, min_valid=10_000_000))


@pytest.mark.parametrize("by", ["test", "request"])
def test_a_token_that_the_service_refused_itself_is_not_handed_out(at_work: Bench, by: str) -> None:
    account_id = at_work.connect().id
    at_work.provider.end_all_tokens(grants=True)
    with pytest.raises(InvalidTokenError) as caught:
        if by == "test":
            at_work.run(at_work.engine.test(account_id))
        else:
            request(at_work, account_id, "GET", ME)
    with pytest.raises(InvalidTokenError) as refused:
        at_work.run(at_work.engine.token(account_id))
    assert refused.value.sentence == caught.value.sentence
    # Another token is another matter.
    at_work.run(at_work.engine.edit(account_id, {"access_token": "typed-by-hand"}))
    assert at_work.run(at_work.engine.token(account_id)) == "typed-by-hand"


def test_a_key_that_was_refused_is_handed_out_again_once_it_works(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    at_work.provider.knobs.fail_next(1, 401, path="/key/me")
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.test(row.id))
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.token(row.id, "api_key"))
    at_work.run(at_work.engine.test(row.id))
    assert at_work.run(at_work.engine.token(row.id, "api_key")) == AMELIA_KEY
