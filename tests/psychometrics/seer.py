"""A model that sees: it measures two discs in the picture, and tells them apart as well as its threshold lets it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from tests.psychometrics.observers import Observer

OBSERVER = Observer(4.0, 3.0, 0.02)  # vmin
SPEC = """task "size/larger"

background paper: plain { color = white }
let gap ~ 1vmin .. 16vmin
pick left_larger ~ coin
let small ~ 12vmin .. 20vmin
let left_size = if left_larger then small + gap else small
let right_size = if left_larger then small else small + gap
let drop ~ repeat(2, 20vmin .. 80vmin)
shape left_disc: circle { size = left_size, at = (25vw, drop[0]), color = black }
shape right_disc: circle { size = right_size, at = (75vw, drop[1]), color = black }

ask "Is the left disc larger than the right one?"
  answer left_disc.size > right_disc.size clear 0.9vmin
"""


def answer(images: list[Any], question: str) -> str:
    """Yes or no; the same picture always gets the same answer."""
    assert question.startswith("Is the left disc larger than the right one?")
    pixels = np.asarray(images[0].convert("L"), dtype=float)
    ink = (255 - pixels) / 255  # areas of discs, edges included
    half = pixels.shape[1] // 2
    left, right = (2 * np.sqrt(ink[:, part].sum() / np.pi) for part in (slice(None, half), slice(half, None)))
    gap = max(abs(left - right) * 100 / pixels.shape[0], 0.01)
    dice = int(hashlib.sha256(pixels.tobytes()).hexdigest()[:12], 16) / 16**12
    seen = dice < OBSERVER.chance(gap, 0.5)
    return "Yes" if seen == bool(left > right) else "No"


def always_yes(images: list[Any], question: str) -> str:
    """A model that does not look."""
    return "Yes"
