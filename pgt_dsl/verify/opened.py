"""A finished data set, opened: manifest, programs, photos and reader, and which samples it should have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.formats.reading import Holds
from pgt_dsl.dataset.manifest import Manifest, read_manifest
from pgt_dsl.dataset.pipeline import SMALLEST, check_size, open_photos
from pgt_dsl.dataset.programs import read_program
from pgt_dsl.dataset.record import LETTERS, SUFFIXES, check_styles
from pgt_dsl.dataset.task import Photos
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.scene.coordinates import CoordinateProfile, profile
from pgt_dsl.verify.faults import Fault

_ID = re.compile(r"(.+)-(\d{8,})(?:-([a-z]))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Which sample: the number of its task in the manifest, its index, which of a pair (0 without twins)."""

    task: int
    index: int
    twin: int = 0


@dataclass(frozen=True)
class Roster:
    """The samples that a data set should have, in order. ``tasks``: names; ``counts``: samples of each; ``copies``: of
    an index (2 with twins)."""

    tasks: tuple[str, ...]
    counts: tuple[int, ...]
    copies: tuple[int, ...]
    _numbers: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._numbers.update({_plain(name): k for k, name in enumerate(self.tasks)})

    def task(self, id: str) -> int | None:
        """The number of the task that an id names."""
        match = _ID.match(id)
        return self._numbers.get(match[1]) if match else None

    @property
    def total(self) -> int:
        """How many samples there should be."""
        return sum(self.counts)

    def id(self, place: Place) -> str:
        """The id of a sample."""
        twin = f"-{LETTERS[place.twin].lower()}" if self.copies[place.task] > 1 else ""
        return f"{_plain(self.tasks[place.task])}-{place.index:08d}{twin}"

    def place(self, id: str) -> Place | None:
        """The sample of an id; None when no such one should be there."""
        match = _ID.match(id)
        task = self._numbers.get(match[1]) if match else None
        if match is None or task is None or len(match[2]) > 13:
            return None
        place = Place(task, int(match[2]), LETTERS.lower().index(match[3]) if match[3] else 0)
        number = place.index * self.copies[task] + place.twin
        return place if number < self.counts[task] and self.id(place) == id else None

    def position(self, place: Place) -> int:
        """The number of a sample in the order of the data set."""
        return sum(self.counts[: place.task]) + place.index * self.copies[place.task] + place.twin

    def at(self, task: int, number: int) -> Place:
        """The sample of a task by its number there."""
        return Place(task, *divmod(number, self.copies[task]))


@dataclass(frozen=True)
class Opened:
    """What is verified and against what; plain values that travel between processes. ``programs``: None for one that
    is missing or broken, which ``faults`` tells. ``renderer``: what paints, which is not always that of the
    manifest. ``share``: of the samples that are verified, chosen by their index."""

    folder: Path
    manifest: Manifest
    programs: tuple[Program | None, ...]
    registry: Registry
    photos: PhotoCatalog
    reader: Any
    roster: Roster
    renderer: str
    encoding: Encoding
    share: float = 1.0
    faults: tuple[Fault, ...] = ()

    @property
    def holds(self) -> Holds:
        """What the format keeps of a sample."""
        return holds_of(self.reader)

    @property
    def suffix(self) -> Mapping[str, str]:
        """What was said after questions, by answer form."""
        return SUFFIXES if self.manifest.suffix is None else self.manifest.suffix

    @property
    def coordinates(self) -> CoordinateProfile:
        """What texts give places in."""
        return profile(self.manifest.coordinates)

    @property
    def same_painter(self) -> bool:
        """Whether pictures are painted again by what painted them."""
        return self.renderer == self.manifest.renderer

    def chosen(self, place: Place) -> bool:
        """Whether a sample is among those that are verified: with one of a pair, the other is."""
        if self.share >= 1:
            return True
        key = f"verify/{self.roster.tasks[place.task]}/{self.manifest.seed}/{place.index}".encode()
        return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") < self.share * 2**64


def open_data_set(
    folder: Path, registry: Registry, photos: Photos = None, share: float = 1.0,
    programs: Mapping[str, Program] | None = None,
) -> Opened:  # fmt: skip
    """Open a data set. ``programs``, by hash, stand in for what the folder lacks.

    Raises ``PgtError`` when there is no manifest that can be read, its format has no reader, or photos are needed that
    are not those of ``photos`` (None: the shipped ones).
    """
    if not 0 < share <= 1:
        raise PgtError(f"a share of a data set is above 0 and at most 1, not {share:g}")
    manifest = read_manifest(folder)
    _check_kind(folder, manifest)
    faults: list[Fault] = []
    found: list[Program | None] = []
    for task in manifest.tasks:
        try:
            program = (programs or {}).get(task.program) or read_program(folder, task.program)
            if program.name != task.name:
                raise PgtError(f"its program is that of `{program.name}`")
            found.append(program)
        except PgtError as error:
            lost = f"no sample of it can be made again: {error}; --specs takes it from specs"
            faults.append(Fault("files", lost, task=task.name, file=f"programs/{task.program}.json", count=task.count))
            found.append(None)
    return Opened(
        folder, manifest, tuple(found), registry, _photos(manifest, found, photos),
        _reader(folder, manifest, registry), _roster(manifest, found), _painter(manifest, registry),
        _sound(manifest), share, (*faults, *_contents(folder, manifest)),
    )  # fmt: skip


