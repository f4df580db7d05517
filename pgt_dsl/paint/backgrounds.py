"""Backgrounds: plain, gradient, noise and photo, as pixels that are equal on every machine.

A background's function is ``fn(width, height, fields, seed, photos) -> uint8[H, W, 3]``. ``fields`` are JSON values
(``fields["photo"]`` is the photo's name), ``seed`` 64 bits for its texture, ``photos`` the catalogue or None.
Gradient and noise are computed in whole numbers or with operations that IEEE 754 rounds in one way only.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pgt_dsl.scene.scene import BackgroundChoice

Bytes = npt.NDArray[np.uint8]
_BLOCK = 32  # rows
UNREADABLE = (128, 128, 128)  # what a photo that cannot be read is replaced by


class Photos(Protocol):
    """What a background needs of a catalogue of photos."""

    def cover(self, name: str, width: int, height: int, zoom: float = 1.0) -> Bytes:
        """The photo scaled to cover the canvas, cropped around its centre: uint8[H, W, 3]."""
        ...


Paint = Callable[[int, int, Mapping[str, Any], int, Photos | None], Bytes]


def background_pixels(
    choices: Sequence[BackgroundChoice],
    width: int,
    height: int,
    photos: Photos | None = None,
    kinds: Mapping[str, Paint] | None = None,
    out: Bytes | None = None,
) -> Bytes:
    """The backgrounds of a batch: uint8[B, H, W, 3].

    kinds: further backgrounds by name (from plugins), beside plain, gradient, noise, photo.
    out: where to put them, None for an array of its own.
    A photo that cannot be read gives a grey background and a warning that names it, never the end of a run.
    Raises ``ValueError`` for an unknown kind of background and for a photo that the catalogue does not have.
    """
    table = {**BUILT_IN, **(kinds or {})}
    pixels = np.empty((len(choices), height, width, 3), np.uint8) if out is None else out
    for b, choice in enumerate(choices):
        if choice.kind not in table:
            raise ValueError(f"there is no background {choice.kind!r}: {', '.join(sorted(table))}")
        fields = {**choice.fields, "photo": choice.photo} if choice.photo else choice.fields
        if table[choice.kind] is plain:
            fill(pixels[b], rgb(fields["color"]))
        else:
            pixels[b] = table[choice.kind](width, height, fields, choice.seed, photos)
    return pixels


def rgb(colour: Any) -> tuple[int, int, int]:
    """``"#rrggbb"`` as three whole numbers. Raises ``ValueError`` for anything else (``none`` too)."""
    if not isinstance(colour, str) or len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"a background needs a colour, not {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def plain(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Photos | None) -> Bytes:
    """One colour. Fields: ``color``."""
    row = np.tile(np.array(rgb(fields["color"]), np.uint8), width).reshape(1, width, 3)
    return np.broadcast_to(row, (height, width, 3))


def fill(pixels: Bytes, colour: tuple[int, int, int]) -> None:
    """Fill uint8[H, W, 3] with one colour: by copying twice as much each time, which goes at memory's pace."""
    if not pixels.flags.c_contiguous:
        pixels[:] = colour
        return
    flat = pixels.reshape(-1)
    flat[:3] = colour
    done = 3
    while done < flat.size:
        more = min(done, flat.size - done)
        flat[done : done + more] = flat[:more]
        done += more


