"""The checks that every scene of a spec must pass, by name: what ``pgt test`` and the pytest plugin run.

Each is a function of a ``Subject`` (one scene) that returns its faults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.dataset.pixel_check import faults
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.margins_true import margin_faults, margins_are_true
from pgt_dsl.testing.pixel_answers import pixels_agree
from pgt_dsl.testing.pixel_colors import colors_are_painted
from pgt_dsl.testing.relations import answers_follow, relation_faults_of
from pgt_dsl.testing.subject import Check, Fault, Subject

__all__ = ["BATCHED", "CHECKS", "oracle_agrees", "picture_shows_scene"]


def oracle_agrees(subject: Subject) -> list[Fault]:
    """The oracle, by its own code for each measure, agrees with draws, requires, shapes, answers, phrases, options."""
    found = certify(subject.program, subject.scene, registry=subject.pipeline.registry, photos=subject.pipeline.photos)
    return [Fault("oracle", str(item), item.origin) for item in found]


def picture_shows_scene(subject: Subject) -> list[Fault]:
    """Every shape is seen in the painted ids where the oracle's outlines say, and filled ones in their colours."""
    found = faults(subject.program, subject.scene, subject.ids, subject.pipeline.registry, subject.pipeline.photos)
    return [*(Fault("picture", message) for message in found), *colors_are_painted(subject)]


CHECKS: Mapping[str, Check] = {
    "oracle": oracle_agrees,
    "picture": picture_shows_scene,
    "pixels": pixels_agree,
    "relations": answers_follow,
    "margins": margins_are_true,
}

BATCHED: Mapping[str, Callable[[Pipeline, Sequence[Scene]], list[list[Fault]]]] = {
    "relations": relation_faults_of,
    "margins": margin_faults,
}
"""Checks of ``CHECKS`` that are several times quicker over many scenes of one pipeline: the faults of each scene."""
