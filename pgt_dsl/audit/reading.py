"""The scenes of a finished data set, from the metadata of its samples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_from_json


def is_data_set(path: Path) -> bool:
    """Whether a path is a folder that a build has finished."""
    return path.is_dir() and (path / "manifest.json").is_file()


def scenes_by_task(folder: Path) -> dict[str, list[Scene]]:
    """The scenes of each task of a data set. Raises ``PgtError`` where it cannot be read."""
    found: dict[str, list[Scene]] = {}
    try:
        for text in _metadata(folder):
            scene = scene_from_json(json.loads(text)["scene"])
            found.setdefault(scene.task, []).append(scene)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PgtError(f"the metadata of `{folder}` cannot be read: {type(error).__name__}: {error}") from error
    if not found:
        raise PgtError(f"`{folder}` has no metadata of samples; an audit reads Parquet, LLaVA and ImageFolder")
    return found


def _metadata(folder: Path) -> Iterator[str]:
    """The metadata of every sample, whatever the format."""
    for path in sorted(folder.rglob("*.parquet")):
        import pyarrow.parquet as pq

        yield from pq.read_table(path, columns=["metadata"]).column("metadata").to_pylist()
    for path in sorted([*folder.rglob("scenes.jsonl"), *folder.rglob("metadata.jsonl")]):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["metadata"]
