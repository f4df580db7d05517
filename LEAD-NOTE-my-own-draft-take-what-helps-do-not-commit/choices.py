"""What tells the right one of several apart: options of a question, or the shapes that may be its answer.

Each scene has a few things of which one is right. For a guesser all are alike, so each is right with the chance 1/k; the
law of a statistic under that is found by drawing the right one anew. A gain is that of taking the thing whose look was
right most often on other scenes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.audit.causes import Causes
from pgt_dsl.audit.dependence import PERMUTED, Ints, Tested, binned, coded, fitted_chance
from pgt_dsl.program.program import Ask, Program
from pgt_dsl.scene.scene import Answered, Scene

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
LENGTHS = ("the shortest", "of middle length", "the longest")


@dataclass(frozen=True)
class Choices:
    """Things of scenes, one after the other: scene s owns ``start[s] .. start[s + 1]``; ``right`` is the place of the
    right one within them. ``looks``: for each way to look at a thing, its codes and what they mean."""

    what: str
    start: Ints
    right: Ints
    looks: dict[str, tuple[Ints, list[str]]]


def options(asked: Sequence[Answered], ask: Ask, by_text: bool) -> Choices | None:
    """The options of a question; None where fewer than a hundred scenes have any. ``by_text``: whether the words of an
    option are beside the point (those of a shape are not, where the answer is defined by its colour)."""
    rows = [a for a in asked if a.correct is not None and len(a.options) > 1]
    if len(rows) < 100:
        return None
    texts = [text for a in rows for text in a.options]
    looks = {
        "its place among the options": _look([str(k + 1) for a in rows for k in range(len(a.options))]),
        "its length among the options": _look([said for a in rows for said in _lengths(a.options)]),
    }
    numbers = [_ranks(a.options) for a in rows]
    if all(found is not None for found in numbers):
        looks["its rank among the numbers"] = _look([said for found in numbers if found for said in found])
    if by_text:
        looks["its words"] = _look(texts)
    looks["words that it shares with other options"] = _look([said for a in rows for said in _shared(a.options)])
    sizes = np.asarray([len(a.options) for a in rows])
    right = np.asarray([a.correct for a in rows], np.int64)
    return Choices("option", np.concatenate([[0], np.cumsum(sizes)]), right, looks)


def candidates(program: Program, ask: Ask, causes: Causes, scenes: Sequence[Scene], number: int) -> Choices | None:
    """The shapes of which one is the answer, by what does not define it; None for answers that are no shape."""
    if ask.form != "shape":
        return None
    asked = [scene.asks[number] for scene in scenes]
    owners = {shape.slot: shape.group for shape in scenes[0].shapes}
    for scene in scenes:
        owners.update({shape.slot: shape.group for shape in scene.shapes})
    groups = {owners[a.value] for a in asked if a.value in owners}
    things = [[shape for shape in scene.shapes if shape.group in groups] for scene in scenes]
    chosen = [(row, [s.slot for s in row].index(a.value)) for row, a in zip(things, asked, strict=True)
              if len(row) > 1 and a.value in [s.slot for s in row]]  # fmt: skip
    if len(chosen) < 100:
        return None
    idents = {group.name: group.id for group in program.groups}
    shapes = [shape for row, _ in chosen for shape in row]
    looks = {"its place in the list": _look([str(k + 1) for row, _ in chosen for k in range(len(row))])}
    names = dict.fromkeys(name for shape in shapes[:64] for name in shape.fields)
    for name in names:
        if any(causes.field(idents[group], name) for group in groups):
            continue
        values = [shape.fields.get(name) for shape in shapes]
        if name == "at":
            continue  # where shapes are is bound to what is asked about them in many ways; see the picture
        codes = _values(values)
        if codes is not None:
            looks[f"its `{name}`"] = codes
    sizes = np.asarray([len(row) for row, _ in chosen])
    return Choices("shape", np.concatenate([[0], np.cumsum(sizes)]), np.asarray([k for _, k in chosen]), looks)


def judged(choices: Choices, rng: np.random.Generator) -> Iterator[tuple[str, Tested, str]]:
    """For each look: what it is worth, and the value that is right most above its chance."""
    sizes = np.diff(choices.start)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    fair = 1 / sizes[owner]
    train = rng.permutation(len(sizes)) < len(sizes) // 2
    for name, (codes, meanings) in choices.looks.items():
        kinds = int(codes.max()) + 1
        if kinds < 2:
            continue
        expected = np.bincount(codes, fair, kinds)
        drawn = np.empty((PERMUTED, kinds))
        for k in range(PERMUTED):
            pick = np.floor(rng.random(len(sizes)) * sizes).astype(np.int64)
            drawn[k] = np.bincount(codes[choices.start[:-1] + pick], minlength=kinds)
        right = np.bincount(codes[choices.start[:-1] + choices.right], minlength=kinds)
        spread = np.maximum(drawn.var(axis=0), 1e-9)
        null = ((drawn - expected) ** 2 / spread).sum(axis=1)
        found = float(((right - expected) ** 2 / spread).sum())
        gain, best = _gain(choices, codes, owner, fair, train)
        yield name, Tested(found, kinds - 1, fitted_chance(found, null), gain, 0.0), meanings[best]


def _gain(choices: Choices, codes: Ints, owner: Ints, fair: npt.NDArray[np.float64],
          train: npt.NDArray[np.bool_]) -> tuple[float, int]:  # fmt: skip
    kinds = int(codes.max()) + 1
    of_train = train[owner]
    rights = (choices.start[:-1] + choices.right)[train]
    seen = np.bincount(codes[of_train], fair[of_train], kinds)
    ratio = np.bincount(codes[rights], minlength=kinds) / np.maximum(seen, 1e-9)
    ratio = np.where(seen > 0, ratio, 0.0)
    score = ratio[codes]
    best = np.maximum.reduceat(score, choices.start[:-1])
    top = score >= best[owner] - 1e-12
    share = 1 / np.add.reduceat(top.astype(np.float64), choices.start[:-1])
    place = choices.start[:-1] + choices.right
    held = ~train
    hit = np.where(top[place], share, 0.0)[held].mean()
    return float(hit - (1 / np.diff(choices.start))[held].mean()), int(np.where(seen >= 5, ratio, 0.0).argmax())


def _look(words: list[str]) -> tuple[Ints, list[str]]:
    codes = coded(words)
    meanings = ["others"] * (int(codes.max()) + 1)
    for code, word in zip(codes.tolist(), words, strict=True):
        if meanings[code] == "others":
            meanings[code] = word
    return codes, meanings


def _values(values: list[Any]) -> tuple[Ints, list[str]] | None:
    some = next((value for value in values if value is not None), None)
    if isinstance(some, bool | str):
        return _look(["none" if value is None else str(value) for value in values])
    if isinstance(some, int | float):
        numbers = np.asarray([np.nan if value is None else value for value in values], np.float64)
        codes = binned(numbers)
        means = [np.nanmean(numbers[codes == k]) if (codes == k).any() else np.nan for k in range(int(codes.max()) + 1)]
        return codes, [f"about {mean:.3g}" for mean in means]
    return None


def _lengths(texts: Sequence[str]) -> list[str]:
    sizes = [len(text) for text in texts]
    if min(sizes) == max(sizes):
        return ["as long as the others"] * len(sizes)
    return [LENGTHS[0] if s == min(sizes) else LENGTHS[2] if s == max(sizes) else LENGTHS[1] for s in sizes]


def _ranks(texts: Sequence[str]) -> list[str] | None:
    """``2 of 4``: the rank of each number; None where one is none."""
    found = [NUMBER.search(text) for text in texts]
    if not all(found):
        return None
    numbers = [float(match[0]) for match in found if match]
    order = sorted(numbers)
    return [f"{order.index(number) + 1} of {len(numbers)}" for number in numbers]


def _shared(texts: Sequence[str]) -> list[str]:
    """How the words of an option overlap with the others': what a wrong option is made from has the most in common."""
    words = [set(text.lower().split()) for text in texts]
    shares = [sum(len(one & other) for other in words) - len(one) for one in words]
    if min(shares) == max(shares):
        return ["as many as the others"] * len(shares)
    return ["most" if s == max(shares) else "fewest" if s == min(shares) else "some" for s in shares]
