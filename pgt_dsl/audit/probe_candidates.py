"""Guesses of the right shape by how it stands out among those that could be right: the largest, the odd colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pgt_dsl.audit.counting import tail
from pgt_dsl.audit.finding import Test
from pgt_dsl.scene.scene import Scene, SceneShape

TOLD = ("size", "width", "height", "radius", "length", "turn", "stroke", "layer", "x", "y")
ALIKE = ("color", "form")


def probe(
    ask: int, scenes: Sequence[Scene], groups: frozenset[str], causal: frozenset[tuple[str, str]], seed: int
) -> Iterator[Test]:
    """A test for each field of the candidates, the shapes of ``groups``; ``causal`` are the (group, field) from which
    the answer is computed. Given the candidates of a scene, each rank must be the right one equally often."""
    rng = np.random.default_rng(seed)
    ranks: dict[str, list[tuple[int, int]]] = {}
    for scene in scenes:
        shapes = [s for s in scene.shapes if s.group in groups]
        right = next((k for k, s in enumerate(shapes) if s.slot == scene.asks[ask].value), None)
        if right is None or not 2 <= len(shapes) <= 12:
            continue
        ties = rng.random(len(shapes)).tolist()
        for field in (*TOLD, *ALIKE):
            scores = _scores(shapes, field)
            if scores is None or len(set(scores)) < 2:
                continue
            rank = sorted(range(len(shapes)), key=lambda k: (scores[k], ties[k])).index(right)
            ranks.setdefault(field, []).append((rank, len(shapes)))
    for field, found in ranks.items():
        if len(found) >= 50:
            cue = any((group, field) in causal for group in groups)
            yield _ranked(ask, field, np.array(found), cue)


def _scores(shapes: Sequence[SceneShape], field: str) -> list[float] | None:
    values = [s.fields.get(field) for s in shapes]
    if field in ("x", "y"):
        values = [None if s.fields.get("at") is None else s.fields["at"][field == "y"] for s in shapes]
    if any(v is None for v in values):
        return None
    return [float(values.count(v)) for v in values] if field in ALIKE else [float(v) for v in values]  # type: ignore[arg-type]


def _ranked(ask: int, field: str, found: np.ndarray, cue: bool) -> Test:
    total, degrees, hits, fair, said = 0.0, 0, 0, 0.0, []
    for many in np.unique(found[:, 1]):
        rank = found[found[:, 1] == many, 0]
        if len(rank) < 5 * many:
            continue
        counts = np.bincount(rank, minlength=many)
        total += float(((counts - len(rank) / many) ** 2 / (len(rank) / many)).sum())
        degrees += int(many) - 1
        hits += int(counts.max())
        fair += len(rank) / many
        said.append(f"number {counts.argmax() + 1} of {many} in {counts.max() / len(rank):.0%}")
    what = f"the rank of the right shape by {field}" if field in TOLD else f"how many share the right shape's {field}"
    n = max(len(found), 1)
    return Test("candidates", ask, what, tail(total, degrees), len(found), hits / n, fair / n, columns=(field,),
                cue=cue, degrees=max(degrees, 1),
                hint="counted from the least, the right one is " + ", ".join(said))  # fmt: skip
