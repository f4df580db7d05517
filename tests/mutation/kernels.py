"""The kernels of the numba painter as plain Python, so that a mutant of one runs without being compiled.

Numba leaves functions as they are where ``NUMBA_DISABLE_JIT`` is set before it is imported. What then differs is made
alike here: a number that is read from an array of unsigned numbers is a whole number of Python, as it is wide enough
in the compiled code; one that is written keeps its low bits; and the one call of memcpy is an assignment.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

SWITCH = "NUMBA_DISABLE_JIT"
SLOW = ("as wide as it", "hollow", "10,000", "pale")  # pictures that take seconds without a compiler


def interpreted() -> bool:
    """Whether this process runs kernels as plain Python."""
    return os.environ.get(SWITCH) == "1"


def prepare() -> None:
    """Make the renderer's kernels run as they are written. Raises ``AssertionError`` where they are compiled."""
    assert interpreted(), f"{SWITCH}=1 is to be set before numba is imported"
    from pgt_dsl.paint import numba_blend, numba_renderer

    for module in [*sys.modules.values()]:
        if getattr(module, "copy_items", None) is numba_blend.copy_items and module is not numba_blend:
            module.copy_items = _copy_items  # type: ignore[attr-defined]
    numba_blend.copy_items = _copy_items
    kernel = numba_renderer._paint_from
    numba_renderer._paint_from = lambda *given: kernel(*map(_whole, given))


def _copy_items(target: Any, first: int, source: Any, count: int) -> None:
    np.asarray(target)[first : first + count] = np.asarray(source)[:count]


class _Whole(np.ndarray[Any, Any]):
    """An array of unsigned numbers that are read as whole numbers of Python."""

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return found if isinstance(found, np.ndarray) else int(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value & ((1 << 8 * self.itemsize) - 1) if isinstance(value, int) else value)


def _whole(given: Any) -> Any:
    if isinstance(given, np.ndarray) and given.dtype.kind == "u":
        return given.view(_Whole)
    if isinstance(given, tuple) and hasattr(given, "_fields"):
        return type(given)(*map(_whole, given))
    return given
