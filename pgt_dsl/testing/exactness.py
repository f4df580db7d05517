"""Checks of finished scenes that need nothing but the scenes and the plan: exact shares, phrases, margins, options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pgt_dsl.scene.scene import Answered, Scene

Combination = tuple[Any, ...]


def share_faults(names: Sequence[str], possible: Sequence[Combination], drawn: Sequence[Combination]) -> Iterator[str]:
    """Where the shares of quotas are not exact.

    names: the quotas in order of declaration. possible: every combination of their values that the plan has. drawn:
    the combinations of scenes 0, 1, 2, ... without a gap. Below each combination of the earlier values, every k
    consecutive scenes (k: how many values the next may take) have to show each of the k values once; so counts differ
    by at most 1, and are equal over whole blocks.
    """
    for depth, name in enumerate(names):
        children: dict[Combination, list[Any]] = {}
        for combination in possible:
            below = children.setdefault(combination[:depth], [])
            if combination[depth] not in below:
                below.append(combination[depth])
        runs: dict[Combination, list[Any]] = {}
        for combination in drawn:
            runs.setdefault(combination[:depth], []).append(combination[depth])
        for above, run in runs.items():
            where = f"`{name}`" + (f" below {above}" if above else "")
            values = children.get(above)
            if values is None:
                yield f"{where}: the plan has no such combination"
                continue
            for start in range(0, len(run), len(values)):
                block = run[start : start + len(values)]
                strange = [v for v in block if v not in values]
                if strange or any(block.count(v) > 1 for v in block):
                    yield f"{where}: scenes {start} to {start + len(block) - 1} show {block}, of {values}"
            counts = [run.count(v) for v in values]
            if max(counts) - min(counts) > 1:
                yield f"{where}: the counts {dict(zip(map(str, values), counts, strict=True))} differ by more than 1"


def scene_faults(scene: Scene) -> Iterator[str]:
    """What is wrong with one scene as it stands: ambiguous phrases, small margins, options."""
    where = f"{scene.task} #{scene.index}" + (f" (twin {scene.twin})" if scene.twin_of else "")
    bearers: dict[str, list[int]] = {}
    for shape in scene.shapes:
        if shape.entity and shape.phrase:
            bearers.setdefault(shape.phrase, []).append(shape.slot)
    for ask in scene.asks:
        for phrase, slots in bearers.items():
            if len(slots) > 1 and not set(slots).isdisjoint(ask.grounding) and _speaks_of(ask, phrase):
                yield f'{where}: "{phrase}" in "{ask.question}" / "{ask.text}" fits shapes {slots}'
        if ask.margin is not None and ask.margin < 1 - 1e-9:
            yield f"{where}: the answer holds by only {ask.margin:.4f} margins"
        yield from (f"{where}: {fault}" for fault in option_faults(ask))


def option_faults(ask: Answered) -> Iterator[str]:
    """What is wrong with the options of one question: the answer stands among them once, at ``correct``."""
    if not ask.options:
        if ask.correct is not None:
            yield "a right option without options"
        return
    if len(set(ask.options)) != len(ask.options):
        yield f"options repeat: {ask.options}"
    if ask.correct is None or ask.options[ask.correct] != ask.text or ask.options.count(ask.text) != 1:
        yield f"the answer {ask.text!r} does not stand once, at {ask.correct}, among {ask.options}"


def _speaks_of(ask: Answered, phrase: str) -> bool:
    pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)"
    return any(re.search(pattern, text, re.IGNORECASE) for text in (ask.question, ask.text, ask.sentence, ask.reason))


def combinations(stratum: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Combination]:
    """Combinations of quotas as tuples that can be compared: floats rounded to nine digits."""
    return [tuple(_plain(values[name]) for name in names) for values in stratum]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return tuple(_plain(v) for v in value) if isinstance(value, list | tuple) else value
