"""Takes secrets out of an error itself, and out of what caused it, while they are known.

A service may repeat what it was sent, and an error may be printed long after the vault was locked.
"""

from __future__ import annotations

from desktop.engine.privacy.redaction import redact


def cover(error: BaseException) -> None:
    """Redacts the error and all that led to it, in place."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.args = tuple(redact(part) if isinstance(part, str) else part for part in one.args)
        for name in ("sentence", "hint"):
            text = getattr(one, name, None)
            if isinstance(text, str):
                setattr(one, name, redact(text))
        fields = getattr(one, "fields", None)
        if isinstance(fields, dict):
            fields.update({name: redact(text) for name, text in fields.items() if isinstance(text, str)})
        waiting += (one.__cause__, one.__context__)
