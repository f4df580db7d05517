"""Paint order of composites: an item's parts stand together, in the oracle as in the batched reading."""

from __future__ import annotations

import numpy as np

from pgt_dsl.compile import compile_source
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.serial import program_hash
from pgt_dsl.scene.assemble import scenes
from pgt_dsl.scene.certify import certify
from pgt_dsl.solve.reject import Sampler
from pgt_dsl.source import Source

BADGES = """## Badges that may lie over one another.
task "test/badges"

kind badge(at: point) {
  shape disc: circle { at = at, radius = 12vmin, color = yellow }
  shape stud: dot[2] { at = at + (6vmin * index, 0px), color = black }
}

shape b: badge[3] { at ~ anywhere(canvas, 15vmin) }

ask "How many badges are there?"
  answer count(b)
"""


def test_items_of_a_composite_are_painted_whole_one_after_the_other() -> None:
    program = compile_source(Source("badges.pgt", BADGES), registry()).program
    batch = Sampler(program, registry(), 3).batch(np.arange(2))
    for scene in scenes(batch, program_hash(program)):
        painted = sorted((s for s in scene.shapes if s.painted), key=lambda s: s.id)
        assert [s.kind for s in painted] == ["circle", "dot", "dot"] * 3
        assert [s.id for s in painted] == list(range(1, 10))
        assert certify(program, scene, registry()) == []


def test_the_rank_of_a_composite_is_that_of_its_last_part() -> None:
    text = BADGES + 'ask "When is each of them painted?"\n  answer [x in b: x.order]\n'
    program = compile_source(Source("badges.pgt", text), registry()).program
    (scene,) = scenes(Sampler(program, registry(), 3).batch(np.arange(1)), program_hash(program))
    assert scene.asks[1].value == [2, 5, 8]
    assert certify(program, scene, registry()) == []


RANKS = """## What is painted when, of two lists whose lengths differ.
task "test/ranks"

pick n ~ 1 .. 3
shape first: dot[n] { layer = -index }
shape badge: circle[3] { color = red }

ask "When are they painted?"
  answer first.order + badge.order
ask "When is the last one painted?"
  answer badge[-1].order
"""


def test_the_rank_of_a_shape_counts_only_what_is_there() -> None:
    program = compile_source(Source("ranks.pgt", RANKS), registry()).program
    batch = Sampler(program, registry(), 3).batch(np.arange(3))
    found = [scene.asks[0].value for scene in scenes(batch, program_hash(program))]
    assert sorted(found, key=len) == [[0, 1, 2, 3], [1, 0, 2, 3, 4], [2, 1, 0, 3, 4, 5]]
    for scene in scenes(batch, program_hash(program)):
        assert certify(program, scene, registry()) == []
