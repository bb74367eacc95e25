"""A person in front of a browser, without the browser: reads pages, fills forms, presses buttons.

`sign_in` is what most tests want. Run as a program it is a JACKFIELD_BROWSER: it is given the address to open
as its last argument, signs in, and follows the redirect back to the app:

    person.py [--user NAME] [--password WORD] [--press Allow|Decline] URL
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

PASSWORD = "practice-2026"
TLS = httpx.create_ssl_context(trust_env=False)  # reading all authorities takes longer than signing in


@dataclass
class Form:
    """One form of a page: its hidden and shown values, which label names which of them, and its buttons."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """A page as a person sees it. `text` is everything that is shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.tags: list[str] = []
        self._names: dict[str, str] = {}
        self._open: list[str] = []
        self._label_for = ""
        self._button: tuple[str, str] | None = None
        self._text: list[str] = []
        self._labels: dict[str, str] = {}
        self.feed(html)
        self.close()
        for form in self.forms:
            form.labels = {
                text: self._names[target] for target, text in self._labels.items() if target in self._names
            }

    @property
    def text(self) -> str:
        """What is shown, with single spaces."""
        return " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        if tag == "form":
            self.forms.append(Form(given.get("method", "get").upper(), given.get("action", "")))
        elif tag == "label":
            self._label_for = given.get("for", "")
        elif tag == "input" and self.forms:
            kind, name = given.get("type", "text"), given.get("name", "")
            if kind == "submit":
                self.forms[-1].buttons[given.get("value", "")] = (name, given.get("value", ""))
            elif kind != "checkbox" or "checked" in given:
                self.forms[-1].values[name] = given.get("value", "")
            self._names[given.get("id", "")] = name
        elif tag == "button":
            self._button = (given.get("name", ""), given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label_for = ""
        elif tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        shown = data.strip()
        if not shown:
            return
        self._text.append(shown)
        if self._label_for:
            self._labels[self._label_for] = shown.rstrip(":")
        if self._button is not None and self.forms:
            self.forms[-1].buttons[shown] = self._button


class Person:
    """Opens pages and acts on them. `callback` is the redirect that leaves the provider, not yet followed."""

    def __init__(self) -> None:
        self.client = httpx.Client(trust_env=False, timeout=30, verify=TLS)
        self.url = ""
        self.page = Page("")
        self.response: httpx.Response | None = None
        self.callback = ""

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, url: str) -> Page:
        """Go to an address and stay on the provider's own pages."""
        return self._arrive(self.client.get(url))

    def press(self, button: str, **filled: str) -> Page:
        """Fill fields by their labels (spaces as _), press the button with this text."""
        form = next((form for form in self.page.forms if button in form.buttons), None)
        assert form is not None, f"no button {button!r} on the page: {self.page.text}"
        data = dict(form.values)
        for label, value in filled.items():
            data[form.labels[label.replace("_", " ")]] = value
        name, value = form.buttons[button]
        if name:
            data[name] = value
        target = urljoin(self.url, form.action) if form.action else self.url
        return self._arrive(self.client.request(form.method, target, data=data))

    def _arrive(self, response: httpx.Response) -> Page:
        while response.is_redirect:
            target = urljoin(str(response.url), response.headers["location"])
            if httpx.URL(target).netloc != response.url.netloc:
                self.callback = target
                break
            response = self.client.get(target)
        self.response, self.url, self.page = response, str(response.url), Page(response.text)
        return self.page


def sign_in(url: str, user: str = "amelia", password: str = PASSWORD, press: str = "Allow") -> str:
    """Open the provider's authorize address, sign in, press Allow or Decline; the callback's address."""
    with Person() as person:
        person.open(url)
        if not person.callback:
            person.press("Sign in", Username=user, Password=password)
            person.press(press)
        assert person.callback, f"the provider did not send the browser back: {person.page.text}"
        return person.callback


def main() -> None:
    """The command that tests name in JACKFIELD_BROWSER."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", default="amelia")
    parser.add_argument("--password", default=PASSWORD)
    parser.add_argument("--press", default="Allow")
    parser.add_argument("url")
    given = parser.parse_args()
    callback = sign_in(given.url, given.user, given.password, given.press)
    httpx.get(callback, trust_env=False, follow_redirects=True, verify=TLS).raise_for_status()


if __name__ == "__main__":
    main()
