"""The manifest of a build: what was made, from which programs and photos, by which versions, in which shares."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pgt_dsl import __version__
from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.series import Series
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.solve.drift import ALPHA, NOTABLE

MANIFEST_FORMAT = 1
EXTRAS = ("isal", "numba", "simplejpeg")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(_Model):
    """One value of a quota: the share of samples (pairs, with twins) that is to have it, and the share that has it."""

    planned: float
    produced: float


class Yield(_Model):
    """One requirement: how many proposed scenes it was asked of and how many of them it let through."""

    reason: str
    label: str
    tried: int
    passed: int

    @property
    def rate(self) -> float:
        """The share that passed; 1 when it was never asked."""
        return self.passed / self.tried if self.tried else 1.0


class Drawn(_Model):
    """One drawn variable: the law that was declared, and how far from it ``samples`` of the samples came out.

    ``effect``: the share of them that have another value than they were to have, or for laws that are not in steps
    the largest difference of the distribution functions; ``chance``: how likely as much is without any drift. Means of
    lengths are in px, of angles in degrees; of places they are distances from the middle, in short sides.
    """

    name: str
    type: str
    declared: str
    samples: int
    effect: float
    chance: float
    mean_declared: float | None = None
    mean_produced: float | None = None

    @property
    def notable(self) -> bool:
        """Whether it is more than chance allows, and enough to matter."""
        return self.chance < ALPHA and self.effect > NOTABLE

    @property
    def means(self) -> tuple[str, str]:
        """The declared mean and the one that came out, with their units; empty where there are none."""
        if self.mean_declared is None or self.mean_produced is None:
            return "", ""
        unit = {"length": "px", "angle": "deg"}.get(self.type, "")
        return f"{self.mean_declared:.4g}{unit}", f"{self.mean_produced:.4g}{unit}"


class Chained(_Model):
    """A stratum (the values of its picks, as JSON) that is too crowded for rejection: its ``scenes`` are the ends of
    Markov chains of ``sweeps`` sweeps, whose law is the declared one once they have settled. The law of all other
    strata is exact."""

    stratum: str
    sweeps: int
    scenes: int


class PhotoCredit(_Model):
    """A photo that was used: its author, source and licence, as far as the catalogue states them."""

    name: str
    author: str = ""
    source: str = ""
    licence: str = ""
    used: int = 0


class TaskEntry(_Model):
    """What came of one task. ``error`` is "" unless the task failed; then ``count`` is what had been written.

    Of ``attempts`` proposed scenes ``accepted`` passed every requirement. Of ``ids_checked`` samples the painted ids
    were compared with the scene (``dataset.pixel_check``). ``group``: samples of a group, 1 without groups; they differ
    in ``swept``, the name of a pick, or are twins. ``stage``: that of a curriculum which the task is for.
    """

    name: str
    doc: str = ""
    file: str = ""
    program: str
    planned: int
    count: int
    answers: dict[str, int] = Field(default_factory=dict)
    picks: dict[str, dict[str, Share]] = Field(default_factory=dict)
    styles: dict[str, int] = Field(default_factory=dict)
    attempts: int = 0
    accepted: int = 0
    ids_checked: int = 0
    yields: tuple[Yield, ...] = ()
    chains: tuple[Chained, ...] = ()
    drift: tuple[Drawn, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    group: int = 1
    swept: str = ""
    stage: str = ""

    @property
    def rate(self) -> float | None:
        """The share of proposals that passed; None when nothing was proposed."""
        return self.accepted / self.attempts if self.attempts else None


class SplitEntry(_Model):
    """A split: samples planned and made for it, and the records of the user's that are woven in. ``indices``: how many
    indices of each task it has, after those of the splits before it."""

    name: str
    planned: int
    count: int
    woven: int = 0
    indices: tuple[int, ...] = ()


class MixEntry(_Model):
    """Records of the user's that were woven in: ``count`` of the ``planned``, chosen from ``records`` of which
    ``skipped`` could not be used. ``unused``: what they had besides, and how many of them. Nothing of them is certified
    but that each image is there and has its place in the texts."""

    name: str
    split: str
    files: tuple[str, ...]
    digest: str
    records: int
    planned: int
    count: int
    copied: bool = False
    skipped: int = 0
    unused: dict[str, int] = Field(default_factory=dict)


class Manifest(_Model):
    """A finished build. ``contents`` are the names that it put into the folder, beside this file itself;
    ``usage`` is Python code that loads it; ``image``, ``quality`` and ``encoder`` say what the image files are and what
    made them. ``count`` is of samples; ``mixes`` come on top. ``sizes``: several, with their weights, of which ``size``
    is the smallest. ``styles`` are those of the first task, ``own_styles`` those of each where they are not the same
    for all; ``suffix``: what was said after questions, None in a manifest that is older than that.
    ``coordinates`` names what texts give places in; ``languages`` are those of each task, by weight, none where all are
    asked in English; ``series``: what the levels of the samples are."""

    manifest_format: int = MANIFEST_FORMAT
    pgt_version: str
    versions: dict[str, str]
    format: str
    image: str = "png"
    quality: int | None = None
    encoder: str = ""
    seed: int
    size: int
    planned: int
    count: int
    styles: dict[str, float]
    own_styles: tuple[dict[str, float], ...] = ()
    suffix: dict[str, str] | None = None
    coordinates: str = "unit"
    languages: tuple[dict[str, float], ...] = ()
    sizes: dict[int, float] = Field(default_factory=dict)
    splits: tuple[SplitEntry, ...] = ()
    mixes: tuple[MixEntry, ...] = ()
    series: Series | None = None
    renderer: str
    usage: str = ""
    photos: str = ""
    credits: tuple[PhotoCredit, ...] = ()
    tasks: tuple[TaskEntry, ...]
    contents: tuple[str, ...] = ()

    def styles_of(self, task: int) -> Mapping[str, float]:
        """The weights of the answer forms of a task, by its number."""
        return self.own_styles[task] if self.own_styles else self.styles

    def languages_of(self, task: int) -> Mapping[str, float]:
        """The weights of the languages of a task, by its number."""
        return self.languages[task] if self.languages else {"en": 1.0}

    @property
    def failed(self) -> tuple[TaskEntry, ...]:
        """The tasks that did not give all their samples."""
        return tuple(task for task in self.tasks if task.error)

    def to_json(self) -> str:
        """The text of ``manifest.json``."""
        return self.model_dump_json(indent=1) + "\n"


def versions() -> Mapping[str, str]:
    """The versions of what the numbers, the pixels and the files depend on, as far as it is installed."""
    import numpy
    import PIL
    import shapely

    return {
        "pgt": __version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "pillow": PIL.__version__,
        "shapely": shapely.__version__,
        **{name: version(name) for name in EXTRAS if find_spec(name)},
    }


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a data set. Raises ``PgtError`` when there is none or it cannot be read."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PgtError(f"`{folder}` is not a data set of pgt-dsl: it has no {MANIFEST}") from None
    except (OSError, ValueError) as error:
        raise PgtError(f"cannot read `{path}`: {error}") from error
