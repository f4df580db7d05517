"""Guessers that are trained: on all columns that do not define the answer, and on pictures without what it is about.

They train on some scenes and are judged on others. What they reach is compared with the most frequent answer by an exact
binomial bound (Clopper and Pearson, 1934).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.audit.causes import Causes
from pgt_dsl.audit.dependence import Ints
from pgt_dsl.audit.table import Column
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.scene import Scene

SIDE = 16  # px to which a picture is averaged down
ROUNDS = 80  # trees of the guesser


@dataclass(frozen=True, slots=True)
class Guess:
    """``accuracy`` on ``rows`` scenes that were not trained on, ``plain`` that of the most frequent answer there, and
    the exact one-sided bound of the accuracy at the level asked for. ``best``: the columns that mattered most."""

    accuracy: float
    plain: float
    lower: float
    rows: int
    best: tuple[str, ...] = ()

    @property
    def gain(self) -> float:
        """How much better it is than the most frequent answer."""
        return self.accuracy - self.plain

    @property
    def sure(self) -> float:
        """The gain that it surely has."""
        return self.lower - self.plain


def from_columns(columns: Sequence[Column], right: Ints, alpha: float, seed: int) -> Guess | None:
    """A guesser with all columns at once. Boosted trees without early stopping: they see combinations, too."""
    chosen = [column for column in columns if not column.cause and column.where != "draw"]
    if not chosen:
        return None
    features = np.stack([column.codes for column in chosen], axis=1).astype(np.float64)
    model, guess = _guess(features, right, alpha, seed)
    return dataclasses.replace(guess, best=_best(model, features, right, chosen, seed))


def from_pictures(pipeline: Pipeline, causes: Causes, scenes: Sequence[Scene], right: Ints, alpha: float,
                  seed: int) -> Guess | None:  # fmt: skip
    """A guesser that sees pictures in which the shapes that the answer reads are missing. None where nothing else is
    painted but a plain ground."""
    names = {pipeline.program.groups[g].name for g in causes.groups} | _parts(pipeline, causes)
    left = [dataclasses.replace(s, shapes=tuple(shape for shape in s.shapes if shape.group not in names), cuts=())
            for s in scenes]  # fmt: skip
    if not any(shape.painted and shape.id for scene in left for shape in scene.shapes) and all(
        scene.background.kind == "plain" for scene in left
    ):
        return None
    features = np.stack([_small(painted.rgb[0]) for painted in pipeline.paint(left)])
    return _guess(features, right, alpha, seed)[1]


def _parts(pipeline: Pipeline, causes: Causes) -> set[str]:
    groups = pipeline.program.groups
    return {groups[part].name for g in causes.groups for part in groups[g].parts.values()} | {
        group.name for group in groups if group.parent is not None and group.parent in causes.groups
    }


def _small(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """A picture averaged down to ``SIDE`` x ``SIDE``, as one row."""
    from PIL import Image

    small = Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float64).ravel()


def _guess(features: npt.NDArray[np.float64], right: Ints, alpha: float, seed: int) -> tuple[Any, Guess]:
    trees, beta = _libraries()
    train = np.random.default_rng(seed).permutation(len(right)) < len(right) // 2
    model = trees(max_iter=ROUNDS, max_leaf_nodes=15, learning_rate=0.1, early_stopping=False, random_state=seed)
    model.fit(features[train], right[train])
    hits = int((model.predict(features[~train]) == right[~train]).sum())
    rows = int((~train).sum())
    plain = float((right[~train] == np.bincount(right[train]).argmax()).mean())
    lower = float(beta.ppf(alpha, hits, rows - hits + 1)) if hits else 0.0
    return model, Guess(hits / rows, plain, lower, rows)


def _best(model: Any, features: npt.NDArray[np.float64], right: Ints, columns: Sequence[Column], seed: int,
          most: int = 3) -> tuple[str, ...]:  # fmt: skip
    """The columns without which the guesser is worse, by permuting each (Breiman, 2001)."""
    rng = np.random.default_rng(seed + 1)
    rows = rng.permutation(len(right))[:2000]
    held, wanted = features[rows], right[rows]
    base = float((model.predict(held) == wanted).mean())
    losses = []
    for k in range(held.shape[1]):
        shuffled = held.copy()
        shuffled[:, k] = rng.permutation(shuffled[:, k])
        losses.append(base - float((model.predict(shuffled) == wanted).mean()))
    order = np.argsort(losses)[::-1][:most]
    return tuple(columns[k].name for k in order if losses[k] > 0)


def _libraries() -> tuple[Any, Any]:
    try:
        from scipy.stats import beta
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError as error:
        raise PgtError(f"trained guessers need scikit-learn: pip install 'pgt-dsl[audit]' ({error})") from error
    return HistGradientBoostingClassifier, beta
