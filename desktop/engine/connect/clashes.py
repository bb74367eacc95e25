"""Does a sign-in that worked belong to the account that it was meant for, or to one that is there already?"""

from __future__ import annotations

from connectors.chain_tables import chains_of
from connectors.credential import Credential
from connectors.definition import Method
from connectors.methods import Connected, Inputs
from desktop.engine.accounts import split_scope
from desktop.engine.core import Core, secret_names
from desktop.engine.events import Clash, ClashKind
from desktop.vault.records import AccountRow, Person


def is_somebody_else(row: AccountRow, connected: Connected) -> bool:
    """Whether the service named another person or workspace than the account's.

    By its own stable id, else by e-mail. What names nobody cannot be told apart.
    """
    was, came = row.identity, connected.identity
    if not (was and came):
        was, came = row.email.casefold(), connected.email.casefold()
    return bool(was and came and was != came)


def account_of_the_same(core: Core, inputs: Inputs, connected: Connected) -> AccountRow | None:
    """The account that this sign-in would be a second copy of: same person, way in, scopes and values.

    Another method, workspace or scope is a legitimate second account. Secrets do not count: a key that was
    changed at the service is still the same person's. Of several the one that needs it most.
    """
    if not connected.identity:
        return None
    same = [
        row
        for row in core.vault.find_accounts(connector=inputs.connector.key, identity=connected.identity)
        if row.method == inputs.method.key
        and set(split_scope(row.scope_asked)) == set(split_scope(connected.scope_asked))
        and _told_apart_by(core.credential(row), inputs.method)
        == _told_apart_by(connected.credential, inputs.method)
    ]
    return max(same, key=lambda row: (row.needs_attention, row.updated_at), default=None)


def account_of_person(core: Core, inputs: Inputs, connected: Connected) -> AccountRow | None:
    """Any account of this person at this service, whatever it may do there."""
    for row in core.vault.find_accounts(connector=inputs.connector.key):
        if connected.identity and row.identity:
            if connected.identity == row.identity:
                return row
        elif connected.email and connected.email.casefold() == row.email.casefold():
            return row
    return None


def clash_of(kind: ClashKind, row: AccountRow, connected: Connected, service: str) -> Clash:
    """What there is to decide about, as people see it."""
    came = Person(
        name=connected.name or connected.email or connected.identity or service,
        email=connected.email,
        identity=connected.identity,
    )
    there = Person(name=row.name, email=row.email, identity=row.identity)
    return Clash(kind=kind, came=came, there=there, account_id=row.id)


def _told_apart_by(credential: Credential, method: Method) -> dict[str, object]:
    """The values that make an account another one: the form's, and which site or workspace was chosen."""
    secret = secret_names(credential, method)
    chosen = {name for _, step in chains_of(method) if step.choose for name in step.choose.keep}
    values = {**credential.extra, **credential.fields}
    return {
        name: value
        for name, value in values.items()
        if value not in ("", None) and name not in secret and (name in credential.fields or name in chosen)
    }
