"""A ``Scene`` as JSON and back, exactly."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape, WrongAnswer

Json = Any


def scene_to_json(scene: Scene) -> dict[str, Json]:
    """The scene as plain dicts and lists; shares its values with the scene."""
    return {
        f.name: _plain(getattr(scene, f.name)) for f in dataclasses.fields(scene)
    }  # fmt: skip


def scene_from_json(data: Mapping[str, Json]) -> Scene:
    """The scene of ``scene_to_json``. Raises ``TypeError`` or ``KeyError`` on anything else."""
    return Scene(
        **{
            **data,
            "shapes": tuple(_shape(item) for item in data["shapes"]),
            "background": BackgroundChoice(**data["background"]),
            "asks": tuple(_answered(item) for item in data["asks"]),
            "cuts": tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in data["cuts"]),
        }
    )


def _plain(value: Json) -> Json:
    """Dataclasses to dicts and tuples to lists, as deep as they go."""
    if isinstance(value, SceneShape | WrongAnswer | Answered | BackgroundChoice):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _shape(data: Mapping[str, Json]) -> SceneShape:
    x0, y0, x1, y1 = data["box"]
    return SceneShape(**{**data, "index": tuple(data["index"]), "box": (x0, y0, x1, y1), "parts": tuple(data["parts"])})


def _answered(data: Mapping[str, Json]) -> Answered:
    return Answered(
        **{
            **data,
            "options": tuple(data["options"]),
            "grounding": tuple(data["grounding"]),
            "wrong": tuple(WrongAnswer(**item) for item in data["wrong"]),
        }
    )
