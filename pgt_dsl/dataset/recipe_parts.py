"""What the parts of a recipe say in the language or name on the disk: expressions at their places, and spec files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.recipe_faults import fail
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.passage import Passage, Stepped, passage, passages
from pgt_dsl.source import Source
from pgt_dsl.spec_files import SUFFIX, spec_files


def settings(source: Source, number: int, given: Mapping[str, Any]) -> dict[str, Passage]:
    """The expressions of ``set`` of a task, by its number. Raises ``SpecError``."""
    if not given:
        return {}
    found = passages(source, "task", number, "set")
    lost = next((name for name in given if name not in found), None)
    if lost is not None:
        fail(source, "R810", f"`set.{lost}` cannot be read in place", lost, ("task", str(number)),
             ["write it as `set = { n = \"2 .. 4\" }` below `[[task]]`"])  # fmt: skip
    return {name: found[name] for name in given}


def stepped(source: Source, number: int, key: str, given: str | Mapping[str, Any], group: bool) -> dict[str, Stepped]:
    """What ``sweep`` or ``levels`` (``key``) of a task steps through. Raises ``SpecError``."""
    if isinstance(given, str):
        place = passage(source, "task", number, key)
        if place is None:
            fail(source, "R810", f"`{key}` cannot be read in place", key, ("task", str(number)))
        return {given: Stepped(place, group=group)}
    found = passages(source, "task", number, key)
    made = {}
    for name, value in given.items():
        if name not in found:
            fail(source, "R810", f"`{key}.{name}` cannot be read in place", name, ("task", str(number)),
                 [f"write it as `{key} = {{ {name} = 8 }}` below `[[task]]`"])  # fmt: skip
        count = value if isinstance(value, int) and not isinstance(value, bool) else None
        made[name] = Stepped(found[name], None if count is not None else found[name], count, group)
    return made


def files_of(pattern: str, path: Path, source: Source) -> list[Path]:
    """The specs of a file, folder or pattern beside the recipe (or among the shipped ones)."""
    from pgt_dsl.resources import data_path

    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        fail(source, "R802", f"`{pattern}` leaves the folder of the recipe", pattern)
    for folder in (path.parent, data_path("task_specs")):
        exact = folder / pattern
        try:
            if exact.is_dir():
                return list(spec_files([exact]))
        except SpecError:
            continue
        found = sorted(p for p in folder.glob(pattern) if p.suffix == SUFFIX and p.is_file())
        if not found and exact.with_name(exact.name + SUFFIX).is_file():
            found = [exact.with_name(exact.name + SUFFIX)]
        if found:
            return found
    fail(source, "R802", f"`{pattern}` matches no spec", pattern)
