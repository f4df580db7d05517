"""Splits by expression: a task becomes two, one without what is held out and one of nothing else.

The expression is required of the one and forbidden of the other, so what it says of picks alone prunes their
combinations, and shares are exact over the rest of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pgt_dsl.api import load_changed
from pgt_dsl.dataset.mix.order import apportion
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import Collector, SpecError
from pgt_dsl.passage import Changes, HeldOut, Passage


@dataclass(frozen=True)
class Parted:
    """The tasks of a recipe, with what is held out apart. ``counts``: samples of each; ``origin``: the place of each
    among the recipe's; ``only``: the split that has all of it, None for the other splits; ``left``: the names of the
    tasks that the expression of a split says nothing of."""

    tasks: tuple[Task, ...]
    counts: tuple[int, ...]
    origin: tuple[int, ...]
    only: tuple[str | None, ...]
    left: Mapping[str, tuple[str, ...]]


def part(
    files: Sequence[tuple[Path, Changes]], counts: Sequence[int], held: Sequence[HeldOut], scale: int | None = None
) -> Parted:
    """Part the tasks of some files with their samples. ``scale``: as many samples in all, in the same proportions.

    A task that lacks a name of the expression has no part in that split. Raises ``SpecError`` when no task has all of
    its names, when it is wrong otherwise, or when a split asks for all samples or more of the tasks that have them.
    """
    tasks = load_changed(files)
    without: list[list[Passage]] = [[] for _ in tasks]
    made: list[tuple[Task, int, int, str | None]] = []
    rest, left = list(counts), dict[str, tuple[str, ...]]()
    for out in held:
        found: dict[int, Task] = {}
        unknown: list[SpecError] = []
        for k, (file, changes) in enumerate(files):
            stage = "" if changes.stage is None else f"/{changes.stage.name}"  # which is put behind the name anyway
            name = f"{tasks[k].name.removesuffix(stage)}/{out.split}"
            try:
                found[k] = load_changed([(file, replace(changes, name=name, only=(out.where,)))])[0]
            except SpecError as error:
                if not _only_unknown(error, out.where):
                    raise
                unknown.append(error)
        if not found:
            raise unknown[0]
        weights = [float(n) if k in found else 0.0 for k, n in enumerate(rest)]
        if out.count >= sum(rest[k] for k in found):
            _too_many(out, sum(rest[k] for k in found))
        for k, many in enumerate(apportion(out.count, weights)):
            if many:
                made.append((found[k], many, k, out.split))
                rest[k] -= many
        for k in found:
            without[k].append(out.where)
        left[out.split] = tuple(task.name for k, task in enumerate(tasks) if k not in found)
    plain = load_changed((file, replace(changes, without=tuple(without[k]))) for k, (file, changes) in enumerate(files))
    whole = [(task, rest[k], k, None) for k, task in enumerate(plain) if rest[k] > 0] + made
    numbers = [n for _, n, _, _ in whole]
    if scale is not None:
        numbers = apportion(scale, [float(n) for n in numbers])
        whole = [row for row, n in zip(whole, numbers, strict=True) if n]
        numbers = [n for n in numbers if n]
    return Parted(tuple(t for t, *_ in whole), tuple(numbers), tuple(k for *_, k, _ in whole),
                  tuple(only for *_, only in whole), left)  # fmt: skip


def splits_of(splits: Mapping[str, int], parted: Parted) -> dict[str, int]:
    """The samples of each split: those held out as they came out, the others by what they had asked for."""
    held = {
        name: sum(n for n, only in zip(parted.counts, parted.only, strict=True) if only == name)
        for name in splits
        if name in parted.only
    }
    others = [name for name in splits if name not in held]
    shares = apportion(sum(parted.counts) - sum(held.values()), [float(splits[name]) for name in others])
    found = {**held, **dict(zip(others, shares, strict=True))}
    return {name: found[name] for name in splits}


def _only_unknown(error: SpecError, where: Passage) -> bool:
    """Whether all that is wrong is names in the expression that the task does not have."""
    wrong: Iterable[bool] = (
        d.code == "N301" and d.label is not None and d.label.span.source.name == where.name
        for d in error.diagnostics
        if d.severity == "error"
    )  # fmt: skip
    return all(wrong)


def _too_many(out: HeldOut, there: int) -> None:
    errors = Collector()
    errors.error("R809", f"`{out.split}` holds out {out.count:,} samples of tasks that have {there:,} to give",
                 out.where.span, help="lower its `count`, or raise the samples of the tasks")  # fmt: skip
    errors.raise_errors()
