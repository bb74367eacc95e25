"""Reading what a service answered, whatever it is, without ever failing in an unreadable way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec

from connectors.errors import ConnectorError, ServiceError, TemporaryError
from connectors.templates.paths import look_up
from connectors.templates.text import clean_message, looks_like_markup
from connectors.wire.xml_data import UnreadableXmlError, is_xml, read_xml

DEEPEST = 64
LONGEST_RETRY_AFTER = 3600.0
PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529})
_MESSAGE_PATHS = (
    "error_description",
    "error.message",
    "error.detail",
    "error.error_description",
    "errors.0.message",
    "errors.0.detail",
    "errors.0.description",
    "errors.0.title",
    "errors.0",
    "message",
    "Message",
    "error_message",
    "errorMessage",
    "error_msg",
    "detail",
    "detail.0.msg",
    "description",
    "title",
    "reason",
    "msg",
    "fault.faultstring",
    "meta.msg",
    "error",
    "code",
)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: `status`, `headers`, `text`, and `json()`."""

    status: int
    headers: httpx.Headers
    content: bytes
    charset: str = "utf-8"
    host: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status is 200-299."""
        return 200 <= self.status <= 299

    @property
    def text(self) -> str:
        """The body as text; bytes that are none are replaced."""
        try:
            return self.content.decode(self.charset, errors="replace")
        except LookupError:
            return self.content.decode("utf-8", errors="replace")

    @property
    def _is_text(self) -> bool:
        try:
            self.content.decode(self.charset)
        except LookupError:
            return self.content.isascii()
        except UnicodeError:
            return False
        return True

    def json(self) -> Any:
        """The body read as JSON. Raises ServiceError with a sentence when it is not."""
        text = self.text.removeprefix("\ufeff").strip()
        if not text:
            raise ServiceError(f"{self.host} answered with an empty body.", status=self.status)
        if looks_like_markup(text):
            raise ServiceError(f"{self.host} answered with a web page instead of data.", status=self.status)
        try:
            data = msgspec.json.decode(text)
        except RecursionError:
            data = None
            too_deep = True
        except (msgspec.DecodeError, UnicodeError) as error:
            raise ServiceError(
                f"{self.host} answered with data that cannot be read (broken JSON).", status=self.status
            ) from error
        else:
            too_deep = depth_over(data, DEEPEST)
        if too_deep:
            raise ServiceError(
                f"{self.host} answered with data that is nested too deeply.", status=self.status
            )
        return data

    def data(self) -> Any:
        """The body as data: XML when the answer says that it is XML, else JSON. Raises ServiceError."""
        if not is_xml(self.headers.get("content-type", "")):
            return self.json()
        try:
            return read_xml(self.text)
        except UnreadableXmlError as error:
            raise ServiceError(
                f"{self.host} answered with XML that cannot be used: {clean_message(error)}.",
                status=self.status,
            ) from error

    def data_or_none(self) -> Any:
        """`data()`, or None when the body cannot be read."""
        try:
            return self.data()
        except ServiceError:
            return None

    def json_or_none(self) -> Any:
        """`json()`, or None when the body cannot be read."""
        try:
            return self.json()
        except ServiceError:
            return None

    def members(self) -> Mapping[str, Any]:
        """The body as an object: JSON, or the form encoding that a few token endpoints still use."""
        kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded" or (
            kind == "text/plain" and self.text.startswith(("access_token=", "error="))
        ):
            return dict(parse_qsl(self.text, keep_blank_values=True))
        data = self.json()
        if not self._is_text:  # a token with another letter in it would be stored, and never work
            raise ServiceError(
                f"{self.host} answered with data that is not in the encoding it names.", status=self.status
            )
        if not isinstance(data, Mapping):
            raise ServiceError(
                f"{self.host} answered with something other than an object.", status=self.status
            )
        return data


def depth_over(data: Any, limit: int) -> bool:
    """Whether lists and objects stand in each other more than `limit` deep."""
    level = [data]
    for _ in range(limit):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(item: Any) -> Iterator[Any]:
    if isinstance(item, Mapping):
        yield from item.values()
    elif isinstance(item, list):
        yield from item


def error_message(answer: Answer, path: str = "") -> str:
    """The service's own words for what went wrong, cleaned, without a final full stop; or nothing."""
    text = answer.text.strip()
    xml = is_xml(answer.headers.get("content-type", ""))
    if not text or (looks_like_markup(text) and not xml):
        return ""
    data = answer.data_or_none()
    if xml:
        # The root has any name; what stands in it is called as in JSON.
        data = {**data, **next((v for v in data.values() if isinstance(v, Mapping)), {})} if data else {}
    if data is None:
        return "" if text.startswith(("{", "[")) or len(text) > 200 else clean_message(text)
    if isinstance(data, list):
        data = {"errors": data}
    for candidate in (path, *_MESSAGE_PATHS) if path else _MESSAGE_PATHS:
        found = look_up(data, candidate)
        if isinstance(found, str) and found.strip() and not looks_like_markup(found):
            return clean_message(found)
    return clean_message(data) if isinstance(data, str) else ""


def retry_after(headers: httpx.Headers, now: datetime | None = None) -> float | None:
    """Seconds to wait, from seconds or an HTTP date (RFC 9110 10.2.3), at most one hour."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value) if value.replace(".", "", 1).isdecimal() else _until(value, now)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _until(date: str, now: datetime | None) -> float:
    moment = parsedate_to_datetime(date)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - (now or datetime.now(UTC))).total_seconds()


def passing_failure(answer: Answer, name: str) -> TemporaryError | None:
    """The error for 429 and 5xx, which say nothing about the credential; None for any other status."""
    if answer.status not in PASSING_STATUS:
        return None
    message = error_message(answer)
    said = f": {message}" if message else ""
    if answer.status == 429:
        sentence = f"{name} asks to wait before the next request{said}."
        hint = "Try again a little later."
    else:
        sentence = f"{name} is not working at the moment (status {answer.status}){said}."
        hint = "Nothing was changed. Try again later."
    return TemporaryError(sentence, hint, status=answer.status, retry_after=retry_after(answer.headers))


def transport_failure(error: Exception, host: str) -> ConnectorError:
    """The sentence for a request that got no usable answer."""
    hint = "Check the network connection and try again."
    if isinstance(error, httpx.DecodingError):
        return ServiceError(f"{host} answered with data that cannot be unpacked.")
    if isinstance(error, httpx.TooManyRedirects):
        return ServiceError(f"{host} sent the request in circles.")
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return ServiceError(f"The address of {host or 'the service'} cannot be used.", "Check the settings.")
    if isinstance(error, httpx.TimeoutException):
        return TemporaryError(f"{host} did not answer in time.", hint)
    if "certificate" in str(error).lower():
        return ServiceError(
            f"The identity of {host} could not be verified: {clean_message(error)}.",
            "Nothing was sent. If your network inspects traffic, add its certificate authority.",
        )
    if isinstance(error, httpx.RemoteProtocolError):
        return TemporaryError(f"{host} broke off the answer.", "Nothing was changed. Try again.")
    return TemporaryError(f"{host} could not be reached: {clean_message(error) or 'no connection'}.", hint)
