"""A ``Scene`` as JSON and back, exactly."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from pgt_dsl.scene.scene import Answered, BackgroundChoice, Placed, Scene, SceneShape, WrongAnswer

Json = Any
_SCALARS = frozenset({str, int, float, bool, type(None)})


def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


_SCENE, _SHAPE, _ASK = _names(Scene), _names(SceneShape), _names(Answered)
_WRONG, _GROUND = _names(WrongAnswer), _names(BackgroundChoice)
_of_scene, _of_shape, _of_ask = attrgetter(*_SCENE), attrgetter(*_SHAPE), attrgetter(*_ASK)
_of_wrong, _of_ground = attrgetter(*_WRONG), attrgetter(*_GROUND)


def scene_to_json(scene: Scene) -> dict[str, Json]:
    """The scene as plain dicts and lists; shares its values with the scene."""
    made: dict[str, Json] = _plain(scene_parts(scene))
    return made


def scene_parts(scene: Scene) -> dict[str, Json]:
    """The scene as dicts, whose tuples and mappings are the scene's own: as ``json`` writes it, nothing copied."""
    data = dict(zip(_SCENE, _of_scene(scene), strict=True))
    if not scene.stage:
        del data["stage"]
    if not scene.swept:  # most scenes are of no sweep, and say nothing of it
        del data["swept"], data["steps"]
    data["shapes"] = [dict(zip(_SHAPE, _of_shape(shape), strict=True)) for shape in scene.shapes]
    data["background"] = dict(zip(_GROUND, _of_ground(scene.background), strict=True))
    data["asks"] = asks = [dict(zip(_ASK, _of_ask(ask), strict=True)) for ask in scene.asks]
    for ask in asks:
        ask["wrong"] = [dict(zip(_WRONG, _of_wrong(wrong), strict=True)) for wrong in ask["wrong"]]
        places = ask.pop("places")
        if places:  # most questions have none, and say nothing of it
            ask["places"] = [[place.text, place.start, place.end, place.at] for place in places]
    if scene.language == "en":  # most scenes are, and say nothing of it
        del data["language"]
    return data


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
    """Tuples to lists and mappings to dicts, as deep as they go."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, tuple | list):
        return [item if type(item) in _SCALARS else _plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: item if type(item) in _SCALARS else _plain(item) for key, item in value.items()}
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
            "places": tuple(
                Placed(str(text), int(start), int(end), tuple(map(float, at)))
                for text, start, end, at in data.get("places", ())
            ),
        }
    )
