"""The plan of a build: everything that decides its samples and their files, checked before anything is done.

Two builds with one ``identity`` write the same files; only then can one go on with what the other has left.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pgt_dsl
from pgt_dsl.dataset.encode import Encoding, encoder
from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.languages import Languages, languages_of
from pgt_dsl.dataset.manifest import versions
from pgt_dsl.dataset.mix.loom import Strand
from pgt_dsl.dataset.mix.order import apportion
from pgt_dsl.dataset.mix.source import Mix, MixError, Say, choose, open_source, wanted_counts
from pgt_dsl.dataset.mix.stage_order import stage_order
from pgt_dsl.dataset.pipeline import open_photos
from pgt_dsl.dataset.record import SUFFIXES, check_styles, check_suffix, id_stem
from pgt_dsl.dataset.sizes import sizes_of
from pgt_dsl.dataset.task import Photos, Task
from pgt_dsl.dataset.worker import Setup
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import ENGLISH
from pgt_dsl.languages.translation import Translation
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.extension import FormatSpec
from pgt_dsl.scene.coordinates import profile

Spoken = str | Mapping[str, float] | Sequence[str] | Sequence[Mapping[str, float]]
"""One language, several in equal parts or by weight, or those of each task, by weight."""


@dataclass(frozen=True)
class Plan:
    """What is built. ``numbers``: indices of each task; ``planned``: samples of each (a group has one index);
    ``painter`` and ``encoder``: the names of what paints and encodes."""

    tasks: tuple[Task, ...]
    numbers: tuple[int, ...]
    planned: tuple[int, ...]
    setup: Setup
    format: str
    shard_rows: int
    painter: str
    encoder: str
    strands: tuple[Strand, ...] = ()
    splits: Mapping[str, int] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, Any]:
        """What is the same for two builds only if they write the same files, as JSON."""
        setup = self.setup
        tasks = [[t.name, t.hash, Path(t.source.name).name, n] for t, n in zip(self.tasks, self.planned, strict=True)]
        return {
            "samples": sum(self.planned),
            "tasks": tasks,
            "seed": setup.seed,
            "size": setup.sizes.smallest if not setup.sizes.several else [list(pair) for pair in setup.sizes.weights],
            "styles": [dict(sorted(styles.items())) for styles in setup.styles],
            "suffix": dict(sorted(setup.suffix.items())),
            "coordinates": str(setup.coordinates),
            "languages": [
                [list(setup.spoken(k).weights), [found[code].digest for code in setup.spoken(k).foreign]]
                for k, found in enumerate(setup.translations)
            ],
            "splits": dict(self.splits),
            "mix": [source.identity for strand in self.strands for source in strand.sources],
            "photos": setup.photos.digest,
            "format": self.format,
            "rows a shard": self.shard_rows,
            "image": setup.encoding.image,
            "quality": setup.encoding.quality,
            "encoder": self.encoder,
            "renderer": self.painter,
            "versions": dict(versions()),
            "plugins": dict(sorted(setup.registry.distributions.items())),
            "code of pgt-dsl": code_digest(),
        }


def make_plan(
    tasks: Sequence[Task], count: int | Sequence[int], seed: int, format: str, size: int | Mapping[int, float],
    photos: Photos, styles: Mapping[str, float] | Sequence[Mapping[str, float]], renderer: str | None,
    encoding: Encoding, shard_rows: int, suffix: Mapping[str, str] | None = None,
    splits: Mapping[str, int] | None = None, mixes: Sequence[Mix] = (), say: Say | None = None,
    coordinates: str = "unit", only: Sequence[str | None] = (), languages: Spoken = ENGLISH,
) -> Plan:  # fmt: skip
    """The plan of a build; the arguments are those of ``build``. Raises ``PgtError`` when they are wrong."""
    counts = split(count, max(len(tasks), 1)) if isinstance(count, int) else list(count)
    _check(tasks, sum(counts), format)
    sizes = sizes_of(size)
    each = [styles] * len(tasks) if isinstance(styles, Mapping) else list(styles)
    for weights in each:
        check_styles(weights)
    spoken = spoken_by(languages, len(tasks))
    said = {**SUFFIXES, **(suffix or {})}
    check_suffix(said)
    plugins = tasks[0].registry
    catalog = photos if isinstance(photos, PhotoCatalog) else open_photos(photos)
    copies = [task.program.copies for task in tasks]
    parts = divided(counts, splits or {}, only)
    numbers = {name: [math.ceil(n / k) for n, k in zip(part, copies, strict=True)] for name, part in parts.items()}
    planned = {name: [n * k for n, k in zip(part, copies, strict=True)] for name, part in numbers.items()}
    wanted = {name: sum(part) for name, part in planned.items()}
    strands = _strands(tasks, numbers, wanted, plugins.formats[format], seed, mixes, say)
    programs = tuple(task.program for task in tasks)
    return Plan(
        tuple(tasks), _sums(numbers), _sums(planned),
        Setup(programs, plugins, catalog, seed, sizes, tuple(dict(w) for w in each), renderer, encoding, said,
              profile(coordinates), spoken, translations(tasks, spoken)),
        format, shard_rows, plugins.make_renderer(renderer).name, encoder(encoding).name, strands,
        wanted if splits else {},
    )  # fmt: skip


def spoken_by(languages: Spoken, tasks: int) -> tuple[Languages, ...]:
    """The languages of each of so many tasks, of those for all or of each. Raises ``PgtError`` for what are none."""
    if isinstance(languages, str | Mapping) or all(isinstance(code, str) for code in languages):
        return (languages_of(languages),) * tasks  # type: ignore[arg-type]
    if len(languages) != tasks:
        raise PgtError(f"there are languages of {len(languages)} tasks, and {tasks} tasks")
    return tuple(map(languages_of, languages))


class Untranslated(PgtError):
    """Tasks have no catalogue in a language that was asked for. ``lost``: the name of each, and the language."""

    def __init__(self, lost: Sequence[tuple[str, str]]) -> None:
        self.lost = tuple(lost)
        told = [f"`{name}` has no catalogue for `{code}`" for name, code in lost]
        super().__init__("\n".join([*told, self.help]))

    @property
    def help(self) -> str:
        """What to do."""
        return (
            f"`pgt catalog extract SPEC --language {self.lost[0][1]}` makes a catalogue to be filled in; or leave the "
            'language out for such a task, as by `languages = ["en"]` below its [[task]]'
        )


def translations(tasks: Sequence[Task], spoken: Sequence[Languages]) -> tuple[Mapping[str, Translation], ...]:
    """The translations that each task needs. Raises ``Untranslated``, and ``SpecError`` with what is wrong in
    catalogues."""
    found = [{code: task.translated(code) for code in mine.foreign} for task, mine in zip(tasks, spoken, strict=True)]
    lost = [
        (task.name, code) for task, of in zip(tasks, found, strict=True) for code, made in of.items() if made is None
    ]
    if lost:
        raise Untranslated(lost)
    return tuple({code: made for code, made in of.items() if made is not None} for of in found)


def divided(
    counts: Sequence[int], splits: Mapping[str, int], only: Sequence[str | None] = ()
) -> dict[str, list[int]]:  # fmt: skip
    """How many samples of each task go to each split: exactly as many in all as the split is to have, and of each task
    its part, to one sample; ``only`` names the split that has all samples of a task, None for the others.

    Raises ``PgtError`` unless the splits add up to the samples that there are.
    """
    if not splits:
        return {TRAIN: list(counts)}
    empty = next((name for name, wanted in splits.items() if wanted < 1), None)
    if empty is not None:
        raise PgtError(f"the split `{empty}` has no sample; ask for more, or leave it out")
    if sum(splits.values()) != sum(counts):
        raise PgtError(f"the splits have {sum(splits.values()):,} samples together, the tasks {sum(counts):,}")
    owners = list(only) or [None] * len(counts)
    rest, found = [n if owner is None else 0 for n, owner in zip(counts, owners, strict=True)], {}
    for name, wanted in splits.items():
        if name in owners:
            found[name] = [n if owner == name else 0 for n, owner in zip(counts, owners, strict=True)]
            continue
        found[name] = apportion(wanted, [float(n) for n in rest])
        rest = [n - part for n, part in zip(rest, found[name], strict=True)]
    return found


def _sums(parts: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    """Over the splits, for each task."""
    return tuple(map(sum, zip(*parts.values(), strict=True)))


def _strands(
    tasks: Sequence[Task], numbers: Mapping[str, Sequence[int]], wanted: Mapping[str, int], format: FormatSpec,
    seed: int, mixes: Sequence[Mix], say: Say | None,
) -> tuple[Strand, ...]:  # fmt: skip
    """The splits, each with its ranges of indices and the records that are woven in, which are chosen here."""
    if len(numbers) > 1 and not format.splits:
        raise PgtError(f"the format `{format.name}` does not know splits; leave out `[[split]]`, or build one by one")
    if mixes and "records" not in format.keeps:
        raise PgtError(f"the format `{format.name}` takes only samples of pgt-dsl's; leave out `[[mix]]`")
    names = [mix.name for mix in mixes] + [task.name for task in tasks]
    double = next((name for name in names if names.count(name) > 1), None)
    if mixes and double is not None:
        raise MixError("R808", double, double, f"two parts of the data set are named `{double}`; give the mix another "
                       "`name`")  # fmt: skip
    for other, name in _alike([mix.name for mix in mixes]):
        raise MixError("R808", name, name, f"the records of `{other}` and `{name}` would have the same names, like "
                       f"`{id_stem(other)}+00000000` (other signs than letters and digits are dots in them, and large "
                       "letters are taken for small ones); give one of the mixes another `name`")  # fmt: skip
    stray = next((mix for mix in mixes if mix.split not in numbers), None)
    if stray is not None:
        raise MixError("R808", stray.name, stray.split, f"`{stray.name}` is for the split `{stray.split}`; there are: "
                       + ", ".join(numbers))  # fmt: skip
    first = [0] * len(tasks)
    stages = ["" if task.program.stage is None else task.program.stage.name for task in tasks]
    order = stage_order([task.name for task in tasks], stages, seed)
    found, wrong = [], []
    for name, part in numbers.items():
        indices = {t.name: range(a, a + n) for t, a, n in zip(tasks, first, part, strict=True)}
        first = [a + n for a, n in zip(first, part, strict=True)]
        mine = [mix for mix in mixes if mix.split == name]
        sources = []
        for mix, many in zip(mine, wanted_counts(mine, wanted[name]), strict=True):
            try:
                source = open_source(mix, format)
                choose(source, many, seed, say)
                sources.append(source)
            except MixError as error:
                wrong.append(error)
        found.append(Strand(name, wanted[name], indices, tuple(sources), order))
    if wrong:
        wrong[0].others = tuple(wrong[1:])
        raise wrong[0]
    return tuple(found)


def split(count: int, parts: int) -> list[int]:
    """``count`` in equal parts, the remainder to the first: 10 over 4 is 3, 3, 2, 2."""
    return [count // parts + (k < count % parts) for k in range(parts)]


def _check(tasks: Sequence[Task], count: int, format: str) -> None:
    if not tasks:
        raise PgtError("there is no task to build")
    if count < 1:
        raise PgtError(f"a data set has at least one sample, not {count}")
    formats = tasks[0].registry.formats
    if format not in formats:
        raise PgtError(f"no format `{format}`; there are: {', '.join(sorted(formats))}")
    names = [task.name for task in tasks]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise PgtError(f"two tasks are named `{double}`")
    for other, name in _alike(names):
        raise PgtError(
            f"the samples of `{other}` and `{name}` would have the same names, like `{id_stem(other)}-00000000` "
            "(other signs than letters and digits are dots in them, and large letters are taken for small ones); "
            "rename one of the tasks"
        )


def _alike(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names of which the ids would be the same: images are files with these names, and there are file systems
    to which some letters are the same."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(unicodedata.normalize("NFC", id_stem(name)).casefold(), name)
        if other != name:
            yield other, name


@lru_cache(maxsize=1)
def code_digest() -> str:
    """The sha256 of pgt-dsl's own modules, and of the words of its languages: who works on them changes samples without
    changing the version."""
    digest = hashlib.sha256()
    root = Path(pgt_dsl.__file__).parent
    for path in sorted([*root.rglob("*.py"), *(root / "languages").glob("*.toml")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
