"""A finished data set, opened: manifest, programs, photos and reader, and which samples it should have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.formats.reading import Holds
from pgt_dsl.dataset.languages import ONLY_ENGLISH, Languages, languages_of
from pgt_dsl.dataset.manifest import Manifest, read_manifest
from pgt_dsl.dataset.opening import holds_of, open_reader
from pgt_dsl.dataset.pipeline import SMALLEST, check_size, open_photos
from pgt_dsl.dataset.programs import read_program, read_translation
from pgt_dsl.dataset.record import SUFFIXES, check_styles
from pgt_dsl.dataset.sizes import Sizes, sizes_of
from pgt_dsl.dataset.task import Photos
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.translation import Translation
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.scene.coordinates import CoordinateProfile, profile
from pgt_dsl.verify.faults import Fault
from pgt_dsl.verify.roster import Place, Roster, plain, roster_of


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
    translations: tuple[Mapping[str, Translation], ...] = ()

    def languages_of(self, task: int) -> Languages:
        """The languages of a task; English alone where a translation of it is missing."""
        spoken = languages_of(self.manifest.languages_of(task))
        return spoken if all(code in self.translations[task] for code in spoken.foreign) else ONLY_ENGLISH

    @property
    def holds(self) -> Holds:
        """What the format keeps of a sample."""
        return holds_of(self.reader)

    @property
    def suffix(self) -> Mapping[str, str]:
        """What was said after questions, by answer form."""
        return SUFFIXES if self.manifest.suffix is None else self.manifest.suffix

    @cached_property
    def sizes(self) -> Sizes:
        """The short sides of the pictures."""
        return sizes_of(self.manifest.sizes or self.manifest.size)

    def sizes_of(self, task: int, indices: Sequence[int], seed: int | None = None) -> list[int]:
        """The short side of each index of a task, px; of the data set's seed, or of another."""
        return self.sizes.of(indices, self.roster.tasks[task], self.manifest.seed if seed is None else seed)

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
    encoding = _sound(manifest)
    _check_splits(folder, manifest)
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
    translations = [_translations(folder, manifest, k, program, faults) for k, program in enumerate(found)]
    return Opened(
        folder, manifest, tuple(found), registry, _photos(manifest, found, photos),
        open_reader(folder, manifest, registry), roster_of(manifest, found), _painter(manifest, registry),
        encoding, share, (*faults, *_contents(folder, manifest)), tuple(translations),
    )  # fmt: skip


def _translations(
    folder: Path, manifest: Manifest, number: int, program: Program | None, faults: list[Fault]
) -> Mapping[str, Translation]:
    """The translations of a task; what is missing or broken is added to the faults."""
    task = manifest.tasks[number]
    made: dict[str, Translation] = {}
    for code in languages_of(manifest.languages_of(number)).foreign if program is not None else ():
        try:
            made[code] = read_translation(folder, program, task.program, code)  # type: ignore[arg-type]
        except PgtError as error:
            lost = f"its samples in `{code}` cannot be made again: {error}"
            name = f"programs/{task.program}.{code}.json"
            faults.append(Fault("files", lost, task=task.name, file=name, count=task.count))
    return made


def _check_splits(folder: Path, manifest: Manifest) -> None:
    """Raises ``PgtError`` when the manifest does not say which samples are in which split."""
    for split in manifest.splits:
        if len(split.indices) != len(manifest.tasks):
            raise PgtError(f"`{folder}` has splits, and its manifest does not say which indices of each task are in "
                           f"`{split.name}` (an older pgt-dsl made it); build it again, and verify that")  # fmt: skip


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
        if manifest.sizes:
            sizes_of(manifest.sizes)
        for weights in (manifest.styles, *manifest.own_styles):
            check_styles(weights)
        profile(manifest.coordinates)
        for spoken in manifest.languages:
            languages_of(spoken)
        if manifest.languages and len(manifest.languages) != len(manifest.tasks):
            raise PgtError("`languages` are not those of each task")
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
    names = [plain(task.name) for task in manifest.tasks]
    double = sorted({name for name in names if names.count(name) > 1})
    found += [Fault("manifest", f"two tasks share the ids `{name}-…`", file=MANIFEST) for name in double]
    for task in manifest.tasks:
        if task.count < 0 or task.count > task.planned or (task.count < task.planned and not task.error):
            found.append(Fault("manifest", "`count` is not what was planned", task=task.name, file=MANIFEST,
                               expected=str(task.planned), found=str(task.count)))  # fmt: skip
    return found
