"""Answers that a model gave elsewhere: JSON lines with ``id``, ``text`` and, where a scene has several, ``ask``."""

from __future__ import annotations

import json
from pathlib import Path

from pgt_dsl.diagnostics import PgtError

Answer = tuple[str, int, str]
"""The sample's id, the question (from 0), what was said."""


def read_answers(path: Path) -> list[Answer]:
    """The answers of a file. Raises ``PgtError`` with the line of the first that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PgtError(f"cannot read the answers `{path}`: {getattr(error, 'strerror', None) or error}") from None
    found: dict[tuple[str, int], Answer] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        fields = data if isinstance(data, dict) else {}
        name, said, ask = fields.get("id"), fields.get("text"), fields.get("ask", 0)
        if not isinstance(name, str) or not isinstance(said, str) or type(ask) is not int or ask < 0:
            raise PgtError(f'{path}:{number}: an answer is one line like {{"id": "...", "text": "...", "ask": 0}}')
        if (name, ask) in found:
            raise PgtError(f"{path}:{number}: question {ask} of `{name}` is answered twice")
        found[name, ask] = name, ask, said
    return list(found.values())
