"""pgt-dsl: a language for tasks about pictures. ``pgt_dsl.load("spec.pgt")`` is the way in from Python.

The package imports nothing by itself, so that the command line starts fast; ``load`` and ``Task`` come on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pgt_dsl.api import Task, load, load_all
    from pgt_dsl.dataset.torch_data import PgtDataset, PgtStream
    from pgt_dsl.diagnostics import PgtError, SpecError

__version__ = "0.1.0"
__all__ = ["PgtError", "SpecError", "Task", "__version__", "load", "load_all"]  # and what needs torch, by its name

_HOMES = {
    "Task": "pgt_dsl.api",
    "load": "pgt_dsl.api",
    "load_all": "pgt_dsl.api",
    "PgtDataset": "pgt_dsl.dataset.torch_data",
    "PgtStream": "pgt_dsl.dataset.torch_data",
    "PgtError": "pgt_dsl.diagnostics",
    "SpecError": "pgt_dsl.diagnostics",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pgt_dsl' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
