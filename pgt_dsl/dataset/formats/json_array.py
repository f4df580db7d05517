"""Reading a JSON array from a file value by value, however its JSON is laid out, so memory holds a piece of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.reading import Problem

_CHUNK = 1 << 16
_MOST = 1 << 26  # characters of one record
_SPACE = " \t\r\n"


def array(path: Path, name: str) -> Iterator[tuple[int, Any] | Problem]:
    """The values of a JSON array in a file, with their numbers from 0, one after the other."""
    try:
        with path.open(encoding="utf-8") as file:
            yield from _values(file, name)
    except FileNotFoundError:
        yield Problem(name, None, "the file is missing", "a file")
    except OSError as error:
        yield Problem(name, None, f"the file cannot be read: {error.strerror or error}", "a file")
    except UnicodeDecodeError as error:
        yield Problem(name, None, f"the file is not UTF-8 from some place on: {error.reason}", "text")


def _values(file: Any, name: str) -> Iterator[tuple[int, Any] | Problem]:
    decoder = json.JSONDecoder()
    text = file.read(_CHUNK).lstrip(_SPACE + "\ufeff")
    if not text.startswith("["):
        yield Problem(name, None, "the file does not start with `[`", "an array of records")
        return
    text, number = text[1:], 0
    while True:
        text = text.lstrip(_SPACE)
        if number and text.startswith(","):
            text = text[1:].lstrip(_SPACE)
        if text.startswith("]"):
            if (text[1:] + file.read(_CHUNK)).strip(_SPACE):
                yield Problem(name, None, "there is something behind the array", "the end of the file")
            return
        try:
            value, end = decoder.raw_decode(text)
        except RecursionError:
            yield Problem(name, number, "this record is nested too deeply", "a record")
            return
        except ValueError as error:
            more = "" if len(text) > _MOST else file.read(max(_CHUNK, len(text)))
            if not more:
                what = f"no record follows, or the file is cut off here ({error}); the rest is not read"
                yield Problem(name, number, what, "a record, or `]`")
                return
            text += more
            continue
        yield number, value
        text, number = text[end:], number + 1
