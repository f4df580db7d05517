"""Scenes for tests, of the kinds in ``fake_kinds``."""

from __future__ import annotations

from typing import Any

from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape

PLAIN = BackgroundChoice("plain", {"color": "#f3e9d2"})


def shape(slot: int, kind: str, at: tuple[float, float] = (0, 0), **fields: Any) -> SceneShape:
    ends = fields.get("from"), fields.get("to")
    if ends[0] and ends[1]:
        at = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
        xs, ys = sorted((ends[0][0], ends[1][0])), sorted((ends[0][1], ends[1][1]))
        box = (xs[0], ys[0], xs[1], ys[1])
    else:
        half = fields.get("radius", fields.get("size", 0) / 2)
        half_x, half_y = fields.get("width", 2 * half) / 2, fields.get("height", 2 * half) / 2
        box = (at[0] - half_x, at[1] - half_y, at[0] + half_x, at[1] + half_y)
    given = {
        "at": list(at), "turn": 0.0, "color": "#1f5fd6", "outline": "none", "stroke": 2.0, "opacity": 1.0, "layer": 0,
        "label": "", **fields,
    }  # fmt: skip
    given.setdefault("fill", given["color"])
    return SceneShape(slot, slot + 1, f"s{slot}", (), kind, given, box)


def scene(
    *shapes: SceneShape, width: int = 128, height: int = 96, background: BackgroundChoice = PLAIN, **rest: Any
) -> Scene:
    asks = rest.pop("asks", (Answered("Is it?", "bool", True, "Yes", 2.5),))
    return Scene("demo", "hash", 0, rest.pop("index", 7), width, height, 0, {}, {}, shapes, background, asks, **rest)


def all_kinds(background: BackgroundChoice = PLAIN) -> Scene:
    return scene(
        shape(0, "star", (24, 24), size=40.0, outline="#111111", color="#d62728", turn=10.0),
        shape(1, "circle", (64.3, 22.7), radius=14.0, label="A", color="#f2c80f"),
        shape(2, "rect", (104, 24), width=30.0, height=18.0, turn=30.0, fill="none", color="#2ca02c"),
        shape(3, "line", stroke=3.0, label="B", **{"from": [8, 60], "to": [44, 52]}),
        shape(4, "arrow", stroke=2.5, color="#ff7f0e", **{"from": [56, 66], "to": [88, 44]}),
        shape(5, "path", (64, 48), stroke=4.0, color="#8e44ad", points=[[94, 56], [104, 44], [112, 60], [122, 48]]),
        shape(6, "text", (30, 80), text="Word", size=16.0, turn=-8.0, color="#111111"),
        shape(7, "text", (70, 80), text="R", size=24.0, mirrored=True, color="#d62728"),
        shape(8, "box", (104, 78), width=34.0, height=24.0, fill="none", outline="#d62728", label="C"),
        shape(9, "circle", (64, 48), radius=18.0, opacity=0.4, color="#888888"),
        background=background,
    )
