"""What a program means, as a hash that the language may grow beside.

``program_hash`` numbers nodes as they come, those of named lists that no line uses among them: it names the draws of a
task, and is another one as soon as the language has one more list. Here a node is what is computed in it, so that what
is unused and how nodes are numbered takes no part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import Json, Origin, Program
from pgt_dsl.program.serial import WORDS


def meaning_hash(program: Program) -> str:
    """Sixteen hex digits, the same for programs that draw, ask and paint by the same laws."""
    digests: list[str] = []
    for node in program.nodes:  # arguments come before what is computed from them
        digests.append(_digest(_plain(node, digests)))
    return _digest(_plain(replace(program, nodes=()), digests))


def _digest(value: Json) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any, digests: Sequence[str]) -> Json:
    if isinstance(value, Type):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        words = WORDS.get(type(value), ())
        told = [f for f in fields(value) if f.name not in words and not isinstance(getattr(value, f.name), Origin)]
        # what is as it is where nothing is said takes no part: so the core may grow, too
        return {f.name: _of_field(value, f, digests) for f in told if getattr(value, f.name) != f.default}
    if isinstance(value, Mapping):
        return {key: _plain(item, digests) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item, digests) for item in value]
    return value


def _of_field(owner: Any, field: Any, digests: Sequence[str]) -> Json:
    """A field of a dataclass; numbers of nodes, which its annotation tells, become what the nodes are."""
    value = getattr(owner, field.name)
    return _named(value, digests) if "NodeId" in str(field.type) else _plain(value, digests)


def _named(value: Any, digests: Sequence[str]) -> Json:
    if isinstance(value, Mapping):
        return {key: _named(item, digests) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_named(item, digests) for item in value]
    return None if value is None else digests[value]
