"""The members of a large JSON object one by one, without holding the file: lists are given item by item.

A file of annotations has several hundred MB, of which one item is looked at at a time. The text is read in portions;
an item is decoded by the standard decoder, and when the portion ends within it, more is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any

PORTION = 1 << 20  # characters read at once
MOST_ITEM = 64 << 20  # characters of one item, or of a member that is no list
_BLANK = " \t\r\n"


def members(path: Path, portion: int = PORTION) -> Iterator[tuple[str, int | None, Any]]:
    """The members of the object in a file: ``(name, None, value)``, and of a list ``(name, None, [])`` and then
    ``(name, place, item)`` for each item.

    Raises ``ValueError`` when the file is no object of JSON (what it is instead, or where it breaks off), ``OSError``
    when it cannot be read, and ``RecursionError`` for one nested too deep.
    """
    with path.open(encoding="utf-8-sig") as file:
        yield from _Reader(file, portion).members()


class _Reader:
    """What is left of the text that was read: ``text`` from ``at`` on."""

    def __init__(self, file: Any, portion: int) -> None:
        self.file, self.portion = file, portion
        self.text, self.at, self.before, self.ended = "", 0, 0, False
        self.decoder = json.JSONDecoder()

    def members(self) -> Iterator[tuple[str, int | None, Any]]:
        self._expect("{", "an object")
        if self._next() == "}":
            return self._end()
        while True:
            name = self._value()
            if not isinstance(name, str):
                raise self._error("the name of a member is a text")
            self._expect(":", "`:` after a name")
            if self._next() == "[":
                self.at += 1
                yield name, None, []
                yield from ((name, place, item) for place, item in enumerate(self._items()))
            else:
                yield name, None, self._value()
            if self._comma("}"):
                return self._end()

    def _items(self) -> Iterator[Any]:
        if self._next() == "]":
            self.at += 1
            return
        while True:
            yield self._value()
            if self._comma("]"):
                return

    def _comma(self, closing: str) -> bool:
        """Pass a comma, or the closing bracket: then True."""
        sign = self._next()
        if sign not in (",", closing):
            raise self._error(f"`,` or `{closing}` is missing")
        self.at += 1
        return sign == closing

    def _expect(self, sign: str, what: str) -> None:
        if self._next() != sign:
            raise self._error(f"{what} was expected")
        self.at += 1

    def _end(self) -> None:
        if self._next():
            raise self._error("there is more after the end")

    def _next(self) -> str:
        """The next character that is no blank; "" at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in _BLANK:
                    return self.text[self.at]
                self.at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Read on; False at the end."""
        added = "" if self.ended else self.file.read(max(self.portion, len(self.text) - self.at))
        self.ended = self.ended or not added
        self.before += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :] + added, 0
        return bool(added)

    def _value(self) -> Any:
        """The next value."""
        if not self._next():
            raise self._error("the file breaks off")
        while True:
            try:
                value, end = self.decoder.raw_decode(self.text, self.at)
            except JSONDecodeError as error:
                if len(self.text) - self.at > MOST_ITEM:
                    raise self._error("an item of more than 64 million characters") from error
                if self._more():
                    continue
                raise self._error(error.msg) from error
            # A number at the end of what was read may go on.
            if end == len(self.text) and not isinstance(value, str | list | dict) and self._more():
                continue
            self.at = end
            return value

    def _error(self, what: str) -> ValueError:
        line = self.before + self.text.count("\n", 0, self.at) + 1
        return ValueError(f"line {line}: {what}")
