"""An account that becomes somebody else's remembers, generation by generation, whom it stood for."""

from __future__ import annotations

from typing import Any

from desktop.vault.records import Keep, Person
from desktop.vault.vault import Vault
from tests.vault.helpers import account

ID = account(1).id
FACTS: dict[str, Any] = {"expires_at": None, "renewable": True, "has_token": True, "scope_granted": ""}
AMELIA = Person(name="Amelia", email="amelia@practice.example", identity="u-1", profile={"n": 1})
BEN = Person(name="Ben", email="", identity="u-2", profile={})


def generation(vault: Vault, person: Person | None = None, keep: Keep | None = None) -> None:
    """One more; of somebody else if `person` is given."""
    who: dict[str, Any] = {}
    if person is not None:
        who = {"name": person.name, "email": person.email, "identity": person.identity}
        who |= {"profile": person.profile, "another_person": True}
    vault.add_generation(ID, b"{}", "connect", **FACTS, **who, keep=keep)


def amelias(vault: Vault) -> None:
    vault.add_account(
        account(1, name=AMELIA.name, email=AMELIA.email, identity=AMELIA.identity), b"{}", {"n": 1}
    )


def test_every_generation_knows_its_person(vault: Vault) -> None:
    amelias(vault)
    generation(vault)
    assert vault.person_at(ID, 1) is None
    generation(vault, BEN)
    generation(vault)
    assert [vault.person_at(ID, number) for number in range(1, 5)] == [AMELIA, AMELIA, None, None]
    row = vault.account(ID)
    assert (row.name, row.email, row.identity, vault.profile(ID)) == ("Ben", "", "u-2", {})
    generation(vault, AMELIA)
    assert [vault.person_at(ID, number) for number in range(1, 6)] == [AMELIA, AMELIA, BEN, BEN, None]


def test_what_is_known_goes_with_the_generations_it_is_about(vault: Vault) -> None:
    amelias(vault)
    generation(vault, BEN)
    for _ in range(3):
        generation(vault, keep=Keep(count=2))
    assert [kept.number for kept in vault.generations(ID)] == [5, 4]
    assert vault.person_at(ID, 1) is None
    generation(vault, AMELIA)
    vault.remove_account(ID)
    assert vault.check() == []
