"""The warning above the activity list while the secrets of some connector are written into it."""

from __future__ import annotations

from datetime import datetime

from desktop.ui import times
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Banner


class SecretsBanner(Banner):
    """Hidden while nothing is written readable. Its button ends it for all of them."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("bad")
        self._bridge = bridge
        self._keys: tuple[str, ...] = ()
        self.acted.connect(lambda: self._turn_off())
        bridge.connectors_changed.connect(lambda _event: self.read())

    def read(self) -> None:
        """Asks how it stands."""
        if self._bridge.unlocked:
            self._bridge.run(self._bridge.engine.secrets_logged(), self._show, owner=self)

    def clear(self) -> None:
        """The vault is locked, which has ended it."""
        self._show({})

    def _show(self, until: dict[str, datetime]) -> None:
        self._keys = tuple(until)
        if not until:
            self.show_message("bad", "")
            return
        catalog = self._bridge.engine.catalog
        names = sorted(catalog.get(key).name if key in catalog else key for key in until)
        text = self.tr("Until {0} passwords and tokens are written readable into Activity: {1}.")
        moment = times.short_moment(max(until.values()))
        self.show_message("bad", text.format(moment, ", ".join(names)), self.tr("Turn off"))

    def _turn_off(self) -> None:
        for key in self._keys:
            self._bridge.run(self._bridge.engine.log_secrets(key, False), owner=self)
