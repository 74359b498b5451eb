"""Time and memory of whole processes.

    python -m benchmarks.measure COMMAND [ARGUMENT …]      # what it took, as JSON

Whoever starts processes to measure them has to be small itself: Linux carries a process' peak over
from the one that it was forked from. So nothing heavy is imported here or in ``run``, and who is
not small calls ``measure_apart``.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Failed", "Measurement", "measure", "measure_apart"]

ROOT = Path(__file__).resolve().parents[1]
POLL_SECONDS = 0.05
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Failed(Exception):
    """A process that ended with an error; says how, and has its exit status (-9: killed)."""

    def __init__(self, command: Sequence[str], status: int, said: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {status}:\n{said}")
        self.status = status


@dataclass(frozen=True)
class Measurement:
    """What a process, with all its descendants, took.

    Attributes
    ----------
    seconds
        Wall time from start to end.
    cpu_seconds
        User and system time.
    peak_bytes
        The largest resident set. For a single process it is the kernel's own figure (``wait4``);
        where a process has children, the largest sum over all of them that was seen, every
        ``POLL_SECONDS``, if that is more.
    output
        What was written to standard output.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: bytes


def measure(command: Sequence[str]) -> Measurement:
    """Run a command in the project's root and measure it.

    Raises
    ------
    Failed
        When it ends with an error.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=errors)
        family = _Family(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        together = family.stop()
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            said = errors.read().decode(errors="replace").strip()
            raise Failed(command, process.returncode, said[-2000:])
        return Measurement(
            seconds,
            usage.ru_utime + usage.ru_stime,
            max(usage.ru_maxrss * _RSS_UNIT, together),
            output.read(),
        )


def measure_apart(command: Sequence[str]) -> Measurement:
    """Measure a command from a process that is small, whatever this one holds."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", *command],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Failed(command, done.returncode, done.stderr.decode(errors="replace").strip())
    told = json.loads(done.stdout)
    return Measurement(**{**told, "output": told["output"].encode()})


class _Family:
    """Watches what a process and its descendants hold together, where ``/proc`` tells."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            pids = _descendants(self._pid)
            if pids:
                self._peak = max(self._peak, sum(map(_resident, [self._pid, *pids])))


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            pids = [int(child) for child in children.read_text().split()]
        except OSError:  # the thread has ended
            continue
        found += pids
        for child in pids:
            found += _descendants(child)
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):  # the process has ended
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    try:
        taken = measure(sys.argv[1:])
    except Failed as error:
        sys.exit(str(error))
    told = {**dataclasses.asdict(taken), "output": taken.output.decode(errors="replace")}
    print(json.dumps(told))
