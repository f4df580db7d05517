"""Columns to plain values, a whole column at once: what a ``Scene`` holds are JSON values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.program.datatypes import NO_COLOR
from pgt_dsl.program.strings import string

Json = Any
Array = npt.NDArray[Any]


@lru_cache(maxsize=1)
def color_names() -> Mapping[str, str]:
    """The names of colours by ``"#rrggbb"``, from the installed plugins."""
    from pgt_dsl.plugins.registry import registry

    return names_of_colors(registry().colors)


def names_of_colors(colors: Mapping[str, str]) -> Mapping[str, str]:
    """``"#rrggbb"`` -> name; of two names of one colour the first stays."""
    names: dict[str, str] = {}
    for name, value in colors.items():
        if value != "none":
            names.setdefault(value, name)
    return names


def hex_color(packed: int) -> str:
    """``"#rrggbb"`` or ``"none"``."""
    return "none" if packed == NO_COLOR else f"#{packed & 0xFFFFFF:06x}"


def plain(data: Array, base: str, mask: Array | None = None, depth: int = 0) -> list[Json]:
    """A column as nested lists of JSON values, whatever its number of dimensions.

    ``mask`` (it broadcasts against ``data``) leaves the masked items of the last ``depth`` dimensions out and puts None
    for those of the others. Numbers that are not finite, and codes of no text, are None.
    """
    if mask is not None:
        data, mask = np.broadcast_arrays(data, mask)
    if base in ("point", "vector"):
        pairs = np.stack((data.real, data.imag), axis=-1)
        values = pairs.tolist() if np.isfinite(pairs).all() else _cleaned(pairs.tolist(), True)
    elif base in ("color", "form", "text"):
        values = _mapped(data, hex_color if base == "color" else _string)
    elif base in ("number", "length", "area", "angle"):
        data = np.asarray(data, np.float64)
        values = data.tolist() if np.isfinite(data).all() else _cleaned(data.tolist(), False)
    elif base == "bool":
        values = np.asarray(data, np.bool_).tolist()
    else:
        values = np.asarray(data, np.int64).tolist()
    if mask is None or data.ndim == 0:
        return list(values)
    if mask.all():
        return list(values)
    return list(_masked(values, mask.tolist(), data.ndim, depth))


def _string(code: int) -> str | None:
    try:
        return string(code)
    except IndexError:
        return None


def _mapped(data: Array, convert: Callable[[int], Json]) -> Json:
    """Convert each different code once."""
    codes, places = np.unique(data, return_inverse=True)
    table = np.empty(len(codes), dtype=object)
    table[:] = [convert(code) for code in codes.tolist()]
    return table[places.reshape(data.shape)].tolist()


def _cleaned(values: Json, pairs: bool) -> Json:
    """Values that are not finite become None (a pair with one of them too)."""
    if not isinstance(values, list):
        return values if math.isfinite(values) else None
    cleaned = [_cleaned(value, pairs) for value in values]
    if pairs and len(cleaned) == 2 and not isinstance(values[0], list) and None in cleaned:
        return None
    return cleaned


def _masked(values: Json, mask: Json, ndim: int, depth: int) -> Json:
    if ndim == 1:
        if depth >= 1:
            return [value for value, there in zip(values, mask, strict=True) if there]
        return [value if there else None for value, there in zip(values, mask, strict=True)]
    inner = [_masked(value, there, ndim - 1, depth) for value, there in zip(values, mask, strict=True)]
    if ndim <= depth:  # a list of lists: an item is there when any of its own is
        return [value for value, there in zip(inner, mask, strict=True) if _any(there)]
    return inner


def _any(mask: Json) -> bool:
    return any(_any(item) for item in mask) if isinstance(mask, list) else bool(mask)
