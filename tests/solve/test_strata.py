"""Quotas: exact in every full run, nested, pruned, and a function of the index alone."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Constraint, Law
from pgt_dsl.solve.strata import Strata, StrataError
from tests.program.worlds import REGISTRY, pick, program


def strata(b, picks, key=5):
    return Strata(program(b, picks=tuple(picks)), REGISTRY, key, (100.0, 100.0))


def nested():
    """n in 1 .. 3, then k in 0 .. n."""
    b = Builder()
    n, first = pick(b, "n", b.const("int[]", [1, 2, 3]))
    k, second = pick(b, "k", b.node("range", "int[]", (b.const("int", 0), n), None, (4,)))
    return b, n, k, [first, second]


def test_shares_are_exact_in_every_full_run():
    b, _, _, picks = nested()
    s = strata(b, picks)
    assert s.share(0) == {1: Fraction(1, 3), 2: Fraction(1, 3), 3: Fraction(1, 3)}
    assert s.share(1)[0] == Fraction(1, 3) * (Fraction(1, 2) + Fraction(1, 3) + Fraction(1, 4))
    found = s.values_at(np.arange(360))
    for end in range(3, 361, 3):
        counts = Counter(found[0][:end].tolist())
        assert counts == {1: end // 3, 2: end // 3, 3: end // 3}
    for n in (1, 2, 3):
        later = found[1][found[0] == n].tolist()
        for end in range(n + 1, len(later) + 1, n + 1):
            assert set(Counter(later[:end]).values()) == {end // (n + 1)}


def test_a_function_of_the_index_alone():
    b, _, _, picks = nested()
    s, t = strata(b, picks), strata(b, picks, key=6)
    order = np.random.default_rng(1).permutation(500)
    whole, mixed = s.leaves_at(np.arange(500)), s.leaves_at(order)
    assert (mixed == whole[order]).all()
    assert (s.leaves_at([499]) == whole[499]).all()
    assert (t.leaves_at(np.arange(500)) != whole).any()


def test_orders_of_runs_differ():
    b = Builder()
    _, only = pick(b, "n", b.const("int[]", [0, 1, 2, 3]))
    found = strata(b, [only]).values_at(np.arange(400))[0].reshape(100, 4)
    assert (np.sort(found, axis=1) == np.arange(4)).all()
    assert len({tuple(row) for row in found.tolist()}) > 10


def test_requires_on_picks_alone_prune():
    b = Builder()
    values = b.const("int[]", [1, 2, 3])
    n, first = pick(b, "n", values)
    m, second = pick(b, "m", values)
    b.constraints.append(Constraint(b.node("lt", "bool", (n, m)), "require"))
    s = strata(b, [first, second])
    assert s.enumerate() == [{0: 1, 1: 2}, {0: 1, 1: 3}, {0: 2, 1: 3}]
    assert s.share(0) == {1: Fraction(1, 2), 2: Fraction(1, 2)}
    assert s.share(1) == {2: Fraction(1, 4), 3: Fraction(3, 4)}
    found = s.values_at(np.arange(40))
    assert Counter(found[0].tolist()) == {1: 20, 2: 20}
    assert (found[0] < found[1]).all()


def test_impossible_and_too_many_are_told():
    b = Builder()
    n, only = pick(b, "n", b.const("int[]", [1, 2]))
    b.constraints.append(Constraint(b.node("lt", "bool", (n, b.const("int", 0))), "require"))
    with pytest.raises(StrataError, match="no value of `n`"):
        strata(b, [only])
    b = Builder()
    many = b.const("int[]", list(range(400)))
    picks = [pick(b, name, many)[1] for name in "abc"]
    with pytest.raises(StrataError, match="160000 combinations"):
        strata(b, picks)


def test_flipping_keeps_the_other_picks():
    b = Builder()
    _, first = pick(b, "truth", b.const("bool[]", [False, True]))
    _, second = pick(b, "n", b.const("int[]", [4, 5, 6]))
    s = strata(b, [first, second])
    flip = s.flipped(0)
    assert (s.leaves[0][flip] != s.leaves[0]).all()
    assert (s.leaves[1][flip] == s.leaves[1]).all()
    assert (s.leaves[1][s.flipped(1)] == np.asarray([5, 6, 4, 5, 6, 4])).all()


def test_without_picks_there_is_one_stratum():
    s = strata(Builder(), [])
    assert s.count == 1
    assert s.leaves_at([3, 4]).tolist() == [0, 0]


def test_parts_of_requires_prune_too():
    b = Builder()
    n, first = pick(b, "n", b.const("int[]", [2, 3]))
    k, second = pick(b, "k", b.const("int[]", [0, 1, 2]))
    x = b.var("x", "number", Law("uniform", (b.const("number", 0.0), b.const("number", 9.0))))
    both = b.node("and", "bool", (b.node("lt", "bool", (k, n)), b.node("le", "bool", (k, x))))
    b.constraints.append(Constraint(both, "require"))
    s = strata(b, [first, second])
    assert s.enumerate() == [{0: n, 1: k} for n, k in ((2, 0), (2, 1), (3, 0), (3, 1), (3, 2))]
