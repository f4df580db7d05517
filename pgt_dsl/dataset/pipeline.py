"""The stages of one task as a value, for the build, ``Task`` and ``show``: indices -> scenes -> pixels -> samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.dataset.encode import PNG, Encoding, encoder
from pgt_dsl.dataset.languages import ONLY_ENGLISH, Languages
from pgt_dsl.dataset.pixel_check import faults, is_checked
from pgt_dsl.dataset.record import DEFAULT_STYLES, SUFFIXES, canonical_json, record
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.dataset.tally import Checked, label
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.translation import Translation, Voice
from pgt_dsl.paint.backgrounds import BUILT_IN, background_pixels
from pgt_dsl.paint.display import Painted
from pgt_dsl.paint.scene_display import display_list
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.photos.folder import open_folder
from pgt_dsl.photos.shipped import shipped_photos
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.program.serial import program_hash
from pgt_dsl.program.strings import string
from pgt_dsl.scene.assemble import scenes as assemble
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.coordinates import UNIT, CoordinateProfile
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve import Sampler, YieldRow
from pgt_dsl.solve.canvas import canvas_size
from pgt_dsl.solve.drift import Counts, add, count
from pgt_dsl.solve.explain import Impossible, prove

DEFAULT_SIZE = 336  # px of the short side: what LLaVA-v1.5 sees
SMALLEST, LARGEST = 32, 4096
LAST_INDEX = 10**12
AT_ONCE = 1 << 21  # px of the pictures of a build that are painted at once, and then encoded
CHECKED = 1 << 22  # ... of those whose ids are looked at
CACHED = 1 << 18  # ... that are painted over their backgrounds, and encoded while they are in a core's own cache
DISPLAYED = 128  # scenes of a display list


class Disagreed(PgtError):
    """The oracle does not agree with a scene. ``scene`` is the scene, ``found`` what each of them says."""

    def __init__(self, scene: Scene, found: Sequence[Any]) -> None:
        self.scene = scene
        self.found = tuple(str(item) for item in found)
        super().__init__("\n".join(self.found))


class Mispainted(Disagreed):
    """A painted id mask does not agree with its scene. ``scene`` is the scene, ``found`` what is wrong."""


class Unexpected(PgtError):
    """An answer is right, and the ``expect`` of its spec says something else. ``scene`` is the first such scene."""

    def __init__(self, scene: Scene, found: Sequence[Any]) -> None:
        self.scene = scene
        super().__init__("\n".join(str(item) for item in found))


class Room:
    """Memory for pictures, used again and again: fresh memory costs more than to paint a small picture."""

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def pictures(self, count: int, height: int, width: int) -> npt.NDArray[np.uint8]:
        """uint8[count, height, width, 3] with anything in it."""
        size = count * height * width * 3
        if self._bytes.size < size:
            self._bytes = np.empty(size, np.uint8)
        return self._bytes[:size].reshape(count, height, width, 3)


@dataclass(frozen=True)
class Pipeline:
    """One task, one seed, one size. ``photos`` is the catalogue; ``renderer`` a name, None for the preferred one;
    ``translations`` those of ``languages`` beside English."""

    program: Program
    registry: Registry
    seed: int
    size: int
    photos: PhotoCatalog
    renderer: str | None = None
    languages: Languages = ONLY_ENGLISH
    translations: Mapping[str, Translation] = field(default_factory=dict, repr=False)
    _room: Room = field(default_factory=Room, repr=False, compare=False)
    _before: list[Checked] = field(default_factory=lambda: [Checked()], repr=False, compare=False)
    _drawn: list[Counts] = field(default_factory=lambda: [{}], repr=False, compare=False)

    @cached_property
    def hash(self) -> str:
        """The program's hash."""
        return program_hash(self.program)

    @cached_property
    def sampler(self) -> Sampler:
        """The planned sampler. Raises ``PgtError`` when the task is proved impossible."""
        proof = prove(self.program, self.registry, canvas_size(self.program, self.size))
        if proof.found:
            raise Impossible(proof)
        return Sampler(self.program, self.registry, self.seed, self.size, self.photos, program_hash=self.hash)

    @cached_property
    def _painter(self) -> Any:
        return self.registry.make_renderer(self.renderer)

    @cached_property
    def plugin_backgrounds(self) -> dict[str, Any]:
        """The functions of the backgrounds that plugins add, by name."""
        return {name: load_ref(b.paint) for name, b in self.registry.backgrounds.items() if name not in BUILT_IN}

    def scenes(self, indices: Sequence[int], watched: bool = False) -> list[Scene]:
        """The scenes of some indices, in their order; of twins and sweeps a group for each. Raises ``PgtError`` when
        the budget of attempts is spent, a text cannot be put into words, or there is no such index. ``watched``:
        ``drawn`` counts what they drew."""
        beyond = next((index for index in indices if not 0 <= index <= LAST_INDEX), None)
        if beyond is not None:
            raise PgtError(f"the index of a sample is 0 to {LAST_INDEX}, not {beyond}")
        batch = self.sampler.batch(np.asarray(indices, np.int64))
        if watched:
            self._drawn[0] = add(self._drawn[0], count(batch))
        return assemble(batch, self.hash, self._voices(batch.indices.tolist()))

    @cached_property
    def voices(self) -> Mapping[str, Voice]:
        """What says the task in each language beside English."""
        return {code: self.translations[code].voice() for code in self.languages.foreign}

    def _voices(self, indices: Sequence[int]) -> list[Voice | None]:
        """The voice of each row, None for English; no list where all is in English."""
        if not self.languages.foreign:
            return []
        return [self.voices.get(code) for code in self.languages.of(indices, self.program.name, self.seed)]

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """For each quota by name the share that each of its values is to have (bins by their numbers). A pick that is
        stepped through is none: each group has all its values."""
        found: dict[str, dict[str, float]] = {}
        for pick in self.program.picks:
            if pick is self.program.swept:
                continue
            base = self.program.vars[pick.var].type.base if pick.what == "values" else "int"
            shares = self.sampler.strata.share(pick.var)
            found[pick.name] = {label(plain_value(value, base)): float(share) for value, share in shares.items()}
        return found

    def checked(self) -> Checked:
        """What the sampler has rejected since this was last asked."""
        report = self.sampler.report()
        chains = {canonical_json(row.values): (row.sweeps, row.scenes) for row in report.chains if row.scenes}
        now = Checked(report.attempts, report.accepted, counts(report.rows), chains)
        before, self._before[:] = self._before[0], [now]
        return now.since(before)

    def drawn(self) -> Counts:
        """What the watched scenes have drawn since this was last asked."""
        found, self._drawn[0] = self._drawn[0], {}
        return found

    def certify(self, scenes: Sequence[Scene]) -> None:
        """Check every scene by the oracle. For the first with a fault, raises ``Disagreed``, or ``Unexpected`` when the
        fault is the spec's."""
        for scene in scenes:
            voice = self.voices.get(scene.language)
            found = certify(self.program, scene, registry=self.registry, photos=self.photos,
                            tongue=None if voice is None else voice.tongue)  # fmt: skip
            if found and all(item.spec for item in found):
                raise Unexpected(scene, found)
            if found:
                raise Disagreed(scene, found)

    def paint(self, scenes: Sequence[Scene], ids: bool = False, room: Room | None = None) -> list[Painted]:
        """One ``Painted`` (of a batch of one) for each scene; scenes of one size are painted together.

        room: memory in which to paint scenes of one size; the pictures are gone when it is used again.
        """
        result: dict[int, Painted] = {}
        sizes = sorted({(scene.width, scene.height) for scene in scenes})
        for width, height in sizes:
            places = [k for k, scene in enumerate(scenes) if (scene.width, scene.height) == (width, height)]
            chosen = [scenes[k] for k in places]
            grounds = [s.background for s in chosen]
            into = None if room is None or len(sizes) > 1 else room.pictures(len(chosen), height, width)
            ground = background_pixels(grounds, width, height, self.photos, self.plugin_backgrounds, into)
            painted = self._painter.paint(display_list(chosen, self.registry.kinds), ground, ids=ids)
            for row, k in enumerate(places):
                mask = None if painted.ids is None else painted.ids[row : row + 1]
                result[k] = Painted(painted.rgb[row : row + 1], mask)
        return [result[k] for k in range(len(scenes))]

    @property
    def painter(self) -> str:
        """The name of the renderer that paints."""
        return str(self._painter.name)

    def samples(
        self, scenes: Sequence[Scene], styles: Mapping[str, float] = DEFAULT_STYLES, encoding: Encoding = PNG,
        suffix: Mapping[str, str] = SUFFIXES, coordinates: CoordinateProfile = UNIT,
    ) -> list[Sample]:  # fmt: skip
        """Paint, encode and record scenes. One in ``pixel_check.EVERY`` is painted with its ids, and raises
        ``Mispainted`` when they do not agree with the scene."""
        files = encoder(encoding)
        made: dict[int, Sample] = {}
        for k, rgb in self._pictures(scenes):
            made[k] = record(scenes[k], rgb, size=self.size, photos=self.photos.digest, styles=styles,
                             renderer=self.painter, files=files, suffix=suffix, coordinates=coordinates)  # fmt: skip
        return [made[k] for k in range(len(scenes))]

    def _pictures(self, scenes: Sequence[Scene]) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
        """The painted pictures with their places, in any order. The next one may be where the last one was."""
        checked = [k for k, scene in enumerate(scenes) if is_checked(scene.index)]
        for places in _portions(scenes, checked, CHECKED):
            for k, painted in zip(places, self.paint([scenes[k] for k in places], True, self._room), strict=True):
                if painted.ids is not None:
                    self._check_ids(scenes[k], painted.ids[0])
                yield k, painted.rgb[0]
        others = [k for k, scene in enumerate(scenes) if not is_checked(scene.index)]
        if hasattr(self._painter, "prepared") and len({(scene.width, scene.height) for scene in scenes}) == 1:
            for first in range(0, len(others), DISPLAYED):
                yield from self._over(scenes, others[first : first + DISPLAYED])
            return
        for places in _portions(scenes, others, AT_ONCE):
            for k, painted in zip(places, self.paint([scenes[k] for k in places], False, self._room), strict=True):
                yield k, painted.rgb[0]

    def _over(self, scenes: Sequence[Scene], chosen: Sequence[int]) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
        """The pictures of scenes of one size, painted over their backgrounds and taken while they are in the cache."""
        ready = self._painter.prepared(display_list([scenes[k] for k in chosen], self.registry.kinds))
        width, height = scenes[chosen[0]].width, scenes[chosen[0]].height
        done = 0
        for places in _portions(scenes, chosen, CACHED):
            room = self._room.pictures(len(places), height, width)
            grounds = [scenes[k].background for k in places]
            background_pixels(grounds, width, height, self.photos, self.plugin_backgrounds, room)
            ready.paint(done, room)
            done += len(places)
            yield from zip(places, room, strict=True)

    def _check_ids(self, scene: Scene, ids: npt.NDArray[np.uint16]) -> None:
        found = faults(self.program, scene, ids, self.registry, self.photos)
        if found:
            raise Mispainted(scene, found)


