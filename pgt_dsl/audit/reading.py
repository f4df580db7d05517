"""The scenes of a finished data set, as its format's own reader gives them, with the programs that lie beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.formats.reading import Problem, json_value
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_from_json
from pgt_dsl.verify.judge import Replay
from pgt_dsl.verify.opened import Opened, open_data_set

KEPT = 20_000  # scenes of a task


@dataclass(frozen=True)
class Given:
    """One task of a data set: its scenes (the first ``KEPT`` at most), and its pipeline where its program is there."""

    task: str
    scenes: list[Scene]
    pipeline: Pipeline | None


def is_data_set(path: Path) -> bool:
    """Whether a path is a folder that a build has finished."""
    return path.is_dir() and (path / MANIFEST).is_file()


def tasks_of(folder: Path, registry: Registry, photos: PhotoCatalog | Path | None) -> Iterator[Given]:
    """The tasks of a data set. Raises ``PgtError`` where it cannot be read."""
    opened = open_data_set(folder, registry, photos)
    found: dict[str, list[Scene]] = {task.name: [] for task in opened.manifest.tasks}
    for scene in _scenes(opened):
        kept = found.get(scene.task)
        if kept is None:
            raise PgtError(f"`{folder}` has a sample of the task `{scene.task}`, which its manifest does not name; "
                           "`pgt verify` tells what else is wrong with it")  # fmt: skip
        if len(kept) < KEPT:
            kept.append(scene)
    manifest = opened.manifest
    for task, program in zip(manifest.tasks, opened.programs, strict=True):
        pipeline = None
        if program is not None:
            pipeline = Replay(program, registry, manifest.seed, manifest.size, opened.photos, opened.renderer)
        yield Given(task.name, found[task.name], pipeline)


def _scenes(opened: Opened) -> Iterator[Scene]:
    for piece in opened.reader.pieces():
        for row in [piece] if isinstance(piece, Problem) else opened.reader.rows(piece):
            where = f"{opened.folder / row.file}" + ("" if row.row is None else f", row {row.row}")
            if isinstance(row, Problem):
                raise PgtError(f"{where}: {row.message}; `pgt verify` tells what else is wrong")
            try:
                yield scene_from_json(json_value(row.metadata)["scene"])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise PgtError(f"{where}: its metadata holds no scene ({type(error).__name__}: {error}); `pgt verify` "
                               "tells what else is wrong") from error  # fmt: skip
