"""An error loses its secrets on its way out of the engine, with all that led to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import InvalidInputError, ServiceError
from desktop.engine.engine import Engine
from desktop.engine.privacy.redaction import redactor
from tests.engine.support import DEADLINE

SECRET = "cAn4ry+an/error~that-travels"


@pytest.fixture
def known() -> Iterator[None]:
    redactor.register(SECRET)
    yield
    redactor.forget_all()


def raised(home: Path, error: BaseException, cause: BaseException | None = None) -> BaseException:
    """What comes out of the engine when this goes wrong inside."""

    async def fail() -> None:
        raise error from cause

    with Engine(home, scheduled=False) as engine, pytest.raises(type(error)) as caught:
        engine.run(fail(), DEADLINE)
    return caught.value


def test_the_sentence_the_hint_and_the_fields(home: Path, known: None) -> None:
    wrong = InvalidInputError(f"Not {SECRET}.", f"Try {SECRET} again.", fields={"key": f"{SECRET} is wrong."})
    out = raised(home, wrong)
    assert isinstance(out, InvalidInputError)
    assert (out.sentence, out.hint, out.fields) == ("Not ••••.", "Try •••• again.", {"key": "•••• is wrong."})
    assert SECRET not in f"{out!r}{out}"


def test_what_led_to_it(home: Path, known: None) -> None:
    out = raised(home, ServiceError("It failed."), ValueError(f"bad {SECRET}", 7))
    assert out.__cause__ is not None and out.__cause__.args == ("bad ••••", 7)


def test_errors_that_lead_to_each_other_come_to_an_end(home: Path, known: None) -> None:
    one, other = ServiceError(SECRET), ValueError(SECRET)
    one.__context__, other.__context__ = other, one
    assert SECRET not in repr(raised(home, one)) + repr(other)


def test_other_words_stay(home: Path) -> None:
    out = raised(home, ServiceError("The service is down.", "Try later.", status=503))
    assert isinstance(out, ServiceError)
    assert (out.sentence, out.hint, out.status) == ("The service is down.", "Try later.", 503)
