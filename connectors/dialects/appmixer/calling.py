"""A step that is a JavaScript function: called with our context, its requests sent by the app."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
import weakref
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

import httpx
import msgspec

from connectors.context import Context, FunctionRefusedError, Inside, inside
from connectors.dialects.appmixer.isolate import Isolate, give_back, take_isolate
from connectors.errors import (
    ConnectorError,
    DefinitionError,
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
)
from connectors.templates.paths import text_at
from connectors.templates.text import clean_message
from connectors.wire.answers import Answer, passing_failure
from connectors.wire.request import judge, send

LONGEST = 180.0  # seconds for a whole step, its requests included
MOST_REQUESTS = 50
_MISTAKE = "This is a mistake in the definition, not in what you typed."
# Ours to their names for what a step is; the JavaScript runtime knows only theirs.
TOKEN_STEPS = {"requestAccessToken", "refreshAccessToken"}


class JavaScriptStep:
    """A function of an imported module, callable like any function of a definition.

    `whole_address`: an `auth_url` of it is complete and gets nothing but the state added.
    `needs_refresh_token`: whether a renewal reads the refresh token at all.
    """

    whole_address = True

    def __init__(self, path: Path, step: str, *, needs_refresh_token: bool = True) -> None:
        self.path = path
        self.step = step
        self.needs_refresh_token = needs_refresh_token

    def __call__(self, context: Context) -> Awaitable[Any]:
        """Runs the step. Raises what `connectors.errors` has for each way to fail."""
        return _Call(self.path, self.step, inside(context)).run()


class _Session:
    """What a module keeps during one operation; the isolate forgets it when the operation is over."""

    def __init__(self, isolate: Isolate) -> None:
        self.isolate, self.name = isolate, uuid.uuid4().hex
        weakref.finalize(self, isolate.over.append, self.name)


class _Call:
    def __init__(self, path: Path, step: str, given: Inside) -> None:
        self.path, self.step, self.given = path, step, given
        self.answers: dict[int, Answer] = {}
        self.failures: dict[int, ConnectorError] = {}
        self.last: Answer | ConnectorError | None = None

    async def run(self) -> Any:
        isolate = await asyncio.to_thread(take_isolate, self.path)
        try:
            session = self._session(isolate)
            values = msgspec.json.encode(self.given.values, enc_hook=str).decode()
            await asyncio.to_thread(isolate.begin, session, self.step, values)
            async with asyncio.timeout(LONGEST):
                outcome = await finish(isolate, session, self._perform)
        except TimeoutError as error:
            raise TemporaryError(f"{self.given.service} did not answer in time.", "Try again.") from error
        finally:
            give_back(isolate)
        if failed := outcome.get("error"):
            self._raise(failed)
        return outcome.get("value")

    def _session(self, isolate: Isolate) -> str:
        """The session of this operation; another one after its isolate was stopped or replaced."""
        place = ("javascript", str(self.path))
        session = self.given.scratch.get(place)
        if session is None or session.isolate is not isolate:
            session = self.given.scratch[place] = _Session(isolate)
        return str(session.name)

    async def _perform(self, effect: dict[str, Any]) -> dict[str, Any]:
        if len(self.answers) + len(self.failures) >= MOST_REQUESTS:
            raise DefinitionError(f"The function “{self.step}” sends too many requests.", _MISTAKE)
        number = int(effect["call"])
        try:
            answer = await send(self.given.client, self._request(effect))
        except ConnectorError as error:
            self.failures[number] = self.last = error
            code = "ECONNABORTED" if "in time" in error.sentence else "ECONNREFUSED"
            return {"error": {"message": error.sentence, "code": code, "failure": number}}
        self.answers[number] = self.last = answer
        return {"value": _as_data(answer, number)}

    def _request(self, effect: dict[str, Any]) -> httpx.Request:
        lines = [
            (name, value)
            for name, value in effect["headers"]
            if name.lower() not in {"host", "content-length"}
        ]
        content = base64.b64decode(effect["body"]) if effect.get("body") is not None else None
        timeout = effect.get("timeout")
        options: dict[str, Any] = {"timeout": float(timeout) / 1000} if timeout else {}
        try:
            built = self.given.client.build_request(
                effect["method"], effect["url"], headers=lines, content=content, **options
            )
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
            raise ServiceError(
                f"The function “{self.step}” made a request that cannot be sent: {clean_message(error)}."
            ) from error
        if "cookie" not in {name.lower() for name, _ in lines}:
            built.headers.pop("cookie", None)  # nobody else's: a module keeps its own cookies
        return built

    def _raise(self, failed: dict[str, Any]) -> NoReturn:
        """The error that fits what the function threw."""
        message = clean_message(failed.get("message") or "")
        kind, service = failed["kind"], self.given.service
        if kind == "invalid":
            raise InvalidTokenError(f"{service}: {message or 'the token is not valid'}.", "Sign in again.")
        if kind == "missing":
            raise DefinitionError(f"The function “{self.step}” cannot run: {message}.")
        if kind == "failure" and (known := self.failures.get(int(failed["failure"]))):
            raise known
        if kind == "answer" and (answer := self.answers.get(int(failed["answer"]))):
            self._judge(answer)
        if isinstance(self.last, TemporaryError):
            raise self.last
        if isinstance(self.last, Answer) and (passing := passing_failure(self.last, service)):
            # A module's own words for a failure do not make a passing one permanent.
            raise passing
        if kind == "mistake":
            raise DefinitionError(
                f"The function “{self.step}” of the definition failed ({failed['name']}): {message}.",
                _MISTAKE,
            )
        raise FunctionRefusedError(f"{message or f'The function “{self.step}” refused without saying why'}.")

    def _judge(self, answer: Answer) -> None:
        """What an answer means that the function did not want; returns for one that is good."""
        word = text_at(answer.json_or_none(), "error")
        if not answer.ok and self.step in TOKEN_STEPS:
            from connectors.methods.authorization import CLIENT_ERRORS

            if word in CLIENT_ERRORS:
                # Without its status, which would count as the end of the account's own token.
                raise MisconfiguredClientError(
                    f"{self.given.service} does not accept this app: {clean_message(word)}.",
                    "Check the client id, the client secret and the redirect address in the settings.",
                )
            if word == "invalid_grant" and self.step == "refreshAccessToken":
                raise InvalidTokenError(
                    f"{self.given.service} no longer accepts this account's refresh token.",
                    "Sign in again.",
                    status=answer.status,
                )
        judge(answer, self.given.service)


def _as_data(answer: Answer, number: int) -> dict[str, Any]:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = ""
    return {
        "status": answer.status,
        "statusText": phrase,
        "headers": [[name.lower(), value] for name, value in answer.headers.multi_items()],
        "body": base64.b64encode(answer.content).decode("ascii"),
        "answer": number,
    }


Perform = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


async def finish(isolate: Isolate, session: str, perform: Perform) -> dict[str, Any]:
    """Does what a running step wants until it has ended; returns `{"value": …}` or `{"error": …}`."""
    running: set[asyncio.Task[tuple[int, dict[str, Any]]]] = set()

    async def one(effect: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if effect["kind"] == "pause":
            await asyncio.sleep(min(float(effect["ms"]) / 1000, LONGEST))
            return effect["call"], {"value": None}
        return effect["call"], await perform(effect)

    try:
        while True:
            state = await asyncio.to_thread(isolate.take, session)
            if state.get("outcome") is not None:
                return dict(json.loads(state["outcome"]))
            running |= {asyncio.create_task(one(effect)) for effect in state["effects"]}
            if not running:
                raise DefinitionError(
                    "A function of the definition waits for something that never comes.", _MISTAKE
                )
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                call, data = task.result()
                await asyncio.to_thread(isolate.answer, session, call, json.dumps(data))
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
