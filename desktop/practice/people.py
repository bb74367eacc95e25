"""Who can sign in at the practice provider, and the two OAuth clients that it knows."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

PASSWORD = "practice-2026"  # noqa: S105 - meant to be read: it stands on the provider's front page
PUBLIC_CLIENT = "jackfield-practice"
CONFIDENTIAL_CLIENT = "practice-confidential"
CONFIDENTIAL_SECRET = "practice-secret"  # noqa: S105


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the practice provider. `sub` is their stable id."""

    username: str
    name: str
    email: str
    sub: str
    api_key: str

    @property
    def profile(self) -> dict[str, str]:
        """What the provider tells about them, in the words of OpenID Connect."""
        return {"sub": self.sub, "name": self.name, "email": self.email}


# The third name is there to show that nothing renders as markup: tags, a broken attribute, and an override
# that turns the direction of the text.
PEOPLE: dict[str, Person] = {
    person.username: person
    for person in (
        Person("amelia", "Amelia Ortega", "amelia@practice.example", "u-1001", "practice-key-amelia-4f1c"),
        Person("ben", "Ben Carter", "ben@practice.example", "u-1002", "practice-key-ben-9d27"),
        Person(
            "mallory",
            '<b>Mallory</b> "><script>alert(1)</script> \u202eyrollaM',
            "mallory@practice.example",
            "u-1003",
            "practice-key-mallory-77aa",
        ),
    )
}


def check_password(username: str, password: str) -> Person | None:
    """The person whose name and password these are. The comparison takes the same time for any password."""
    right = hmac.compare_digest(password.encode(), PASSWORD.encode())
    person = PEOPLE.get(username.strip().lower())
    return person if right else None


def by_api_key(key: str) -> Person | None:
    """The person whose API key this is."""
    for person in PEOPLE.values():
        if hmac.compare_digest(key.encode(), person.api_key.encode()):
            return person
    return None
