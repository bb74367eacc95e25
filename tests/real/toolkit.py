"""django-oauth-toolkit running beside the tests, and what is registered there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.real import django_server as server


class Toolkit:
    """The server's process. Leaving the `with` ends it: it stops when its standard input closes."""

    user = server.USERNAME
    password = server.PASSWORD
    email = server.EMAIL
    name = server.FULL_NAME

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, str(Path(server.__file__)), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "django-oauth-toolkit did not start; its complaint is above"
        told = json.loads(line)
        self.told: dict[str, str] = told
        self.url: str = told["url"]
        self.public_client_id: str = told["public_client_id"]
        self.confidential_client_id: str = told["confidential_client_id"]
        self.confidential_client_secret: str = told["confidential_client_secret"]

    def __enter__(self) -> Toolkit:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def form(self, *, confidential: bool = False) -> dict[str, str]:
        """What a person types into the form of the generic OAuth 2 connector."""
        typed = {
            "authorization_endpoint": f"{self.url}/o/authorize/",
            "token_endpoint": f"{self.url}/o/token/",
            "revocation_endpoint": f"{self.url}/o/revoke_token/",
            "userinfo_endpoint": f"{self.url}/me",
            "client_id": self.public_client_id,
            "scope": "read email",
        }
        if confidential:
            typed["client_id"] = self.confidential_client_id
            typed["client_secret"] = self.confidential_client_secret
        return typed
