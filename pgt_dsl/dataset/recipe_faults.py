"""What is wrong with a recipe, told like the faults of a spec: with a code, its line, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from pydantic import BaseModel, ValidationError

from pgt_dsl.dataset.mix.source import MixError
from pgt_dsl.diagnostics import Collector, SpecError
from pgt_dsl.source import Source, Span

_NEEDS = {
    "specs": 'write `specs = "FILE, FOLDER OR PATTERN"` below `[[task]]`',
    "data": 'write `data = "FILE, FOLDER OR PATTERN"` below `[[mix]]`',
    "name": 'write `name = "..."` below `[[{kind}]]`',
    "task": 'write `[[task]]` and below it `specs = "FILE, FOLDER OR PATTERN"`',
}


def invalid(
    source: Source, error: ValidationError, recipe: type[BaseModel], parts: Mapping[str, type[BaseModel]]
) -> NoReturn:
    """Every fault that pydantic found, each with its place. ``parts``: the models of ``[[task]]`` and the others."""
    errors = Collector()
    faults = error.errors()
    deep = {fault["loc"][0] for fault in faults if len(fault["loc"]) > 1}
    for fault in faults:
        if fault["type"] == "too_short" and fault["loc"] and fault["loc"][0] in deep:
            continue  # pydantic counts only items without faults
        where = [str(part) for part in fault["loc"]]
        kind = where[0] if len(where) > 1 and where[0] in parts else "recipe"
        key = next((part for part in reversed(where) if not part.isdigit()), "")
        message = fault["msg"].removeprefix("Value error, ")
        helps: list[str] = []
        if fault["type"] == "extra_forbidden":
            model = parts.get(kind, recipe)
            known = [field.alias or name for name, field in model.model_fields.items()]
            close = difflib.get_close_matches(key, known, 1, 0.6)
            message = f"a {kind} has no `{key}`"
            helps = [*(f"did you mean `{c}`?" for c in close), "it has: " + ", ".join(known)]
        elif fault["type"] == "missing":
            message = f"a {kind} needs `{key}`"
            helps = [_NEEDS[key].format(kind=kind)] if key in _NEEDS else []
        elif key and not where[-1].isdigit():
            message = f"`{'.'.join(where)}`: {message[0].lower()}{message[1:]}"
        named = re.match(r"`(\w+)`", message)
        errors.error(
            "R801", message, span(source, named[1] if named and where[-1:] != [key] else key, where), help=helps
        )
    raise SpecError(sorted(errors.found, key=lambda found: found.label.span.start if found.label else 0))


def fail(
    source: Source, code: str, message: str, near: str, part: Sequence[str] = (), help: Sequence[str] = ()
) -> NoReturn:
    """One fault at the first place of ``near``, of the part ``("mix", "1")`` where it is told."""
    errors = Collector()
    errors.error(code, message, span(source, near, part), help=help)
    raise SpecError(errors.found)


def mix_fault(source: Source, error: MixError, names: Sequence[str]) -> SpecError:
    """The faults of mixes at their places in the recipe; ``names`` are those of its mixes, in their order."""
    errors = Collector()
    for fault in (error, *error.others):
        first, *rest = fault.message.splitlines()
        part = ("mix", str(names.index(fault.name))) if fault.name in names else ()
        near = fault.near if fault.near and fault.near in source.text else "[[mix]]"
        helps = [line.strip() for line in rest]
        if fault.code == "R806":
            helps.append("mend the data, or write `skip_bad = true` below `[[mix]]`: others take their place")
        if fault.code == "R807":
            helps.append("ask for fewer; without `samples`, `share` and `ratio` it gives all that it has")
        errors.error(fault.code, first, span(source, near, part), help=helps)
    return SpecError(sorted(errors.found, key=lambda found: found.label.span.start if found.label else 0))


def span(source: Source, near: str, part: Sequence[str] = ()) -> Span:
    """The first place of a word in the text, or in the part of it that ``("task", "2", ...)`` names; the start where it
    does not stand."""
    start, end = 0, len(source.text)
    if len(part) > 1 and part[1].isdigit():
        head = re.compile(rf"^[ \t]*\[\[[ \t]*{re.escape(part[0])}[ \t]*\]\]", re.M)
        heads = [match.start() for match in head.finditer(source.text)]
        if int(part[1]) < len(heads):
            start = heads[int(part[1])]
            follow = re.compile(r"^[ \t]*\[", re.M).search(source.text, source.text.find("]]", start))
            end = follow.start() if follow else end
    whole = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(near)}(?![A-Za-z0-9_])") if near else None
    found = whole.search(source.text, start, end) if whole else None
    if found is not None:
        return Span(source, found.start(), found.end())
    at = source.text.find(near, start, end) if near else -1
    if at >= 0:
        return Span(source, at, at + len(near))
    if start:
        line = source.text.find("\n", start)
        return Span(source, start, line if line >= 0 else len(source.text))
    return Span(source, 0, 0)
