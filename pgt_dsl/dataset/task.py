"""``Task``: a compiled spec in Python, to draw single samples or batches of pixels from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from pgt_dsl.dataset.languages import Languages, languages_of
from pgt_dsl.dataset.pipeline import DEFAULT_SIZE, Pipeline, check_size, open_photos
from pgt_dsl.dataset.record import DEFAULT_STYLES, check_styles, record, turns
from pgt_dsl.dataset.sample import Sample, Turn
from pgt_dsl.dataset.tensors import TensorBatch, tensor_batch
from pgt_dsl.diagnostics import Diagnostic, PgtError
from pgt_dsl.languages.language import ENGLISH, check_code
from pgt_dsl.languages.translation import Translation
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.program.serial import program_hash
from pgt_dsl.scene.scene import Scene
from pgt_dsl.source import Source

if TYPE_CHECKING:
    from PIL import Image

Photos = PhotoCatalog | Path | str | None
Translator = Callable[[str], Translation | None]
_MOST_KEPT = 8  # pipelines (seeds, sizes, photos) that a task keeps planned


@dataclass(frozen=True)
class Example:
    """One painted and answered scene. ``pixels``: uint8[H, W, 3]; ``ids``: uint16[H, W], the id of the shape that
    covers each pixel (``scene.shapes[k].id``), 0 for the background."""

    scene: Scene
    pixels: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.uint16]
    size: int
    photos: str
    styles: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_STYLES))
    renderer: str = ""

    @cached_property
    def images(self) -> tuple[Image.Image, ...]:
        """The pictures: one, or one for each cut panel."""
        from PIL import Image

        whole = Image.fromarray(self.pixels)
        return tuple(whole.crop(cut) for cut in self.scene.cuts) or (whole,)

    @property
    def image(self) -> Image.Image:
        """The (first) picture."""
        return self.images[0]

    @cached_property
    def sample(self) -> Sample:
        """The sample that a data set would hold: encoded images, turns, metadata."""
        return record(self.scene, self.pixels, size=self.size, photos=self.photos, styles=self.styles,
                      renderer=self.renderer)  # fmt: skip

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All questions and answers, each in its style."""
        return turns(self.scene, self.styles)

    @property
    def question(self) -> str:
        """The first question."""
        return self.turns[0].question

    @property
    def answer(self) -> str:
        """The answer to the first question."""
        return self.turns[0].answer


@dataclass(frozen=True)
class Batch:
    """Several scenes. ``pixels``: uint8[B, H, W, 3]; ``ids``: uint16[B, H, W]; the rest has one entry for each."""

    pixels: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.uint16]
    scenes: tuple[Scene, ...]
    examples: tuple[Example, ...]

    def __len__(self) -> int:
        return len(self.scenes)

    @property
    def questions(self) -> tuple[str, ...]:
        """The first question of each."""
        return tuple(example.question for example in self.examples)

    @property
    def answers(self) -> tuple[str, ...]:
        """The answer to the first question of each."""
        return tuple(example.answer for example in self.examples)


