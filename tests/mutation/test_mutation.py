"""Planted bugs are noticed: one of each family by name, a share by chance; and planting does what it says."""

from __future__ import annotations

import ast
import json
import os
from collections import Counter, defaultdict

import pytest

from pgt_dsl.builtin import extension
from pgt_dsl.testing.checks import CHECKS
from tests.mutation import worlds
from tests.mutation.conformance import conformance_items
from tests.mutation.items import Item
from tests.mutation.ledger import LEDGER, Ledger
from tests.mutation.operators import Mutant, mutants
from tests.mutation.planted import BUGS, EACH, PAINTED, Planted, planted_set
from tests.mutation.report import SURVIVORS
from tests.mutation.run import chosen, judge
from tests.mutation.suites import KNOWS, SHOWS, measured, pool_of, scene_items
from tests.mutation.swap import module_of, plant
from tests.mutation.targets import TARGETS

WORLDS = {
    "figures": worlds.spec("figures", worlds.two("figures"), worlds.PAIR),
    "boxes": worlds.spec("boxes", worlds.two("boxes"), worlds.PAIR),
    "lines": worlds.spec("lines", worlds.two("lines"), worlds.questions("lines")),
    "arrows": worlds.spec("arrows", worlds.two("arrows"), worlds.PAIR),
    "many": worlds.spec("many", worlds.MANY, worlds.MANY_Q[12:24]),
    "plain": worlds.spec("plain", worlds.PLAIN, worlds.PLAIN_Q[:22]),
    "more": worlds.spec("more", worlds.PLAIN, worlds.PLAIN_Q[22:48]),
}
# One planted bug of each family: what it is, and what is mutated.
SHARED = frozenset(
    {"measure vector_x", "measure vector_y", "measure abs", "kind rect", "kind dot", "kind panel"}
)  # whose code is that of others, or holds nothing to change
CANARIES = {
    "a sign in a measure": ("measures", "geometry/measures::iou#arithmetic.4"),
    "min for max in a measure": ("measures", "geometry/measures::iou#swapped.5"),
    "a dropped term of a measure": ("measures", "program/functions::polar#dropped.3"),
    "degrees for radians": ("measures", "program/functions::polar#swapped.1"),
    "the wrong side of a line": ("measures", "program/functions::offset#arithmetic.2"),
    "an off-by-one in a list": ("measures", "program/lists::at_index#arithmetic.2"),
    "a wrong constant of a unit": ("measures", "program/ops::unit_of#constant.1"),
    "width for height of a unit": ("measures", "program/ops::unit_of#swapped.1"),
    "an arrow's head": ("kinds", "geometry/outlines::arrow#constant.3"),
    "an arrow's stroke": ("kinds", "geometry/outlines::arrow#arithmetic.13"),
    "a rounding of an answer": ("scene", "scene/answers::_quantity#sign.1"),
    "the oracle's boxes": ("oracle", "geometry/oracle_functions::iou#swapped.2"),
    "the oracle's angles": ("oracle", "program/oracle_plain::direction#constant.2"),
    "the oracle's rectangles": ("oracle", "geometry/oracle_outlines::rect#arguments.2"),
    "a fill of the display list": ("display", "paint/scene_display::_paint_rank#arguments.1"),
}


def few(target: str) -> list[Planted]:
    """Seven bugs in measures or kinds that these things' own suites notice, as the ledger says."""
    known = Ledger(LEDGER)

    def own(planted: Planted) -> bool:
        verdict, name = known.get(planted.mutant), planted.unit.partition(" ")[2]
        return verdict is not None and verdict.by.startswith("check_") and verdict.how.startswith(f"{name} ")

    return [planted for planted in chosen(target, 0.7, seed=2) if own(planted)][:7]


@pytest.fixture(scope="module")
def items() -> dict[str, list[Item]]:
    """The items of each target, with what they call."""
    pools = {name: ("measures", pool_of(text, 4)) for name, text in WORLDS.items()}
    units = {p.unit.partition(" ")[2] for target in ("measures", "kinds") for p in few(target)}
    suites = measured(list(conformance_items(only=units)))
    checks = {"measures": tuple(CHECKS), "oracle": KNOWS, "display": SHOWS}
    found = {target: measured(scene_items(target, pools, names)) for target, names in checks.items()}
    found["measures"] = [*suites, *found["measures"]]
    found["oracle"] = [*suites, *found["oracle"]]
    return {**found, "kinds": found["measures"], "scene": found["measures"]}


