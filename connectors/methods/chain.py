"""Chained steps: requests one after the other, what each keeps for the next, and *choose one of these*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from connectors.credential import TOKEN_FIELDS, Credential
from connectors.definition import ChainStep, Choice, Choose, Hook, Place
from connectors.errors import InvalidInputError, ServiceError, WrongCredentialsError
from connectors.methods.operation import Operation
from connectors.ports import Progress, listed
from connectors.templates.paths import look_up, text_at
from connectors.templates.text import clean
from connectors.wire.answers import Answer
from connectors.wire.token_answer import read_function_result, read_token_answer

MOST_CHOICES = 1000


async def request_session(operation: Operation, before: Credential) -> Credential:
    """The session that the stored values are exchanged for. Raises what Operation.request raises.

    `before` is the credential without its token: form values and what was kept at an earlier time.
    """
    chain = operation.method.request_session
    operation.credential = before
    if isinstance(chain, Hook):
        result = await operation.call(chain)
        if result is False:
            raise WrongCredentialsError(f"{operation.service} did not accept what was entered.")
        return read_function_result(result, operation.service, previous=before)
    return await _session_from(operation, chain or (), before)


async def refresh_session(operation: Operation, before: Credential) -> Credential:
    """The same by the session's refresh token. Raises RefusedError when the service no longer takes it."""
    operation.credential = before
    base = msgspec.structs.replace(before, access_token="", scope="")
    return await _session_from(operation, operation.method.refresh_session, base)


async def _session_from(operation: Operation, chain: Iterable[ChainStep], before: Credential) -> Credential:
    method = operation.method
    kept, last = await run_chain(operation, chain, apply=False)
    body = last.data_or_none() if last is not None else None
    members = {**(body if isinstance(body, Mapping) else {}), **kept}
    rules = msgspec.structs.replace(method.token_answer, any_token_type=True)
    credential = read_token_answer(members, rules, operation.service, previous=before)
    further = {name: value for name, value in kept.items() if name not in TOKEN_FIELDS}
    return msgspec.structs.replace(credential, extra={**credential.extra, **further})


async def after_connect(operation: Operation, progress: Progress) -> None:
    """The steps that follow a sign-in; what they keep stands in the credential from then on."""
    chain = operation.method.after_connect
    if any(step.choose for step in chain):
        progress("choose")
    await run_chain(operation, chain, apply=True)


async def run_chain(
    operation: Operation, chain: Iterable[ChainStep], *, apply: bool
) -> tuple[dict[str, Any], Answer | None]:
    """Everything that was kept, and the last answer. With `apply` the requests carry the credential."""
    kept: dict[str, Any] = {}
    last: Answer | None = None
    for step in chain:
        answer = await operation.request(step.request, apply=apply, signed=step.sign)
        if answer is None:
            continue  # an optional address that was left blank
        last = answer
        new = {name: value_at(answer, place) for name, place in step.keep.items()}
        new = {name: value for name, value in new.items() if value not in (None, "")}
        if step.choose is not None:
            new |= await _chosen(operation, step.choose, answer)
        kept |= new
        credential = operation.credential or Credential()
        operation.credential = msgspec.structs.replace(credential, extra={**credential.extra, **new})
    return kept, last


def value_at(answer: Answer, place: Place) -> Any:
    """What stands at a place of an answer; None or empty when nothing does."""
    value = _whole_value(answer, place)
    if not isinstance(value, str) or not (place.after or place.before):
        return value
    if place.after:
        value = value.partition(place.after)[2] or value
    return value.partition(place.before)[0] if place.before else value


def _whole_value(answer: Answer, place: Place) -> Any:
    match place.kind:
        case "path":
            data = _data(answer)
            found = look_up(data, place.name)
            return (
                look_up(data[0], place.name) if found is None and isinstance(data, list) and data else found
            )
        case "header" if place.name.lower() == "set-cookie":
            return "; ".join(answer.headers.get_list("set-cookie"))  # a comma may stand inside of one
        case "header":
            value = answer.headers.get(place.name, "")
            return value if place.whole else value.removeprefix("Bearer ").strip()
        case "cookie":
            return cookies_of(answer).get(place.name)
        case "cookies":
            return "; ".join(f"{name}={value}" for name, value in cookies_of(answer).items())
        case _:
            return answer.text.strip().strip('"')


def _data(answer: Answer) -> Any:
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    return answer.members() if kind == "application/x-www-form-urlencoded" else answer.data()


def cookies_of(answer: Answer) -> dict[str, str]:
    """The cookies that an answer sets (RFC 6265 5.2), without their attributes."""
    pairs = (line.split(";", 1)[0].partition("=") for line in answer.headers.get_list("set-cookie"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() and value.strip()}


async def _chosen(operation: Operation, rule: Choose, answer: Answer) -> dict[str, Any]:
    data = answer.data()
    listed = look_up(data, rule.options) if rule.options else data
    items = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    by_value = {value: item for item in items[:MOST_CHOICES] if (value := text_at(item, rule.value))}
    if not by_value:
        raise ServiceError(
            f"{rule.title}: {operation.service} offers this account nothing to choose from.",
            "Check that the account has access to one, then try again.",
        )
    value = next(iter(by_value))
    if len(by_value) > 1:
        options = tuple(Choice(clean(text_at(i, rule.label)) or v, v) for v, i in by_value.items())
        value = await _ask(operation, rule.title, options)
    item = by_value[value]
    found = {name: text_at(item, path) for name, path in rule.keep.items()}
    return {name: text for name, text in found.items() if text}


async def _ask(operation: Operation, title: str, options: tuple[Choice, ...]) -> str:
    known = {option.value for option in options}
    value = await operation.choose(title, options) if operation.choose is not None else ""
    if value not in known:
        raise InvalidInputError(f"{title}: {listed(options)}.", "Name one of them.")
    return value
