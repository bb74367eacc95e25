"""The sentence of a state that is worth one, across the account, with the act that it calls for."""

from __future__ import annotations

from desktop.engine.events import ShownState
from desktop.engine.results import AccountView
from desktop.engine.states import shown_state, state_sentence
from desktop.ui import times
from desktop.ui.theme import Kind
from desktop.ui.widgets import Banner

_KINDS: dict[ShownState, Kind] = {
    "needs_sign_in": "bad",
    "invalid": "bad",
    "expires_soon": "soon",
    "offline": "neutral",
    "refreshing": "neutral",
    "disabled": "neutral",
}
_SIGN_IN = ("needs_sign_in", "invalid")


def stands_across(shown: ShownState) -> bool:
    """Whether the banner says this state, so that nothing below it needs to."""
    return shown in _KINDS


class StateBanner(Banner):
    """Hidden while all is well. `acted` is Sign in again."""

    def tick(self, view: AccountView) -> None:
        """Says it anew: "expires in 12 minutes" is not true for long."""
        refreshing, now = view.shown == "refreshing", times.now()
        lead = view.method.refresh_before_exp if view.method else 0
        shown = shown_state(view.row, now, refreshing, lead)
        if not stands_across(shown):
            self.show_message("neutral", "")
            return
        sentence = state_sentence(view.row, now, refreshing=refreshing, refresh_at=view.refresh_at)
        action = self.tr("Sign in again") if shown in _SIGN_IN else ""
        said = (self.text, self.button.text() if not self.button.isHidden() else "")
        if self.isHidden() or said != (sentence, action):
            self.show_message(_KINDS[shown], sentence, action)