def by_name(name: str) -> Mutant:
    file, _, rest = name.partition("::")
    whole = f"pgt_dsl/{file}.py::{rest}"
    return next(mutant for mutant in mutants(f"pgt_dsl/{file}.py") if mutant.name == whole)


@pytest.mark.parametrize("what", CANARIES)
def test_a_planted_bug_is_noticed(what: str, items: dict[str, list[Item]]) -> None:
    target, name = CANARIES[what]
    mutant = by_name(name)
    verdict = judge(mutant, items[target])
    assert verdict.by not in ("", "-", "plant", "crash"), f"{what}: `{mutant.was}` -> `{mutant.now}` was not noticed"


@pytest.mark.parametrize("target", ["measures", "kinds"])
def test_what_the_ledger_says_was_noticed_is_noticed_again(target: str, items: dict[str, list[Item]]) -> None:
    """A share of measures and kinds, by their own conformance suites; the whole set is ``python -m tests.mutation``."""
    some = [planted.mutant for planted in few(target)]
    left = [mutant for mutant in some if not judge(mutant, items[target]).by]
    assert len(some) == 7
    assert not left, "\n".join(f"{m.name}: `{m.was}` -> `{m.now}`" for m in left)


@pytest.mark.parametrize("target", TARGETS)
def test_the_planted_set_is_the_same_every_time_and_balanced(target: str) -> None:
    found = planted_set(target)
    assert found == planted_set(target)
    assert len({p.mutant.name for p in found}) == len(found)
    count = Counter((p.unit, p.bug) for p in found)
    assert set(bug for _, bug in count) == set(BUGS)
    assert max(count.values()) <= max(*EACH.values(), *PAINTED.values())


def test_every_measure_and_every_kind_has_bugs_planted() -> None:
    units = {p.unit for target in ("measures", "kinds", "oracle") for p in planted_set(target)}
    names = [f"measure {f.name}" for f in extension.functions] + [f"kind {k.name}" for k in extension.kinds]
    assert [name for name in names if name not in units and name not in SHARED] == []


def test_explained_survivors_are_still_there() -> None:
    files: dict[str, dict[str, Mutant]] = defaultdict(dict)
    for group in json.loads(SURVIVORS.read_text(encoding="utf-8")):
        assert group["why"] and group["mutants"]
        for entry in group["mutants"]:
            file = entry["name"].partition("::")[0]
            if file not in files:
                files[file] = {mutant.name: mutant for mutant in mutants(file)}
            found = files[file].get(entry["name"])
            assert found is not None, f"{entry['name']} is gone: list it no more"
            assert (found.was[:120], found.now[:120]) == (entry["was"], entry["now"]), f"{entry['name']} has changed"


# planting ---------------------------------------------------------------------------------------------------


def run_planted(mutant: Mutant, expression: str) -> object:
    """What an expression gives in a process that runs the mutant."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            plant(mutant)
            space: dict[str, object] = {}
            exec("import numpy as np\nfrom pgt_dsl.geometry import distance, forms, measures, pieces", space)
            os.write(writer, repr(eval(expression, space)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return ast.literal_eval(said.decode())


def test_a_function_is_changed_wherever_it_was_imported() -> None:
    mutant = by_name("geometry/pieces::chunks#constant.2")  # max(WORK // max(each, 1), 1): the last 1 becomes 2
    module_of(mutant.file)
    many = "len(list(distance.chunks(np.arange(10), 10**9)))"
    assert int(str(run_planted(mutant, many))) < 10


def test_a_constant_is_changed_wherever_it_was_imported() -> None:
    mutant = next(m for m in mutants("pgt_dsl/geometry/pieces.py") if m.was == "4096" and not m.function)
    assert run_planted(mutant, "int(distance.BUCKETS[-1])") == 4097


def test_what_is_memoised_is_computed_anew() -> None:
    from pgt_dsl.geometry.forms import unit_form

    before = len(unit_form("hexagon"))
    mutant = next(m for m in mutants("pgt_dsl/geometry/forms.py") if m.was == "6" and not m.function)
    assert run_planted(mutant, "len(forms.unit_form('hexagon'))") == before + 1


def test_names_do_not_hold_lines() -> None:
    found = mutants("pgt_dsl/geometry/measures.py")
    assert len({mutant.name for mutant in found}) == len(found) > 500
    assert found == mutants("pgt_dsl/geometry/measures.py")
