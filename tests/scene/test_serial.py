"""Scenes as JSON and back."""

from __future__ import annotations

import json

import pytest

from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape, WrongAnswer
from pgt_dsl.scene.serial import scene_from_json, scene_to_json

SHAPE = SceneShape(3, 1, "xs", (0, 2), "figure", {"at": [1.5, 2.0], "points": [[1.0, 2.0]], "label": "A"},
                   (0.1, 0.2, 0.3, 0.4), (4, 5), True, True, "A")  # fmt: skip
ASK = Answered("Which?", "values", ["a", "b"], "a, b", 1.25, None, "", 1, ("a, b", "b, a"), 0,
               (WrongAnswer(["b", "a"], "b, a", "reversed"),), "It is.", "", (3,))  # fmt: skip
SCENE = Scene("t", "hash", 1, 2, 320, 240, 0, {"n": 3}, {"n": 3, "x.at": [None, [0.1, 1 / 3]]}, (SHAPE,),
              BackgroundChoice("plain", {"color": "#ffffff"}, 7), (ASK,), ((0, 0, 10, 20),), 1, "t/1/2")  # fmt: skip


def test_a_scene_survives_json_exactly() -> None:
    assert scene_from_json(json.loads(json.dumps(scene_to_json(SCENE)))) == SCENE


def test_json_is_plain() -> None:
    data = scene_to_json(SCENE)
    assert data == json.loads(json.dumps(data))


def test_other_json_is_refused() -> None:
    with pytest.raises((TypeError, KeyError)):
        scene_from_json({**scene_to_json(SCENE), "nonsense": 1})
