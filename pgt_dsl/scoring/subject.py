"""Which question is scored: an ``Answered`` with its scene and style, out of a sample, a scene or a data set's row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.scene.serial import scene_from_json
from pgt_dsl.scoring.coordinates import PROFILES, CoordinateProfile, profile

Told = tuple[Scene, tuple[str, ...], str]
STYLES = ("short", "sentence", "options", "reasoned")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to be scored. ``scene`` is None when only the ``Answered`` was given; ``style`` None when no one said
    how the question was put; ``group`` names the pair of twins, "" for none; ``coordinates`` is the convention of
    places."""

    ask: Answered
    scene: Scene | None
    style: str | None
    group: str = ""
    coordinates: CoordinateProfile = PROFILES["unit"]


def asked(sample: Any, ask: int = 0, style: str | None = None) -> Asked:
    """The question number ``ask`` of what can be scored. Raises ``PgtError`` for anything else."""
    if style is not None and style not in STYLES:
        raise PgtError(f"no answer style `{style}`; there are: {', '.join(STYLES)}")
    if isinstance(sample, Answered):
        return Asked(sample, None, style)
    if isinstance(sample, Scene):
        return Asked(_ask(sample, ask), sample, style, sample.twin_of)
    if isinstance(sample, Mapping):
        scene, styles, told = _of_row(sample)
        said = styles[ask] if 0 <= ask < len(styles) else None
        return Asked(_ask(scene, ask), scene, style or said, scene.twin_of, profile(told))
    inner, turns = getattr(sample, "scene", None), getattr(sample, "turns", ())
    if isinstance(inner, Scene):
        said = next((turn.style for turn in turns if turn.ask == ask), None)
        told = str(getattr(sample, "coordinates", "unit"))
        return Asked(_ask(inner, ask), inner, style or said, inner.twin_of, profile(told))
    raise PgtError(
        f"a {type(sample).__name__} cannot be scored; give a `Sample`, a `Scene`, an `Answered`, or a data set's row "
        "with its `metadata`"
    )


def _ask(scene: Scene, ask: int) -> Answered:
    if not 0 <= ask < len(scene.asks):
        raise PgtError(f"there is no question {ask}: the scene has {len(scene.asks)}, numbered from 0")
    return scene.asks[ask]


def _of_row(row: Mapping[str, Any]) -> Told:
    metadata = row.get("metadata")
    if isinstance(metadata, bytes):
        metadata = metadata.decode("utf-8", "replace")
    if isinstance(metadata, Mapping):
        metadata = json.dumps(metadata)
    if not isinstance(metadata, str):
        raise PgtError("a row needs the column `metadata`, as `pgt build` writes it, to be scored")
    return of_metadata(metadata)


@lru_cache(maxsize=512)
def of_metadata(metadata: str) -> Told:
    """The scene, the styles of its turns and its coordinates, of the metadata that data sets hold. Kept, since rewards
    ask for one row many times. Raises ``PgtError`` for anything else."""
    try:
        data = json.loads(metadata)
        styles = tuple(str(style) for style in data.get("styles", ()))
        return scene_from_json(data["scene"]), styles, str(data.get("coordinates", "unit"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PgtError(f"this is no metadata of a sample as `pgt build` writes it: {type(error).__name__}") from None