def _portions(scenes: Sequence[Scene], places: Sequence[int], pixels: int) -> Iterator[Sequence[int]]:
    """Some places of scenes in portions of about so many pixels."""
    step = max(1, pixels // max((scene.width * scene.height for scene in scenes), default=1))
    for first in range(0, len(places), step):
        yield places[first : first + step]


def open_photos(folder: Path | str | None) -> PhotoCatalog:
    """The photos of a folder, or the shipped ones. Raises ``PgtError`` when the folder holds none that is usable."""
    if folder is None:
        return shipped_photos()
    try:
        return open_folder(Path(folder))
    except OSError as error:
        raise PgtError(str(error)) from error


def check_size(size: int) -> int:
    """The size itself. Raises ``PgtError`` when a picture of that short side cannot be made."""
    if not SMALLEST <= size <= LARGEST:
        raise PgtError(f"a picture's short side is {SMALLEST} to {LARGEST} px, not {size}")
    return size


def plain_value(value: Any, base: str) -> Any:
    """A column's value as a scene has it."""
    if base == "color":
        return "none" if value < 0 else f"#{value:06x}"
    return string(value) if base in ("form", "text") else value


def counts(rows: Sequence[YieldRow]) -> dict[tuple[str, str], tuple[int, int]]:
    """Tried and passed by reason and label; requirements with one label are told apart by where they are written."""
    alike = Counter((row.reason, row.label or row.origin.text) for row in rows)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        key = row.reason, row.label or row.origin.text
        if alike[key] > 1 and row.origin.line:
            key = row.reason, f"{key[1]}, {row.origin.line}:{row.origin.column}"
        tried, passed = found.get(key, (0, 0))
        found[key] = tried + row.tried, passed + row.passed
    return found
