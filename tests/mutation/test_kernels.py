"""Kernels that run as plain Python paint what they paint when they are compiled, and a bug in one shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.mutation.kernels import SWITCH
from tests.mutation.operators import ROOT

SCRIPT = """
import json
from pgt_dsl.testing import display_lists as lists, renderer_scenes
from tests.mutation import kernels, painters
from tests.mutation.run import judge
from tests.mutation.operators import mutants
from tests.mutation.swap import module_of

shown = ("disc, filled", "upright rectangle, filled", "line, filled")
gallery = [(name, one) for name, one in lists.gallery() if name in shown]
lists.gallery, lists.hostile = lambda: iter(gallery), lambda: iter(())
renderer_scenes.scene_lists = lambda size: iter(())
items = painters.painter_items("numba")[1:]  # less what the protocol asks
for item in items:
    item.called = frozenset((m.file, m.function) for m in mutants("pgt_dsl/paint/numba_blend.py"))
names = ("level#arithmetic.1", "div255#arithmetic.4")
planted = [m for m in mutants("pgt_dsl/paint/numba_blend.py") if m.name.partition("::")[2] in names]
for mutant in planted:
    module_of(mutant.file)
print(json.dumps([len(items), [item.run() for item in items], [judge(m, items).by for m in planted]]))
"""


def test_kernels_without_a_compiler_paint_the_exact_picture_and_mutants_of_them_do_not() -> None:
    environment = {**os.environ, SWITCH: "1", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    number, faults, noticed = json.loads(ran.stdout.splitlines()[-1])
    assert number >= 3 and set(faults) == {""}
    assert noticed == ["painter", "painter"]
