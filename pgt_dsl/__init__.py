"""pgt-dsl: a language for tasks about pictures. ``pgt_dsl.load("spec.pgt")`` is the way in from Python.

The package imports nothing by itself, so that the command line starts fast; ``load``, ``score`` and the others come on
first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pgt_dsl.api import Task, load, load_all
    from pgt_dsl.dataset.torch_data import PgtDataset as PgtDataset
    from pgt_dsl.dataset.torch_data import PgtStream as PgtStream
    from pgt_dsl.diagnostics import PgtError, SpecError
    from pgt_dsl.scene.coordinates import CoordinateProfile
    from pgt_dsl.scoring.pairs import PairScores, score_pairs
    from pgt_dsl.scoring.score import Score, score

__version__ = "0.1.0"
__all__ = [  # and PgtDataset and PgtStream, which need torch
    "CoordinateProfile",
    "PairScores",
    "PgtError",
    "Score",
    "SpecError",
    "Task",
    "__version__",
    "load",
    "load_all",
    "score",
    "score_pairs",
]

_HOMES = {
    "Task": "pgt_dsl.api",
    "load": "pgt_dsl.api",
    "load_all": "pgt_dsl.api",
    "PgtDataset": "pgt_dsl.dataset.torch_data",
    "PgtStream": "pgt_dsl.dataset.torch_data",
    "PgtError": "pgt_dsl.diagnostics",
    "SpecError": "pgt_dsl.diagnostics",
    "CoordinateProfile": "pgt_dsl.scene.coordinates",
    "PairScores": "pgt_dsl.scoring.pairs",
    "score_pairs": "pgt_dsl.scoring.pairs",
    "Score": "pgt_dsl.scoring.score",
    "score": "pgt_dsl.scoring.score",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pgt_dsl' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
