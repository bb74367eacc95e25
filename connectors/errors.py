"""Every way in which a definition or a service can fail, as a sentence for people.

`reason` is a stable word for programs, `sentence` says what happened and why, `hint` says what to do.
None of the three may hold a secret.
"""

from __future__ import annotations

from typing import ClassVar


class ConnectorError(Exception):
    """The base: a failure that can be shown as it is."""

    reason: ClassVar[str] = "failed"

    def __init__(self, sentence: str, hint: str = "", *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.status = status


class DefinitionError(ConnectorError):
    """The definition says something that cannot be done."""

    reason = "definition"


class InvalidInputError(ConnectorError):
    """A form value is missing or malformed. `fields` maps a field's key to its sentence."""

    reason = "input"

    def __init__(self, sentence: str, hint: str = "", *, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence, hint)
        self.fields = fields or {}


class InvalidTokenError(ConnectorError):
    """Permanent: the service refuses this credential. The only error that may mark an account."""

    reason = "needs_sign_in"


class WrongCredentialsError(ConnectorError):
    """While connecting: the service refused what was typed in."""

    reason = "wrong_credentials"


class MisconfiguredClientError(ConnectorError):
    """The OAuth app is wrong: client id, secret or redirect URI (RFC 6749 5.2 invalid_client and kin)."""

    reason = "client"


class DeclinedError(ConnectorError):
    """The person said no on the service's page (error=access_denied)."""

    reason = "declined"


class AttemptTimedOutError(ConnectorError):
    """Nobody came back from the browser in time."""

    reason = "timed_out"


class CancelledAttemptError(ConnectorError):
    """The person pressed Cancel."""

    reason = "cancelled"


class PortTakenError(ConnectorError):
    """The fixed callback port is in use by another program."""

    reason = "port"


class UnsafeUrlError(ConnectorError):
    """An address that must not be opened or must not be sent a secret."""

    reason = "unsafe_url"


class WrongAccountError(ConnectorError):
    """A reconnect came back as somebody else."""

    reason = "wrong_account"


class ServiceError(ConnectorError):
    """The service answered, but not with what was asked for (HTML, wrong JSON, an error of its own)."""

    reason = "service"


class TemporaryError(ConnectorError):
    """Passing: no network, a time-out, 429 or 5xx. Never marks an account; `retry_after` is in seconds."""

    reason = "offline"

    def __init__(
        self, sentence: str, hint: str = "", *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence, hint, status=status)
        self.retry_after = retry_after
