"""A thin client of the Chrome DevTools Protocol: calls, events, a page used by accessible name."""

from __future__ import annotations

import base64
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

DEADLINE = 60.0  # seconds for any single thing to happen


class DevTools:
    """One connection to a browser. Events that arrive while a call waits are kept for `wait_event`."""

    def __init__(self, address: str) -> None:
        self._open = ExitStack()
        # No proxy and no Origin header: the browser is on this machine and refuses web pages.
        self._socket = self._open.enter_context(connect(address, proxy=None, max_size=64 * 1024 * 1024))
        self._events: deque[dict[str, Any]] = deque()
        self._last_id = 0

    def close(self) -> None:
        """Leave the browser alone."""
        self._open.close()

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        ends = time.monotonic() + DEADLINE
        while True:
            answer = self._receive(ends, method)
            if answer.get("id") != self._last_id:
                self._events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            else:
                return dict(answer["result"])

    def wait_event(
        self, method: str, matches: Callable[[dict[str, Any]], bool] = lambda params: True
    ) -> dict[str, Any]:
        """The parameters of the next such event, also one that has already arrived."""
        ends = time.monotonic() + DEADLINE
        while True:
            event = self._events.popleft() if self._events else self._receive(ends, method)
            if event.get("method") == method and matches(event["params"]):
                return dict(event["params"])

    def forget_events(self) -> None:
        """Only what happens from now on counts."""
        self._events.clear()

    def _receive(self, ends: float, waiting_for: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self._socket.recv(timeout=max(0.0, ends - time.monotonic()))))
        except TimeoutError:
            raise TimeoutError(f"the browser did not answer: {waiting_for}") from None


class Tab:
    """The browser's first page, seen as assistive technology sees it and used with a real mouse."""

    def __init__(self, devtools: DevTools) -> None:
        self.devtools = devtools
        devtools.call("Target.setDiscoverTargets", discover=True)
        target = devtools.wait_event("Target.targetCreated", lambda p: p["targetInfo"]["type"] == "page")
        self.target = target["targetInfo"]["targetId"]
        attached = devtools.call("Target.attachToTarget", targetId=self.target, flatten=True)
        self.session: str = attached["sessionId"]
        for domain in ("Page", "DOM", "Runtime", "Accessibility"):
            self.call(f"{domain}.enable")
        if self.evaluate("document.readyState") != "complete" or self.url == "about:blank":
            self.wait_loaded()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command to this page."""
        return self.devtools.call(method, self.session, **params)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    @property
    def url(self) -> str:
        """Where the page is now."""
        return str(self.evaluate("location.href"))

    @property
    def text(self) -> str:
        """What the page shows."""
        return str(self.evaluate("document.body.innerText"))

    def wait_loaded(self) -> None:
        """Return when the next page has loaded."""
        self.devtools.wait_event("Page.loadEventFired")

    def find(self, role: str, name: str) -> int | None:
        """The element with this role and accessible name, as its backend node id."""
        root = self.call("DOM.getDocument", depth=0)["root"]["nodeId"]
        nodes = self.call("Accessibility.queryAXTree", nodeId=root, accessibleName=name, role=role)["nodes"]
        found = [node["backendDOMNodeId"] for node in nodes if not node.get("ignored")]
        return int(found[0]) if found else None

    def click(self, element: int) -> None:
        """Move the mouse onto the middle of an element and press its left button."""
        self.call("DOM.scrollIntoViewIfNeeded", backendNodeId=element)
        quad = self.call("DOM.getContentQuads", backendNodeId=element)["quads"][0]
        place = {"x": sum(quad[0::2]) / 4, "y": sum(quad[1::2]) / 4}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **place)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def type_into(self, element: int, text: str) -> None:
        """Click a field and type into it."""
        self.click(element)
        self.call("Input.insertText", text=text)

    def press(self, name: str) -> None:
        """Click the button with this name and wait for the page that follows."""
        button = self.find("button", name)
        if button is None:
            raise LookupError(f"no button {name!r} at {self.url}: {self.text}")
        self.devtools.forget_events()
        self.click(button)
        self.wait_loaded()

    def screenshot(self, path: Path) -> None:
        """Keep what is on the screen as a PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
