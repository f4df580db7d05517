"""Interned strings: a text or form column holds small integers that are equal exactly when the strings are.

Codes depend on the order of interning, so nothing but equality may ever be read from them.
"""

from __future__ import annotations

_codes: dict[str, int] = {}
_texts: list[str] = []


def intern(text: str) -> int:
    """The code of ``text`` (equal strings, equal codes; only within this process)."""
    code = _codes.get(text)
    if code is None:
        code = _codes[text] = len(_texts)
        _texts.append(text)
    return code


def string(code: int) -> str:
    """The string behind a code. Raises ``IndexError`` for a code that was never given out."""
    if code < 0:
        raise IndexError(code)
    return _texts[code]
