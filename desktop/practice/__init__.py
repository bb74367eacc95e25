"""The practice provider: a small authorization server on loopback, to try everything without an account.

`start()` serves it from a thread of this process and returns a `Provider`. Its data lives in memory only.
"""

from desktop.practice.knobs import Answer, Knobs
from desktop.practice.people import PASSWORD, PEOPLE, Person
from desktop.practice.server import DEFAULT_PORT, PortTakenError, Provider, start
from desktop.practice.store import Seen

__all__ = [
    "DEFAULT_PORT",
    "PASSWORD",
    "PEOPLE",
    "Answer",
    "Knobs",
    "Person",
    "PortTakenError",
    "Provider",
    "Seen",
    "start",
]
