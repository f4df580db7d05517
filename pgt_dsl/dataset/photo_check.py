"""What a folder of photos holds, what is wrong with it, and which tasks can be made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pgt_dsl.dataset.pipeline import DEFAULT_SIZE
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.photos.coco import annotation_files, read_objects
from pgt_dsl.photos.depth import read_map
from pgt_dsl.photos.faults import Fault, Faults
from pgt_dsl.photos.folder import open_folder
from pgt_dsl.photos.load import PhotoError, load_rgb
from pgt_dsl.solve import Sampler

SCENES = 4  # that are looked for of each task
ATTEMPTS = 20_000


@dataclass(frozen=True)
class Found:
    """What a folder holds. Sizes are width and height in px; ``left``: how many faults leave something out; ``count``:
    how many there are, of which ``faults`` are the first. ``depth``: the kind that is declared, "" for none; ``deep``:
    how many photos have it."""

    photos: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    objects: int
    annotated: int
    most: int
    outlined: int
    crowds: int
    categories: Mapping[str, int]
    depth: str
    deep: int
    faults: Sequence[Fault]
    count: int
    left: int


@dataclass(frozen=True)
class Feed:
    """Whether scenes of a task were found on the photos, and why not."""

    task: str
    fed: bool
    why: str = ""


def survey(folder: Path) -> Found:
    """Look at every file of a folder of photos. Raises ``PgtError`` when it holds no usable photo."""
    photos = _opened(folder)
    faults = Faults()
    for entry in photos.entries:
        try:
            load_rgb(entry.path, entry.orientation)
        except PhotoError as error:
            faults.add(entry.name, "", str(error).partition(": ")[2] or str(error))
    read_objects(annotation_files(folder), photos.entries, [], faults)
    told = {fault.file.rsplit("/", 1)[-1] for fault in faults.found}
    for problem in photos.problems:
        file, _, what = problem.partition(": ")
        if file.rsplit("/", 1)[-1] not in told:
            faults.add(file, "", what or problem)
    deep = _depths(photos, faults)
    sizes = sorted(((e.width, e.height) for e in photos.entries), key=lambda size: size[0] * size[1])
    objects = photos.objects
    depth = "" if photos.depths is None else photos.depths.declared.kind
    if objects is None:
        return Found(photos.count, sizes[0], sizes[-1], 0, 0, 0, 0, 0, {}, depth, deep, faults.found, faults.count,
                     faults.left)  # fmt: skip
    counts = np.diff(objects.start)
    outlined = (np.diff(objects.part_start) > 0) | (np.diff(objects.run_start) > 0)
    names = Counter(objects.names[code] for code in objects.codes.tolist())
    return Found(
        photos.count, sizes[0], sizes[-1], objects.count, int((counts > 0).sum()), objects.most, int(outlined.sum()),
        int(objects.crowd.sum()), dict(sorted(names.items())), depth, deep, faults.found, faults.count, faults.left,
    )  # fmt: skip


def _depths(photos: PhotoCatalog, faults: Faults) -> int:
    """How many photos have depth; maps that cannot be read are told."""
    if photos.depths is None:
        return 0
    deep = 0
    for entry in photos.entries:
        path = photos.depths.path(entry.name)
        if photos.depths.declared.kind == "order":
            deep += bool(photos.depths.points(entry.name))
        elif path is None:
            faults.add(entry.name, "", "it has no map of depth", False)
        else:
            try:
                read_map(path, photos.depths.declared, entry)
                deep += 1
            except PhotoError as error:
                faults.add(path.relative_to(photos.depths.root).as_posix(), "", str(error).partition(": ")[2])
    return deep


def tried(folder: Path, tasks: Iterable[Task]) -> list[Feed]:
    """For each task about photos among some tasks, whether a few scenes of it are found on the photos of a folder."""
    photos = _opened(folder)
    found = []
    for task in tasks:
        if task.program.background.photo is None:
            continue
        try:
            Sampler(task.program, task.registry, 0, DEFAULT_SIZE, photos, budget=ATTEMPTS).batch(np.arange(SCENES))
            found.append(Feed(task.program.name, True))
        except PgtError as error:
            found.append(
                Feed(task.program.name, False, _why(task.program.background.objects is not None, photos, error))
            )
    return found


def _why(reads_objects: bool, photos: PhotoCatalog, error: PgtError) -> str:
    if reads_objects and photos.objects is None:
        return "it asks about annotated things, and there are none"
    return str(error).splitlines()[0]


def _opened(folder: Path) -> PhotoCatalog:
    try:
        return open_folder(folder)
    except OSError as error:
        raise PgtError(str(error)) from error
