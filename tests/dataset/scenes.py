"""Small scenes and samples by hand, for tests of what comes after solving."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pgt_dsl.dataset.encode import PNG, Encoding, encoder
from pgt_dsl.dataset.record import DEFAULT_STYLES, record
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape, WrongAnswer

W, H = 48, 32


def scene(
    index: int = 0,
    task: str = "spatial/left_of",
    asks: tuple[Answered, ...] | None = None,
    cuts: tuple[tuple[int, int, int, int], ...] = (),
    twin: int = 0,
    twin_of: str = "",
) -> Scene:
    dot = SceneShape(0, 1, "a", (), "dot", {"at": [12.5, -0.0], "radius": 3.0, "color": "#ff0000"}, (9.5, 9, 15.5, 15))
    return Scene(
        task=task,
        program="ab" * 32,
        seed=7,
        index=index,
        width=W,
        height=H,
        attempt=3,
        stratum={"truth": index % 2 == 0},
        draws={"side": 0.1 + 0.2},
        shapes=(dot,),
        background=BackgroundChoice("plain", {"color": "#eeeeee"}),
        asks=asks or (question(),),
        cuts=cuts,
        twin=twin,
        twin_of=twin_of,
    )


def question(text: str = "red", options: tuple[str, ...] = ("blue", "red", "green")) -> Answered:
    return Answered(
        question="What colour is the dot?",
        form="color",
        value="#ff0000",
        text=text,
        margin=None,
        options=options,
        correct=options.index(text) if text in options else None,
        wrong=(WrongAnswer("#0000ff", "blue", "named another"),),
        sentence="The dot is red.",
        reason="The dot at (0.26, 0.38) is red.",
        grounding=(0,),
    )


def pixels(index: int = 0) -> npt.NDArray[np.uint8]:
    """uint8[H, W, 3] that differs by index, column and channel."""
    x = np.arange(W)[None, :, None] * 5
    y = np.arange(H)[:, None, None] * 7
    return np.asarray((x + y + np.arange(3) * 40 + index * 11) % 256, np.uint8)


def sample(
    index: int = 0, styles: Mapping[str, float] = DEFAULT_STYLES, encoding: Encoding = PNG, **changes: object
) -> Sample:
    return record(
        scene(index, **changes), pixels(index), size=32, photos="cafe", styles=styles, renderer="test",  # type: ignore[arg-type]
        files=encoder(encoding),
    )  # fmt: skip