def holds_of(reader: Any) -> Holds:
    """What a reader says that its format keeps, everything when it says nothing."""
    found = getattr(reader, "holds", None)
    return found if isinstance(found, Holds) else Holds()


def _check_kind(folder: Path, manifest: Manifest) -> None:
    """Raises ``PgtError`` for what cannot be verified as a whole: it would find faults where there are none."""
    parts = {"records of another data set woven in": manifest.mixes, "splits": manifest.splits,
             "pictures of several sizes": manifest.sizes}  # fmt: skip
    for what, there in parts.items():
        if there:
            raise PgtError(f"`{folder}` has {what}; `pgt verify` reads only data sets without. Build the same specs "
                           "with the same seed by themselves, and verify that")  # fmt: skip


def _reader(folder: Path, manifest: Manifest, registry: Registry) -> Any:
    spec = registry.formats.get(manifest.format)
    if spec is None:
        known = ", ".join(sorted(registry.formats))
        raise PgtError(f"the data set has the format `{manifest.format}`, which is not installed; there are: {known}")
    if spec.read is None:
        readable = ", ".join(sorted(name for name, one in registry.formats.items() if one.read))
        raise PgtError(
            f"the format `{manifest.format}` has a writer and no reader, so it cannot be verified; those that can: "
            f"{readable}. Whoever wrote the format can give it one (`read` of its FormatSpec)"
        )
    return load_ref(spec.read)(folder)


def _roster(manifest: Manifest, programs: list[Program | None]) -> Roster:
    copies = tuple(1 if program is None or program.twin is None else 2 for program in programs)
    tasks = tuple(task.name for task in manifest.tasks)
    return Roster(tasks, tuple(task.count for task in manifest.tasks), copies)


def _photos(manifest: Manifest, programs: list[Program | None], photos: Photos) -> PhotoCatalog:
    """The photos of the data set. Raises ``PgtError`` when they are needed and others are there."""
    catalog = photos if isinstance(photos, PhotoCatalog) else open_photos(photos)
    needed = [p.name for p in programs if p is not None and p.background.kind == "photo"]
    if catalog.digest != manifest.photos and needed:
        given = "the shipped ones are" if photos is None else "those that were given are"
        raise PgtError(
            f"`{needed[0]}` lies over photos of the digest {manifest.photos[:16] or '(none)'}…, and {given} of "
            f"{catalog.digest[:16]}…; name the folder that it was built with: --photos DIR (the same files and "
            "annotations; digests are of their contents)"
        )
    return catalog


def _painter(manifest: Manifest, registry: Registry) -> str:
    """The painter of the manifest, or the preferred one where it cannot be had."""
    try:
        return str(registry.make_renderer(manifest.renderer).name)
    except PgtError:
        return str(registry.make_renderer(None).name)


def _sound(manifest: Manifest) -> Encoding:
    """The encoding. Raises ``PgtError`` when the manifest says what no build can have said."""
    try:
        check_size(manifest.size)
        for weights in (manifest.styles, *manifest.own_styles):
            check_styles(weights)
        profile(manifest.coordinates)
        return Encoding(manifest.image, manifest.quality)
    except PgtError as error:
        raise PgtError(f"{MANIFEST}: {error}; no build has written this (sizes start at {SMALLEST} px)") from error


def _contents(folder: Path, manifest: Manifest) -> list[Fault]:
    """What the manifest says of itself, and the files that it names."""
    found = [
        Fault("files", "the manifest names this file, and it is missing", file=name, expected="a file or folder")
        for name in manifest.contents
        if not (folder / name).exists()
    ]
    for name in ("planned", "count"):
        total, told = sum(getattr(task, name) for task in manifest.tasks), getattr(manifest, name)
        if total != told:
            found.append(Fault("manifest", f"`{name}` is not the sum over the tasks", file=MANIFEST,
                               expected=str(total), found=str(told)))  # fmt: skip
    names = [_plain(task.name) for task in manifest.tasks]
    double = sorted({name for name in names if names.count(name) > 1})
    found += [Fault("manifest", f"two tasks share the ids `{name}-…`", file=MANIFEST) for name in double]
    for task in manifest.tasks:
        if task.count < 0 or task.count > task.planned or (task.count < task.planned and not task.error):
            found.append(Fault("manifest", "`count` is not what was planned", task=task.name, file=MANIFEST,
                               expected=str(task.planned), found=str(task.count)))  # fmt: skip
    return found


def _plain(task: str) -> str:
    """A task's name as ids have it."""
    return "".join(char if char.isalnum() or char in "_-" else "." for char in task)