@dataclass(frozen=True)
class Task:
    """A compiled spec. Scene ``index`` is a function of (program, seed, index, size, photos) and nothing else; its
    pixels are one of the renderer, too. ``translator`` finds its translation into a language, None where there is
    none."""

    program: Program
    source: Source
    registry: Registry = field(repr=False)
    warnings: tuple[Diagnostic, ...] = ()
    translator: Translator | None = field(default=None, repr=False, compare=False)
    _kept: dict[tuple[int, int, str, str | None, Languages], Pipeline] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def name(self) -> str:
        """The task's name, as in ``spatial/left_of``."""
        return self.program.name

    @property
    def doc(self) -> str:
        """What the spec says of itself."""
        return self.program.doc

    @cached_property
    def hash(self) -> str:
        """The hash of the program, in hex: comments and layout do not change it."""
        return program_hash(self.program)

    def translated(self, language: str) -> Translation | None:
        """The task in a language beside English, None where its catalogues have no text of it. Raises ``SpecError``
        with what is wrong in them, ``PgtError`` for a language that is not known."""
        return None if self.translator is None else self.translator(check_code(language))

    def translation(self, language: str) -> Translation:
        """The same. Raises ``PgtError`` where there is none."""
        found = self.translated(language)
        if found is None:
            raise PgtError(
                f"`{self.name}` has no catalogue for `{language}`: `pgt catalog extract {self.source.name} --language "
                f"{language}` makes one to be filled in"
            )
        return found

    def sample(
        self,
        seed: int = 0,
        index: int = 0,
        size: int = DEFAULT_SIZE,
        photos: Photos = None,
        styles: Mapping[str, float] = DEFAULT_STYLES,
        renderer: str | None = None,
        language: str | Mapping[str, float] = ENGLISH,
    ) -> Example:
        """One sample, the same that ``pgt build`` writes for this index.

        size: px of the short side. photos: a folder or a catalogue, None for the shipped ones. renderer: the name of
        the painter, None for the preferred one. language: that of the texts, such as ``de``, or several by weight. Of a
        task with twins it is the first of the pair; ``batch`` gives both.
        Raises ``PgtError`` when the task is impossible or the budget of attempts is spent.
        """
        return self.batch(seed, [index], size=size, photos=photos, styles=styles, renderer=renderer,
                          language=language).examples[0]  # fmt: skip

    @overload
    def batch(
        self,
        seed: int = 0,
        indices: Sequence[int] | npt.NDArray[np.int64] | None = None,
        count: int | None = None,
        size: int = DEFAULT_SIZE,
        photos: Photos = None,
        styles: Mapping[str, float] = DEFAULT_STYLES,
        renderer: str | None = None,
        device: None = None,
        language: str | Mapping[str, float] = ENGLISH,
    ) -> Batch: ...

    @overload
    def batch(
        self,
        seed: int = 0,
        indices: Sequence[int] | npt.NDArray[np.int64] | None = None,
        count: int | None = None,
        size: int = DEFAULT_SIZE,
        photos: Photos = None,
        styles: Mapping[str, float] = DEFAULT_STYLES,
        renderer: str | None = None,
        *,
        device: str,
        language: str | Mapping[str, float] = ENGLISH,
    ) -> TensorBatch: ...

    def batch(
        self,
        seed: int = 0,
        indices: Sequence[int] | npt.NDArray[np.int64] | None = None,
        count: int | None = None,
        size: int = DEFAULT_SIZE,
        photos: Photos = None,
        styles: Mapping[str, float] = DEFAULT_STYLES,
        renderer: str | None = None,
        device: str | None = None,
        language: str | Mapping[str, float] = ENGLISH,
    ) -> Batch | TensorBatch:
        """The samples of ``indices``, or of the first ``count``, as one array of pixels.

        device: None for numpy arrays; ``"cuda"``, ``"cuda:1"`` or ``"cpu"`` for tensors of torch that are painted on
        that device and stay there (``TensorBatch``), by the renderer `triton` (on CUDA, where it is installed) or
        `torch`. These two give the same bytes; other renderers differ from them by a level or so at edges.
        Raises ``ValueError`` unless exactly one of ``indices`` and ``count`` is given and asks for a sample, else as
        ``sample``; ``PgtError`` when torch or the device is not there, or the renderer does not paint on devices.
        """
        if (indices is None) == (count is None):
            raise ValueError("give either `indices` or `count`")
        wanted = [int(i) for i in (range(count or 0) if indices is None else indices)]
        if not wanted:
            raise ValueError("a batch has at least one sample")
        check_styles(styles)
        pipeline = self.pipeline(seed, size, photos, renderer, language)
        scenes = pipeline.scenes(wanted)
        if device is not None:
            return tensor_batch(pipeline, scenes, device, styles)
        painted = pipeline.paint(scenes, ids=True)
        pixels = np.concatenate([p.rgb for p in painted])
        ids = np.concatenate([p.ids for p in painted if p.ids is not None])
        examples = tuple(
            Example(scene, pixels[k], ids[k], size, pipeline.photos.digest, styles, pipeline.painter)
            for k, scene in enumerate(scenes)
        )
        return Batch(pixels, ids, tuple(scenes), examples)

    def pipeline(
        self, seed: int = 0, size: int = DEFAULT_SIZE, photos: Photos = None, renderer: str | None = None,
        language: str | Mapping[str, float] = ENGLISH,
    ) -> Pipeline:  # fmt: skip
        """The stages of this task for a seed and a size; kept, so that planning is done once."""
        catalog = photos if isinstance(photos, PhotoCatalog) else open_photos(photos)
        spoken = languages_of(language)
        key = (seed, check_size(size), catalog.digest, renderer, spoken)
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = Pipeline(
                self.program, self.registry, seed, size, catalog, renderer, spoken,
                {code: self.translation(code) for code in spoken.foreign},
            )  # fmt: skip
        return self._kept[key]
