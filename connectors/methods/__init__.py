"""Connecting, renewing, testing and revoking: one module per mechanism, one door for all of them.

Every function takes plain values and the two ports, and keeps nothing. What fails is a ConnectorError.
"""

from __future__ import annotations

from connectors.credential import Credential
from connectors.definition import Method
from connectors.fields import check_values, visible_fields
from connectors.inputs import Connected, Inputs, with_stored
from connectors.methods import device, discovery, form, grants, oauth1, oauth2
from connectors.methods.authorization import asked_scope
from connectors.ports import Ports, Progress
from connectors.wire.presenting import with_certificate
from connectors.wire.reach import within_reach
from connectors.worker.session import worker_operation

__all__ = [
    "Connected",
    "Inputs",
    "asked_scope",
    "can_refresh",
    "check_values",
    "connect",
    "refresh",
    "revoke",
    "validate",
    "visible_fields",
]


@within_reach
@with_certificate
@worker_operation()
async def connect(inputs: Inputs, ports: Ports, progress: Progress) -> Connected:
    """Carries out the method, from the form to a tested credential with a name.

    Raises InvalidInputError, WrongCredentialsError, DeclinedError, MisconfiguredClientError, ServiceError,
    TemporaryError, UnsafeUrlError, DefinitionError, and what the browser port raises.
    """
    unknown = inputs.method.register_client and not inputs.setting("client_id")
    inputs = await discovery.completed(inputs, ports, *(("registration_endpoint",) if unknown else ()))
    if inputs.method.grant in grants.REPEATABLE:
        return await grants.connect(inputs, ports, progress)
    if inputs.method.grant == "device_code":
        return await device.connect(inputs, ports, progress)
    if inputs.method.type == "oauth2":
        return await oauth2.connect(inputs, ports, progress)
    if inputs.method.type == "oauth":
        return await oauth1.connect(inputs, ports, progress)
    return await form.connect(inputs, ports, progress)


@within_reach
@with_certificate
@worker_operation()
async def refresh(inputs: Inputs, credential: Credential, ports: Ports) -> Credential:
    """A renewed credential. The old refresh token is kept when the service sends no new one.

    Raises InvalidTokenError only when the service refuses permanently; TemporaryError, ServiceError or
    MisconfiguredClientError leave the old credential as good as it was.
    """
    inputs = await discovery.completed(with_stored(inputs, credential), ports)
    if inputs.method.grant in grants.REPEATABLE:
        return await grants.refresh(inputs, credential, ports)
    if inputs.method.type == "oauth2":
        return await oauth2.refresh(inputs, credential, ports)
    return await form.refresh(inputs, credential, ports)


@within_reach
@with_certificate
@worker_operation()
async def validate(inputs: Inputs, credential: Credential, ports: Ports) -> str:
    """Tests a stored credential and returns a sentence about it, or nothing.

    Raises InvalidTokenError (permanent), TemporaryError or ServiceError.
    """
    inputs = await discovery.completed(with_stored(inputs, credential), ports)
    if inputs.method.type in {"oauth2", "oauth"}:
        await oauth2.validate(inputs, credential, ports)
    else:
        await form.validate(inputs, credential, ports)
    if inputs.method.validate is None and inputs.method.request_profile_info is None:
        return f"{inputs.connector.name} offers no test; nothing was sent."
    return ""


@within_reach
@with_certificate
@worker_operation()
async def revoke(inputs: Inputs, credential: Credential, ports: Ports) -> bool:
    """Tells the service to forget the tokens. False when the service has no revocation.

    Raises TemporaryError or ServiceError: the tokens are then still good at the service.
    """
    if inputs.method.type == "oauth":
        return await oauth1.revoke(inputs, credential, ports)
    if inputs.method.type != "oauth2":
        return await form.revoke(inputs, credential, ports)
    stored = with_stored(inputs, credential)
    inputs = await discovery.completed(stored, ports, "revocation_endpoint")
    return await oauth2.revoke(inputs, credential, ports)


def can_refresh(method: Method, credential: Credential) -> bool:
    """Whether `refresh` has anything to work with."""
    if method.type == "oauth2":
        return oauth2.can_refresh(method, credential)
    return form.can_refresh(method, credential)
