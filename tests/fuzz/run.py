"""One target under the coverage-guided fuzzer, in a process of its own.

    python -m tests.fuzz.run TARGET CORPUS [libFuzzer options]

CORPUS is a folder; what is found interesting is added to it. Ends with 0 when nothing was found.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["connectors", "desktop.engine.callback", "h11"]):
    from tests.fuzz.targets import TARGETS, seeds


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    name, corpus = sys.argv[1], Path(sys.argv[2])
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    logging.disable()
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
