"""What an empty list says: why it is empty, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

_VIEWS = {
    "attention": ("All is well", "No account needs you to sign in again."),
    "expiring": ("Nothing expires soon", "Tokens in their last minutes stand here."),
    "pinned": ("No pinned accounts", "Press Ctrl+D on an account to keep it at hand here."),
}
_NONE_AT_ALL = (
    "No accounts yet",
    "Press Add account, choose a service and sign in. Its token is kept here, encrypted. "
    "To try it without an account of your own, search for Practice.",
)


def empty_words(only: str, *, searched: bool) -> tuple[str, str, str]:
    """Title, sentence and button (empty for none) for a view without rows."""
    if searched:
        sentence = "The search looks at names, e-mail addresses and services."
        return _tr("Nothing found"), _tr(sentence), _tr("Clear search")
    title, sentence = _VIEWS.get(only, _NONE_AT_ALL)
    return _tr(title), _tr(sentence), ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("AccountsPage", text)
