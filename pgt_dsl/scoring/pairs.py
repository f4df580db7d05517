"""Scores of groups: of pictures that differ in one thing, how often two or all are right, and whether the model saw it.

A model that always says "yes" is right on half of the twins and on no pair. A sweep has groups of any size: a model
that always says "left" is right on a quarter of What'sUp's quads, and on no set (Kamath et al., EMNLP 2023).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pgt_dsl.scoring.score import Score, score
from pgt_dsl.scoring.subject import asked

Json = Any


@dataclass(frozen=True, slots=True)
class PairScores:
    """Shares over groups, None where there is none to judge.

    ``accuracy``: of single answers that are right. ``groups``: how many groups of two or more. ``pair``: of pairs
    within a group, both right (for twins: of groups). ``whole``: of groups with all their answers right. ``flips``: of
    pairs whose right answers differ, those where the given answers differ too, right or wrong. ``alone``: how many
    answers had no partner. ``all_right`` has each group and whether it is all right. ``torn``: groups of sweeps of
    which a step has no answer; they are in ``pair`` and ``flips``, and not in ``whole``. ``steps``: for each task with
    a sweep the share that is right at each of its steps, in their order (None where nothing was answered).
    """

    accuracy: float | None
    groups: int
    pair: float | None
    whole: float | None
    flips: float | None
    alone: int
    all_right: Mapping[str, bool]
    torn: int = 0
    steps: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)


def score_pairs(rows: Iterable[tuple[Any, str]], ask: int = 0, **options: Any) -> PairScores:
    """Score (sample, text) pairs and judge them by group. ``options`` are those of ``score``.

    Groups are those of ``Sample.group``, a row's ``group``, or ``Scene.twin_of``.
    """
    singles: list[Score] = []
    groups: dict[str, list[tuple[Score, str]]] = {}
    left: dict[str, set[int]] = {}  # steps of each group that have no answer yet
    steps: dict[str, list[list[bool]]] = {}
    for sample, text in rows:
        question = asked(sample, ask, options.get("style"))
        found = score(sample, text, ask=ask, **options)
        singles.append(found)
        name = _group(sample) or question.group
        if name:
            groups.setdefault(name, []).append((found, json.dumps(question.ask.value)))
        if name and question.scene is not None and question.scene.steps:
            scene = question.scene
            left.setdefault(name, set(range(scene.steps))).discard(scene.twin)
            steps.setdefault(scene.task, [[] for _ in range(scene.steps)])[scene.twin].append(found.right)
    several = {name: members for name, members in groups.items() if len(members) > 1}
    both: list[bool] = []
    flips: list[bool] = []
    for members in several.values():
        for k, (one, wanted) in enumerate(members):
            for other, also in members[k + 1 :]:
                both.append(one.right and other.right)
                if wanted != also:
                    flips.append(one.parsed is not None and other.parsed is not None and one.parsed != other.parsed)
    torn = {name for name in several if left.get(name)}
    right = {name: all(found.right for found, _ in m) for name, m in several.items() if name not in torn}
    return PairScores(
        _share([found.right for found in singles]),
        len(several),
        _share(both),
        _share(list(right.values())),
        _share(flips),
        len(singles) - sum(map(len, several.values())),
        right,
        len(torn),
        {task: tuple(map(_share, found)) for task, found in steps.items()},
    )


def _group(sample: Any) -> str:
    found = sample.get("group") if isinstance(sample, Mapping) else getattr(sample, "group", "")
    return found if isinstance(found, str) else ""


def _share(truths: list[bool]) -> float | None:
    return sum(truths) / len(truths) if truths else None
