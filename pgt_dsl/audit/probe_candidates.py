"""Guesses of the right shapes by how they stand out among those that could be right: the largest, the odd colour."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from pgt_dsl.audit.counting import FEWEST, tail
from pgt_dsl.audit.finding import Test
from pgt_dsl.audit.table import Seen
from pgt_dsl.scene.scene import Scene, SceneShape

MOST = 12  # candidates of a scene
Reads = Callable[[str, str, str], bool]  # whether the answer is computed from (group, field, part)
Told = tuple[str, str, bool]  # a field, its part, whether it is a number


def probe(
    ask: int, scenes: Sequence[Scene], groups: frozenset[str], seen: Seen, reads: Reads, seed: int
) -> Iterator[Test]:
    """A test for each field of the candidates, the shapes of ``groups``. Given the candidates of a scene, each rank
    must be the right one equally often."""
    rng = np.random.default_rng(seed)
    ranks: dict[Told, list[tuple[int, int]]] = {}
    looks: dict[Told, dict[str, list[float]]] = {}
    for scene in scenes:
        shapes = [s for s in scene.shapes if s.group in groups]
        right = next((k for k, s in enumerate(shapes) if s.slot == scene.asks[ask].value), None)
        if right is None or not 2 <= len(shapes) <= MOST:
            continue
        ties = rng.random(len(shapes)).tolist()
        for told in fields(shapes, seen):
            scores = scores_of(shapes, told)
            if scores is None:
                continue
            if not told[2]:
                _look(looks.setdefault(told, {}), [str(s.fields[told[0]]) for s in shapes], right)
            if len(set(scores)) < 2:
                continue
            rank = sorted(range(len(shapes)), key=lambda k: (scores[k], ties[k])).index(right)
            ranks.setdefault(told, []).append((rank, len(shapes)))
    for told, found in ranks.items():
        if len(found) >= 50:
            yield _ranked(ask, told, np.array(found), groups, any(reads(group, *told[:2]) for group in groups))
    for told, kinds in looks.items():
        usual = {kind: c for kind, c in kinds.items() if c[1] >= FEWEST and c[0] - c[1] >= FEWEST}
        if len(usual) > 1:
            yield _looked(ask, told, usual, groups, any(reads(group, *told[:2]) for group in groups))


def _look(kinds: dict[str, list[float]], values: Sequence[str], right: int) -> None:
    """Count for each kind of look in how many scenes the right one might have it, the chance of it, and whether."""
    for kind, many in Counter(values).items():
        if many < len(values):
            held = kinds.setdefault(kind, [0.0, 0.0, 0.0, 0.0])
            share = many / len(values)
            for k, value in enumerate((1.0, share, float(values[right] == kind), share * (1 - share))):
                held[k] += value


def _looked(ask: int, told: Told, usual: Mapping[str, Sequence[float]], groups: frozenset[str], cue: bool) -> Test:
    odd = max(usual, key=lambda k: abs(usual[k][2] - usual[k][1]) / usual[k][3] ** 0.5)
    n, fair, hit, spread = usual[odd]
    # of the looks the oddest counts, and pays for their number: those of one scene exclude each other
    p = min(1.0, len(usual) * max(math.erfc(abs(hit - fair) / math.sqrt(2 * spread)), 1e-300))
    return Test("candidates", ask, f"which {called(told)} the right shape has", p, int(n),
                hit / n, fair / n, columns=(called(told),), cue=cue, groups=tuple(sorted(groups)),
                hint=f"the right one is `{odd}` in {hit / n:.0%} of the scenes where one is and another is not, where "
                     f"chance gives {fair / n:.0%}")  # fmt: skip


def fields(shapes: Sequence[SceneShape], seen: Seen) -> list[Told]:
    """The fields that all of some shapes have and show."""
    found: list[Told] = []
    for name, value in shapes[0].fields.items():
        if not all(name in s.fields and seen(s.group, name) for s in shapes):
            continue
        if isinstance(value, list):
            if len(value) == 2 and all(isinstance(v, float) for v in value):
                found += [(name, "x", True), (name, "y", True)]
        elif isinstance(value, str | int | float):
            found.append((name, "", not isinstance(value, str | bool)))
    return found


def scores_of(shapes: Sequence[SceneShape], told: Told) -> list[float] | None:
    """For each shape the number by which it is ranked: its value, or how many shapes share it."""
    name, part, numeric = told
    values = [s.fields[name] for s in shapes]
    if any(v is None for v in values):
        return None
    if part:
        return [float(v[part == "y"]) for v in values]
    return [float(v) for v in values] if numeric else [float(values.count(v)) for v in values]


def called(told: Told) -> str:
    """A field in words: `x` for the x of `at`."""
    name, part, _ = told
    return (part if name == "at" else f"{name}.{part}") if part else name


def _ranked(ask: int, told: Told, found: npt.NDArray[np.int64], groups: frozenset[str], cue: bool) -> Test:
    total, degrees, hits, fair, said = 0.0, 0, 0, 0.0, []
    n = 0
    for many in np.unique(found[:, 1]):
        rank = found[found[:, 1] == many, 0]
        if len(rank) < 5 * many:
            continue
        counts = np.bincount(rank, minlength=many)
        total += float(((counts - len(rank) / many) ** 2 / (len(rank) / many)).sum())
        degrees += int(many) - 1
        n += len(rank)
        hits += int(counts.max())
        fair += len(rank) / many
        said.append(f"number {counts.argmax() + 1} of {many} in {counts.max() / len(rank):.0%}")
    word = called(told)
    what = f"the rank of the right shape by {word}" if told[2] else f"how many share the right shape's {word}"
    return Test("candidates", ask, what, tail(total, degrees), n, hits / max(n, 1), fair / max(n, 1), columns=(word,),
                cue=cue, groups=tuple(sorted(groups)), degrees=max(degrees, 1),
                hint="counted from the least, the right one is " + ", ".join(said))  # fmt: skip
