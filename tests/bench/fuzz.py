"""Coverage-guided fuzzing of everything that reads what somebody else wrote.

    pip install -e '.[fuzz]'
    python tests/bench/fuzz.py [--seconds N] [--target NAME] [--corpus DIR]

The targets (`tests/fuzz/targets.py`) share the time, two at once: the callback parser, the template engine,
the definition loader, the token-answer reader. Prints how many inputs each was given; what broke one is
written to the corpus folder's parent, with the traceback, and the end is 1.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fuzz.targets import TARGETS  # noqa: E402

AT_ONCE = 2
LONGEST_INPUT = 16 * 1024
SLOWEST_INPUT = 10  # seconds; one that takes longer is a defect too
MEMORY = 1024  # MB


def fuzz(target: str, seconds: float, folder: Path) -> tuple[str, str]:
    """Runs one target; its name with what it did, and the traceback if something was found."""
    options = (
        f"-max_total_time={max(1, round(seconds))}",
        f"-max_len={LONGEST_INPUT}",
        f"-timeout={SLOWEST_INPUT}",
        f"-rss_limit_mb={MEMORY}",
        f"-artifact_prefix={folder}/{target}-",
        "-print_final_stats=1",
        "-use_value_profile=1",
    )
    command = [sys.executable, "-m", "tests.fuzz.run", target, str(folder / target), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
    said = done.stdout + done.stderr
    counted = re.search(r"number_of_executed_units: (\d+)", said)
    covered = re.findall(r"cov: (\d+)", said)
    inputs = f"{int(counted[1]):,} inputs" if counted else "did not begin"
    told = f"{target}: {inputs}, {covered[-1] if covered else 0} edges covered"
    if done.returncode == 0 and counted:
        return told, ""
    return told, "\n".join(line for line in said.splitlines() if not line.startswith("#"))[-8000:]


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600, help="for all targets together (600)")
    parser.add_argument("--target", choices=sorted(TARGETS))
    parser.add_argument("--corpus", type=Path, help="a folder to keep what was learnt in")
    wanted = parser.parse_args()
    targets = [wanted.target] if wanted.target else list(TARGETS)
    each = wanted.seconds * min(AT_ONCE, len(targets)) / len(targets)
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(AT_ONCE) as pool:
        folder = wanted.corpus or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = list(pool.map(lambda target: fuzz(target, each, folder), targets))
    for told, wrong in outcomes:
        print(told if not wrong else f"{told} - BROKEN\n{wrong}")
    return 1 if any(wrong for _, wrong in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
