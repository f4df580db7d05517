"""Work in a forked process that may be killed at one of its operations on files, as a power cut would end it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Ended", "Tell", "forked"]

_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.truncate")
_END = "end "
Tell = Callable[[str], None]
"""Sends a line to the process that waits."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the work has ended. killed: by the kill that was asked for. operations: how many there were on files, 0 when
    it was killed. told: the lines that it has told. error: what it has raised, in words, "" for nothing."""

    killed: bool
    operations: int
    told: tuple[str, ...]
    error: str = ""


def forked(work: Callable[[Tell], None], folder: Path, kill_at: int = 0, patience: float = 120) -> Ended:
    """Do some work in a fork of this process, and kill it (SIGKILL, which nothing can catch) before its operation
    number ``kill_at`` on files below ``folder``, from 1; 0 lets it end.

    patience: s that it may take. Raises ``TimeoutError`` when it takes more, and ends it.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(work, folder, kill_at, writing)
    os.close(writing)
    deadline = time.monotonic() + patience
    ended, status = os.waitpid(child, os.WNOHANG)
    while not ended and time.monotonic() < deadline:
        time.sleep(0.005)
        ended, status = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        raise TimeoutError(f"it is not done after {patience:g} s")
    with os.fdopen(reading, encoding="utf-8", errors="replace") as pipe:
        lines = pipe.read().splitlines()
    last = lines[-1] if lines else ""
    if os.WIFSIGNALED(status):
        return Ended(True, 0, tuple(lines))
    if status or not last.startswith(_END):
        return Ended(False, 0, tuple(lines[:-1]), last or f"it has ended with the status {status}")
    return Ended(False, int(last.removeprefix(_END)), tuple(lines[:-1]))


def _work(work: Callable[[Tell], None], folder: Path, kill_at: int, writing: int) -> None:
    """What the child does; it never returns."""
    counted = 0

    def hook(event: str, details: tuple[object, ...]) -> None:
        nonlocal counted
        if event in _EVENTS and str(folder) in str(details[0]):
            counted += 1
            if counted == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(line: str) -> None:
        os.write(writing, f"{line}\n".encode())

    status = 1
    try:
        sys.addaudithook(hook)
        work(tell)
        tell(f"{_END}{counted}")
        status = 0
    except BaseException as error:
        tell(f"{type(error).__name__}: {error}".replace("\n", " ")[:2000])
    finally:
        os._exit(status)
