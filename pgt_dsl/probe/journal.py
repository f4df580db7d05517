"""The journal of a probe: a line of JSON for every reply, on the disk before the next question is asked.

    {"probe": 1, "data": "<digest>", "model": "...", "settings": {...}}      the first line: what the replies belong to
    {"q": "spatial.left_of-00000012", "text": "Yes.", "finish": "stop", "tokens": [412, 3], "tries": 2}
    {"q": "counting.all-00000003", "refused": "400: the content filter ..."}

Room for a reply is taken on the disk before its question is asked (zeros behind the last line), so that a disk that
fills up stops the asking and costs no reply. A line that a kill has cut short is no reply and is overwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from pgt_dsl.diagnostics import PgtError

FORMAT = 1
Json = Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said. ``tokens``: of the prompt and of the reply, None where nobody counted; ``finish``: why it
    ended, such as "length"; ``refused``: why there is no text and never will be, "" otherwise; ``tries``: requests that
    it took."""

    text: str
    finish: str = ""
    tokens: tuple[int, int] | None = None
    refused: str = ""
    tries: int = 1

    def to_json(self, key: str) -> dict[str, Json]:
        """A line of the journal."""
        if self.refused:
            return {"q": key, "refused": self.refused, "tries": self.tries}
        found: dict[str, Json] = {"q": key, "text": self.text, "tries": self.tries}
        if self.finish:
            found["finish"] = self.finish
        if self.tokens is not None:
            found["tokens"] = list(self.tokens)
        return found

    @classmethod
    def from_json(cls, line: Mapping[str, Json]) -> Reply:
        """The reply of a line. Raises ``ValueError`` when it is none."""
        text, refused, tokens = line.get("text", ""), line.get("refused", ""), line.get("tokens")
        if not isinstance(text, str) or not isinstance(refused, str) or ("text" not in line and not refused):
            raise ValueError("it has no `text`")
        if tokens is not None and not (isinstance(tokens, list) and [type(t) for t in tokens] == [int, int]):
            raise ValueError("`tokens` are not two numbers")
        return cls(text, str(line.get("finish", "")), None if tokens is None else (tokens[0], tokens[1]), refused,
                   int(line.get("tries", 1)))  # fmt: skip


class Journal:
    """``with Journal(path, header) as journal``: ``replies`` by the key of their question, ``add`` for another one.

    header: what the replies belong to. Raises ``PgtError`` when the file has replies of something else, when another
    process is writing it, when it is damaged, or when it cannot be written.
    """

    def __init__(self, path: Path, header: Mapping[str, Json]) -> None:
        self.path = path
        self.replies: dict[str, Reply] = {}
        self._header = json.loads(json.dumps({"probe": FORMAT, **header}))
        self._end = 0  # of the last whole line
        self._room = 0  # up to where the file takes up the disk
        self._file = -1

    def __enter__(self) -> Journal:
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            _lock(self._file, self.path)
            try:
                self._read()
            except BaseException:
                os.close(self._file)
                raise
        except OSError as error:
            raise PgtError(f"cannot write `{self.path}`: {error.strerror or error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.ftruncate(self._file, self._end)
        finally:
            os.close(self._file)

    def reserve(self, bytes: int) -> None:
        """Take so much room on the disk beyond the last reply. Raises ``PgtError`` when there is none."""
        wanted = self._end + bytes
        if wanted <= self._room:
            return
        wanted += bytes  # a call for every second reply at most
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._file, self._room, wanted - self._room)
            else:
                _write(self._file, b"\0" * (wanted - self._room), self._room)
        except OSError as error:
            raise PgtError(
                f"there is no room for more replies in `{self.path}`: {error.strerror or error}. What was answered is "
                "there; give the same command again once there is room"
            ) from error
        self._room = wanted

    def add(self, key: str, reply: Reply) -> None:
        """Keep a reply; it is on the disk when this returns. Raises ``PgtError`` when it cannot be written."""
        self._append(reply.to_json(key))
        self.replies[key] = reply

    def _append(self, value: Mapping[str, Json]) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
        try:
            _write(self._file, line, self._end)
            os.fsync(self._file)
        except OSError as error:
            raise PgtError(f"cannot write `{self.path}`: {error.strerror or error}") from error
        self._end += len(line)
        self._room = max(self._room, self._end)

    def _read(self) -> None:
        """The lines that are there, and where the last whole one ends."""
        first, number = True, 0
        with os.fdopen(os.dup(self._file), "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n") or line.startswith(b"\0"):
                    break
                try:
                    value = json.loads(line)
                    if first:
                        self._check(value)
                    else:
                        self.replies[value["q"]] = Reply.from_json(value)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    raise PgtError(
                        f"{self.path}:{number}: this is no line of a journal ({error}); take the line out, and its "
                        "question is asked again"
                    ) from error
                first = False
                self._end += len(line)
        os.ftruncate(self._file, self._end)
        self._room = self._end
        if first:
            self._append(self._header)

    def _check(self, found: Mapping[str, Json]) -> None:
        for name, wanted in self._header.items():
            if found.get(name) != wanted:
                raise PgtError(
                    f"`{self.path}` has replies with another {_NAMES.get(name, name)}: {found.get(name)!r} instead of "
                    f"{wanted!r}; choose another --out, or take the file away"
                )


_NAMES = {"data": "data set", "probe": "format"}


def _write(file: int, data: bytes, at: int) -> None:
    """Write all of it: the system may take less."""
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, at)
        view, at = view[done:], at + done


def _lock(file: int, path: Path) -> None:
    """Hold the file until it is closed. Raises ``PgtError`` when another process does."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PgtError(f"another probe is writing `{path}`") from None
