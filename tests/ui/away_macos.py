"""A stand-in for macOS' two notification centers, as PyObjC shows them."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import NamedTuple

import pytest

DELIVER_IMMEDIATELY, COALESCE = 4, 2  # NSNotificationSuspensionBehavior


class _Observer(NamedTuple):
    listener: object
    selector: str
    name: str
    behavior: int


class NSObject:
    """Made in two steps; its methods are found by their selectors."""

    @classmethod
    def alloc(cls) -> NSObject:
        return cls.__new__(cls)

    def init(self) -> NSObject:
        return self


class _Center:
    def __init__(self, *, distributed: bool = False) -> None:
        self.observers: list[_Observer] = []
        self._distributed = distributed

    def addObserver_selector_name_object_(
        self, listener: object, selector: str, name: str, sender: object
    ) -> None:
        self._add(listener, selector, name, sender, COALESCE)

    def addObserver_selector_name_object_suspensionBehavior_(
        self, listener: object, selector: str, name: str, sender: object, behavior: int
    ) -> None:
        assert self._distributed, "only a distributed center has it"
        self._add(listener, selector, name, sender, behavior)

    def removeObserver_(self, listener: object) -> None:
        self.observers = [one for one in self.observers if one.listener is not listener]

    def post(self, name: str) -> None:
        """To a program that is not in front: what is coalesced stays behind."""
        for one in self.observers:
            if one.name == name and (not self._distributed or one.behavior == DELIVER_IMMEDIATELY):
                getattr(one.listener, one.selector.replace(":", "_"))(object())

    def _add(self, listener: object, selector: str, name: str, sender: object, behavior: int) -> None:
        assert isinstance(listener, NSObject)
        assert sender is None
        assert selector.count(":") == 1 and "_" not in selector, "takes the notification and nothing else"
        self.observers.append(_Observer(listener, selector, name, behavior))


class FakeMac:
    """Both centers, behind the modules of PyObjC."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session, self.workspace = _Center(distributed=True), _Center()
        foundation, app_kit = ModuleType("Foundation"), ModuleType("AppKit")
        vars(foundation).update(
            NSObject=NSObject,
            NSNotificationSuspensionBehaviorDeliverImmediately=DELIVER_IMMEDIATELY,
            NSDistributedNotificationCenter=_Class(defaultCenter=self.session),
        )
        vars(app_kit).update(
            NSWorkspace=_Class(sharedWorkspace=_Class(notificationCenter=self.workspace)),
            NSWorkspaceWillSleepNotification="NSWorkspaceWillSleepNotification",
            NSWorkspaceSessionDidResignActiveNotification="NSWorkspaceSessionDidResignActiveNotification",
        )
        monkeypatch.setattr("desktop.ui.away.sys", SimpleNamespace(platform="darwin"))
        monkeypatch.setitem(sys.modules, "Foundation", foundation)
        monkeypatch.setitem(sys.modules, "AppKit", app_kit)
        # Imported anew, on these modules, and gone again afterwards.
        monkeypatch.setitem(sys.modules, "desktop.ui.away.macos", ModuleType("none"))
        del sys.modules["desktop.ui.away.macos"]

    def post(self, name: str) -> None:
        """Where macOS posts it."""
        (self.workspace if name.startswith("NSWorkspace") else self.session).post(name)

    @property
    def observed(self) -> set[str]:
        """The names that somebody waits for."""
        return {one.name for one in self.session.observers + self.workspace.observers}


class _Class:
    """Methods that give what they are told to."""

    def __init__(self, **answers: object) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> object:
        if name not in self._answers:
            raise AttributeError(name)
        return lambda: self._answers[name]
