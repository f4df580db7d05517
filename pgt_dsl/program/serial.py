"""Programs as JSON and as hashes: the round trip is exact, and the hash ignores origins, comments and layout."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import program as core
from pgt_dsl.program.datatypes import Type, type_of
from pgt_dsl.program.program import Hole, Json, Origin, Program

VERSION = 1
WORDS: dict[type, tuple[str, ...]] = {  # what is said about a task, and changes nothing in it
    Program: ("doc",), core.Template: ("source",), core.Constraint: ("because", "label"),
}  # fmt: skip
_LATER: dict[type, tuple[str, ...]] = {  # fields that older programs do not have
    core.Mistake: ("some",), core.Twin: ("steps",), Program: ("stage",),
}  # fmt: skip
_HINTS: dict[type, dict[str, Any]] = {}


def to_json(program: Program) -> Json:
    """The program as plain JSON values."""
    return {"version": VERSION, "program": _plain(program, True)}


def from_json(data: Json) -> Program:
    """The program behind ``to_json``. Raises ``PgtError`` when the data is not one, or of another version."""
    if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("program"), dict):
        found = data.get("version") if isinstance(data, dict) else None
        raise PgtError(f"not a program of format {VERSION} (found {found!r})")
    try:
        made = _build(Program, data["program"])
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise PgtError(f"this is not a program: {error}") from error
    assert isinstance(made, Program)
    return made


def program_hash(program: Program) -> str:
    """Sixteen hex digits that name the task: equal meaning, equal hash; origins and docs take no part."""
    text = json.dumps(_plain(program, False), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any, origins: bool) -> Json:
    if isinstance(value, Type):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        made: dict[str, Json] = {}
        for field in fields(value):
            item = getattr(value, field.name)
            if not origins and (isinstance(item, Origin) or field.name in WORDS.get(type(value), ())):
                continue
            if field.name in _LATER.get(type(value), ()) and item == field.default:
                continue
            made[field.name] = _plain(item, origins)
        return made
    if isinstance(value, Mapping):
        return {key: _plain(item, origins) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item, origins) for item in value]
    return value


def _build(hint: Any, data: Json) -> Any:
    """A value of the annotated type from JSON."""
    if hint is Type:
        return type_of(data)
    if is_dataclass(hint):
        assert isinstance(hint, type)
        hints = _HINTS.get(hint)
        if hints is None:
            hints = _HINTS[hint] = get_type_hints(hint, vars(core))
        # programs written before something had a place in the text have none for it
        later = _LATER.get(hint, ())
        told = [f for f in fields(hint) if f.name in data or (hints[f.name] is not core.Origin and f.name not in later)]
        return hint(**{f.name: _build(hints[f.name], data[f.name]) for f in told})
    outer, inner = get_origin(hint), get_args(hint)
    if outer is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_build(inner[0], item) for item in data)
        return tuple(_build(h, item) for h, item in zip(inner, data, strict=True))
    if outer is not None and isinstance(outer, type) and issubclass(outer, Mapping):
        return {key: _build(inner[1], item) for key, item in data.items()}
    if inner and type(None) in inner:
        return None if data is None else _build(next(h for h in inner if h is not type(None)), data)
    if inner and Hole in inner:
        return data if isinstance(data, str) else _build(Hole, data)
    return data
