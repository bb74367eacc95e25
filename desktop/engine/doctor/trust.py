"""Whose certificates are believed?"""

from __future__ import annotations

from pathlib import Path

from connectors.errors import ServiceError
from desktop.engine.doctor.finding import Finding, Situation
from desktop.engine.network.http import tls_context


def look(situation: Situation) -> Finding:
    """The system's authorities, and the person's own file if one is named."""
    own = situation.preferences.ca_file
    try:
        tls_context(Path(own) if own else None)
    except ServiceError as error:
        return Finding(
            check="trust", title="Certificates", outcome="problem", sentence=error.sentence, hint=error.hint
        )
    sentence = "The system's certificate authorities are trusted"
    return Finding(
        check="trust",
        title="Certificates",
        outcome="ok",
        sentence=f"{sentence}, and those in {own}." if own else f"{sentence}.",
    )
