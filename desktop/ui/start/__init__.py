"""The pages before the vault is open: setting it up, and unlocking it."""

from desktop.ui.start.first_start import FirstStartPage
from desktop.ui.start.unlock import UnlockPage

__all__ = ["FirstStartPage", "UnlockPage"]
