"""Hypothesis strategies for what pgt-dsl makes: ``scenes`` of a task, texts of whole ``specs``, and their ``programs``.

``scenes`` draws through Hypothesis' choice sequence: the picks, then each variable from its law, as values and not as
uniform numbers. So a failing scene shrinks to few shapes, whole pixels, the first colours. Few choices give a scene
where requirements are hard; ``testing.smallest`` therefore hands Hypothesis scenes of the sampler to begin with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st

from pgt_dsl.dataset.pipeline import DEFAULT_SIZE
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.choosers import Asked
from pgt_dsl.testing.made import Made, Maker
from pgt_dsl.testing.spec_texts import programs, specs

if TYPE_CHECKING:
    from pgt_dsl.dataset.task import Photos, Task

__all__ = ["drawn", "drawn_scenes", "programs", "sampled_scenes", "scenes", "specs"]

MOST_SAMPLED = 10_000


def scenes(task: Task, size: int = DEFAULT_SIZE, *, seed: int = 0, photos: Photos = None) -> st.SearchStrategy[Scene]:
    """Scenes of a task that its sampler accepts: drawn by Hypothesis, or (for tasks whose scenes are rare) taken from
    the sampler by index.

    size: px of the short side; photos: a folder or a catalogue, None for the shipped ones. Of a task with twins either
    of a pair. Raises ``PgtError`` when the task is impossible.
    """
    maker = Maker(task.pipeline(seed, size, photos))
    return drawn_scenes(maker) | sampled_scenes(maker)


def drawn_scenes(maker: Maker) -> st.SearchStrategy[Scene]:
    """Scenes whose every value is a choice of Hypothesis; choices that the sampler's checks reject are passed over."""
    return drawn(maker).map(lambda made: made.scene)


@st.composite
def drawn(draw: Any, maker: Maker) -> Made:
    """As ``drawn_scenes``, with the draws that make each scene again."""
    made = maker.make(Asked(draw))
    assume(isinstance(made, Made))
    assert isinstance(made, Made)
    return made


@st.composite
def sampled_scenes(draw: Any, maker: Maker) -> Scene:
    """Scenes of the sampler by index: they shrink to small indices and no further."""
    index = draw(st.integers(0, MOST_SAMPLED))
    pair = maker.pipeline.scenes([index])
    return pair[draw(st.integers(0, len(pair) - 1)) if len(pair) > 1 else 0]