def gradient(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Photos | None) -> Bytes:
    """From ``from_color`` to ``to_color`` in sRGB along the direction ``turn`` (degrees clockwise from the right).

    The canvas's farthest corners have exactly the two colours.
    """
    angle = math.radians(float(fields.get("turn", 0.0)))
    # The direction is rounded to 1/65536, so that all that follows is arithmetic of whole numbers.
    cos, sin = round(math.cos(angle) * 65536), round(math.sin(angle) * 65536)
    across, down = np.arange(width) * cos, np.arange(height) * sin
    across, down = across - across.min(), down - down.min()  # how far along a pixel is: their sum, 0 .. span
    span = max(int(across.max() + down.max()), 1)
    # A level is floor(((span - along) * low + along * high + span // 2) / span), in whole numbers. With half a unit
    # more above the bar, no quotient lies within 0.5 / span of a whole number, and a sum of two numbers of float64 is
    # far nearer to it than that.
    low, high = (np.array(rgb(fields[name]), np.int64)[:, None] for name in ("from_color", "to_color"))
    step = (high - low) / span
    right, below = across * step, down * step + (low + (span // 2 + 0.5) / span)
    out = np.empty((height, width, 3), np.uint8)
    kernels = _compiled()
    if kernels is not None:
        kernels.gradient(right, below, out)
        return out
    for channel in range(3):
        for rows in _blocks(height):
            out[rows, :, channel] = right[channel] + below[channel, rows, None]
    return out


@cache
def _compiled() -> Any:
    """The same loops compiled, where numba is installed."""
    return import_module("pgt_dsl.paint.numba_backgrounds") if find_spec("numba") else None


def _blocks(height: int) -> Iterator[slice]:
    """The rows of a picture in blocks so small that what is computed on the way stays in the cache."""
    return (slice(row, min(row + _BLOCK, height)) for row in range(0, height, _BLOCK))


def noise(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Photos | None) -> Bytes:
    """``color`` with grains of ``grain`` px, lighter and darker by up to ``strength`` (a share of the whole range).

    The grains are smooth value noise of 64 levels, from Philox's raw output (whose stream never changes).
    """
    grain = max(float(fields.get("grain", 2.0)), 1.0)
    strength = min(max(float(fields.get("strength", 0.1)), 0.0), 1.0)
    columns, rows = math.floor((width - 1) / grain) + 2, math.floor((height - 1) / grain) + 2
    words = np.random.Philox(key=seed & (1 << 64) - 1).random_raw((columns * rows + 7) // 8)
    raw = np.asarray(words, np.uint64).astype("<u8").view(np.uint8)[: columns * rows].reshape(rows, columns)
    lattice = raw.astype(np.float64) / 127.5 - 1.0
    x0, fx = _cells(width, grain)
    y0, fy = _cells(height, grain)
    base = np.array(rgb(fields["color"]), np.int16)
    out = np.empty((height, width, 3), np.uint8)
    kernels = _compiled()
    if kernels is not None:
        levels = np.clip(base[:, None] + np.arange(-255, 256), 0, 255).astype(np.uint8)  # lighter or darker by so much
        kernels.noise(lattice, x0, fx, y0, fy, strength * 255.0, levels, np.empty((3, width)), out)
        return out
    across = np.take(lattice, x0, axis=1) * (1.0 - fx) + np.take(lattice, x0 + 1, axis=1) * fx
    for block in _blocks(height):
        field = across[y0[block]] * (1.0 - fy[block])[:, None] + across[y0[block] + 1] * fy[block][:, None]
        shift = np.rint(field * (strength * 255.0)).astype(np.int16)
        for channel in range(3):
            out[block, :, channel] = np.clip(shift + base[channel], 0, 255)
    return out


def _cells(length: int, grain: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Cell and position within it, of each pixel along an axis; positions in steps of 1/256."""
    at = np.arange(length) / grain
    cell = np.floor(at).astype(np.int64)
    return cell, np.rint((at - cell) * 256.0) / 256.0


def photo(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Photos | None) -> Bytes:
    """A photograph scaled to cover the canvas and cropped around its centre. Fields: ``photo``, ``zoom``, ``fit``."""
    name = str(fields.get("photo", ""))
    if photos is None:
        raise ValueError(f"no photos were given, so the photo {name!r} cannot be painted")
    if fields.get("fit", "cover") != "cover":
        raise ValueError(f'a photo\'s `fit` is "cover", not {fields["fit"]!r}')
    try:
        return photos.cover(name, width, height, float(fields.get("zoom", 1.0)))
    except OSError as error:
        _warn_once(name, str(error))
        return np.full((height, width, 3), UNREADABLE, np.uint8)


@lru_cache(maxsize=10_000)
def _warn_once(name: str, error: str) -> None:
    warnings.warn(f"the photo {name} cannot be read and was replaced by grey: {error}", stacklevel=4)


BUILT_IN: dict[str, Paint] = {"plain": plain, "gradient": gradient, "noise": noise, "photo": photo}
