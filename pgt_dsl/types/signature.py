"""Signatures of functions as data: ``"apart(a: shape, b: shape): length"`` parsed once, matched at each call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pgt_dsl.program.datatypes import BASES

_HEAD = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*\((.*)\)\s*:\s*([A-Za-z]+)\s*(?:\[(.*)\])?\s*$", re.S)
_PARAM = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*:\s*([A-Za-z]+)((?:\[\])*)\s*(?:=\s*(.*))?$", re.S)


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: base is a type, ``Q`` (any quantity) or ``T`` (any type); ``default`` an expression."""

    name: str
    base: str
    rank: int
    default: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """``size`` is the text between the brackets of a list result: a bound, as a product of parameters."""

    name: str
    params: tuple[Param, ...]
    result: str
    rank: int
    size: str


@cache
def parse_signature(text: str) -> Signature:
    """Read a signature. Raises ``ValueError`` naming what is wrong."""
    match = _HEAD.match(text)
    if match is None:
        raise ValueError(f"not a signature: {text!r}; write `name(a: shape): length`")
    name, body, result, size = match.groups()
    params = []
    for part in filter(str.strip, _split(body)):
        found = _PARAM.match(part)
        if found is None:
            raise ValueError(f"not a parameter: {part!r} in {text!r}")
        _known(found[2], text)
        params.append(Param(found[1], found[2], found[3].count("[]"), found[4].strip() if found[4] else None))
    _known(result, text)
    return Signature(name, tuple(params), result, 0 if size is None else 1, (size or "").strip())


def _known(base: str, text: str) -> None:
    if base not in BASES and base not in ("T", "Q"):
        raise ValueError(f"there is no type {base!r} in {text!r}")


def _split(body: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, char in enumerate(body):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(body[start:i])
            start = i + 1
    return [*parts, body[start:]]
