"""What holds for every test: none leaves the process changed for the next."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from desktop.engine.privacy.redaction import install_logging, redactor


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command that ran in this process has set up logging for itself."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers[:] = [handler for handler in root.handlers if handler in handlers]
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


@pytest.fixture
def log(logging_as_it_was: None) -> Iterator[io.StringIO]:
    """What install_logging writes, at the level that says most."""
    stream = io.StringIO()
    install_logging(logging.DEBUG, stream)
    yield stream
    redactor.forget_all()
