"""The plan of a build: everything that decides its samples and their files, checked before anything is done.

Two builds with one ``identity`` write the same files; only then can one go on with what the other has left.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pgt_dsl
from pgt_dsl.dataset.encode import Encoding, encoder
from pgt_dsl.dataset.manifest import versions
from pgt_dsl.dataset.pipeline import check_size, open_photos
from pgt_dsl.dataset.record import check_styles, id_stem
from pgt_dsl.dataset.task import Photos, Task
from pgt_dsl.dataset.worker import Setup
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.photos.catalog import PhotoCatalog


@dataclass(frozen=True)
class Plan:
    """What is built. ``numbers``: indices of each task; ``planned``: samples of each (twins give two an index);
    ``painter`` and ``encoder``: the names of what paints and encodes."""

    tasks: tuple[Task, ...]
    numbers: tuple[int, ...]
    planned: tuple[int, ...]
    setup: Setup
    format: str
    shard_rows: int
    painter: str
    encoder: str

    @property
    def identity(self) -> dict[str, Any]:
        """What is the same for two builds only if they write the same files, as JSON."""
        setup = self.setup
        tasks = [[t.name, t.hash, Path(t.source.name).name, n] for t, n in zip(self.tasks, self.planned, strict=True)]
        return {
            "samples": sum(self.planned),
            "tasks": tasks,
            "seed": setup.seed,
            "size": setup.size,
            "styles": dict(sorted(setup.styles.items())),
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
    tasks: Sequence[Task], count: int | Sequence[int], seed: int, format: str, size: int, photos: Photos,
    styles: Mapping[str, float], renderer: str | None, encoding: Encoding, shard_rows: int,
) -> Plan:  # fmt: skip
    """The plan of a build; the arguments are those of ``build``. Raises ``PgtError`` when they are wrong."""
    counts = split(count, max(len(tasks), 1)) if isinstance(count, int) else list(count)
    _check(tasks, sum(counts), format)
    check_size(size)
    check_styles(styles)
    plugins = tasks[0].registry
    catalog = photos if isinstance(photos, PhotoCatalog) else open_photos(photos)
    copies = [1 if task.program.twin is None else 2 for task in tasks]
    numbers = [math.ceil(part / many) for part, many in zip(counts, copies, strict=True)]
    planned = [number * many for number, many in zip(numbers, copies, strict=True)]
    programs = tuple(task.program for task in tasks)
    return Plan(
        tuple(tasks), tuple(numbers), tuple(planned),
        Setup(programs, plugins, catalog, seed, size, dict(styles), renderer, encoding),
        format, shard_rows, plugins.make_renderer(renderer).name, encoder(encoding).name,
    )  # fmt: skip


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
    seen: dict[str, str] = {}
    for name in names:
        # Images are files with these names, and there are file systems to which some letters are the same.
        stem = unicodedata.normalize("NFC", id_stem(name)).casefold()
        other = seen.setdefault(stem, name)
        if other != name:
            raise PgtError(
                f"the samples of `{other}` and `{name}` would have the same names, like `{id_stem(other)}-00000000` "
                "(other signs than letters and digits are dots in them, and large letters are taken for small ones); "
                "rename one of the tasks"
            )


@lru_cache(maxsize=1)
def code_digest() -> str:
    """The sha256 of pgt-dsl's own modules: who works on them changes samples without changing the version."""
    digest = hashlib.sha256()
    root = Path(pgt_dsl.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
