"""Renewing tokens: one refresh at a time per account, marked before it is sent, saved before it is used."""

from desktop.engine.refreshing.refreshing import AT_ONCE, Refreshing

__all__ = ["AT_ONCE", "Refreshing"]
