"""Looks over this computer: whatever could keep an account from being connected, and what to do about it."""

from desktop.engine.doctor.examine import examine
from desktop.engine.doctor.finding import Finding, Situation

__all__ = ["Finding", "Situation", "examine"]
