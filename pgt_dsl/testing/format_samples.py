"""The small data set by which formats are judged: real specs, with all that a sample can have."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.api import load
from pgt_dsl.dataset.formats.reading import Problem, Reader, Row
from pgt_dsl.dataset.opening import holds_of
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.dataset.task import Task
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.verify.texts import text_findings

Pixels = npt.NDArray[np.uint8]
Known = tuple[tuple[Pixels, ...], tuple[tuple[str, str], ...]]
"""The images of a sample and its turns (question, answer)."""

SIZE = 64  # px of the short side
EACH = 4  # samples of a task
STYLES = {"short": 1.0, "options": 1.0}

SPECS = (
    # one picture, options, places
    """\
task "conformance/options"
pick c ~ [red, green, blue]
shape a: circle { color = c }
shape b: square { size = 20vmin }
ask "What colour is the circle?" answer a.color
ask "Where is the circle?" answer a.at within 3vmin
ask "Where are the shapes?" answer [s in [a, b]: s.at] within 3vmin
ask "Where is the square?" answer b.box within 80%
""",
    # several pictures
    """\
task "conformance/panels"
use "pgt/panels"
shape left: panel { at = (25vw, 50vh), width = 46vw, height = 90vh, cut = true }
shape right: panel { at = (75vw, 50vh), width = 46vw, height = 90vh, cut = true }
shape a: circle { at ~ anywhere(left), radius = 3vmin }
ask "In which picture is the circle wider than 1px?" answer a.radius > 1px
""",
    # minimal pairs
    """\
task "conformance/twins"
pick more ~ [true, false]
shape a: circle { radius = 8vmin }
shape b: square { size = if more then 8vmin else 30vmin }
twin more
ask "Is the circle wider than the square?" answer a.size > b.size
""",
    # several questions, texts that need care in every format
    """\
task "conformance/words"
shape t: text { text ~ ["naïve", "“quoted”", "a, b; c", "tab|pipe", "雪"], size = 14vmin }
shape d: dot
ask "Which word is written — as “it” stands, <b>or</b> not?\\nSay it, please." answer t.text
ask "How many dots are there?" answer count(d2 in [d]: true)
""",
)


@dataclass(frozen=True)
class Wanted:
    """The tasks, the samples that a build makes of ``EACH`` of them, and the styles that it is asked for."""

    tasks: tuple[Task, ...]
    samples: tuple[Sample, ...]
    styles: Mapping[str, float]

    @cached_property
    def known(self) -> dict[str, Known]:
        """What a reader has to find, by id."""
        return {s.id: (tuple(pixels(i) for i in s.images), turns_of(s)) for s in self.samples}


def wanted(offered: Registry) -> Wanted:
    """The tasks and the samples of the data set, in the order of the build."""
    tasks = tuple(load(text, offered) for text in SPECS)
    made: list[Sample] = []
    for task in tasks:
        pipeline = task.pipeline(0, SIZE)
        each = EACH // 2 if task.program.twin else EACH
        made += pipeline.samples(pipeline.scenes(range(each)), STYLES)
    return Wanted(tasks, tuple(made), STYLES)


def turns_of(sample: Sample) -> tuple[tuple[str, str], ...]:
    """Questions and answers."""
    return tuple((turn.question, turn.answer) for turn in sample.turns)


def pixels(image: Any) -> Pixels:
    """An image as uint8[H, W, 3]: an array, an encoded file, its path, or what Pillow opens. Raises ``TypeError``."""
    from PIL import Image

    if isinstance(image, np.ndarray):
        return np.asarray(image, np.uint8)
    if isinstance(image, bytes | bytearray):
        image = Image.open(io.BytesIO(bytes(image)))
    elif isinstance(image, str | Path):
        image = Image.open(image)
    if not isinstance(image, Image.Image):
        raise TypeError(f"an image is an array, bytes, a path or an image of Pillow, not {type(image).__name__}")
    return np.asarray(image.convert("RGB"), np.uint8)


def difference(found: Iterable[Any], known: dict[str, Known]) -> str:
    """How what was read differs from what was written, in words, or ""."""
    left = dict(known)
    for item in found:
        try:
            name, images, turns = item
        except (TypeError, ValueError):
            return f"`read` gave {type(item).__name__}, not (id, images, turns)"
        if name not in left:
            return f"the sample {name!r} is {'there twice' if name in known else 'none that was written'}"
        wanted_images, wanted_turns = left.pop(name)
        problem = _images(name, [pixels(image) for image in images], wanted_images)
        if problem:
            return problem
        told = tuple((str(q), str(a)) for q, a in turns)
        if told != wanted_turns:
            return f"the turns of {name!r} are {told}, not {wanted_turns}"
    return f"{len(left)} samples are missing, the first is {min(left)!r}" if left else ""


def disagreement(reader: Reader, wanted: Wanted) -> str:
    """How what a reader finds differs from what was written, in words, or "": rows in their order, with everything that
    ``pgt verify`` looks at and the format keeps."""
    left = list(wanted.samples)
    for row in _rows(reader):
        if isinstance(row, Problem):
            return f"{_place(row)}: {row.message}"
        if not left or row.id != left[0].id:
            return f"{_place(row)}: the sample is {row.id!r}, not {left[0].id if left else 'none'!r}"
        sample = left.pop(0)
        if row.faults:
            return f"{_place(row)}: {row.faults[0]}"
        if row.metadata != sample.metadata:
            return f"the metadata of {row.id!r} are others"
        problem = _images(row.id, [pixels(image) for image in row.images], wanted.known[row.id][0])
        if problem:
            return problem
        for check, what, one, two in text_findings(row, sample.scene, wanted.styles, sample.suffix, holds_of(reader)):
            return f"{check} of {row.id!r}: {what}: {two}, not {one}"
    if left:
        return f"{len(left)} samples are missing, the first is {left[0].id!r}"
    stray = next(iter(reader.strays()), None)
    return f"{_place(stray)}: {stray.message}" if stray else ""


def _rows(reader: Reader) -> Iterator[Row | Problem]:
    """All rows; reader and pieces travel between processes."""
    for piece in reader.pieces():
        if isinstance(piece, Problem):
            yield piece
        else:
            apart, part = pickle.loads(pickle.dumps((reader, piece)))
            yield from apart.rows(part)


def _place(what: Row | Problem) -> str:
    return what.file if what.row is None else f"{what.file}, row {what.row}"


def _images(name: str, found: Sequence[Pixels], known: Sequence[Pixels]) -> str:
    if len(found) != len(known):
        return f"{name!r} has {len(found)} images, not {len(known)}"
    for k, (one, two) in enumerate(zip(found, known, strict=True)):
        if one.shape != two.shape or not np.array_equal(one, two):
            return f"image {k} of {name!r} is another one ({one.shape[1]} x {one.shape[0]} px)"
    return ""
