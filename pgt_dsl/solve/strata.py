"""Quotas in closed form: which values the picks take at index i, with shares that are exact in every full run.

The picks form a tree in their order of declaration: below each combination of the earlier ones stand the values that
the next may take. The child of a node at its n-th visit is ``permutation(n // children)[n % children]``, so within
each combination every possible value occurs equally often. Combinations that requires (or what they join by ``and``)
rule out, reading nothing but picks, are pruned, so shares are exact over what is possible.

A sweep goes through all values of the last pick, so a combination of the others is possible when it is with each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import lists
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.inputs import Array, Bools, Inputs, Ints, Registry, Value
from pgt_dsl.program.program import NodeId, Pick, Program, VarId
from pgt_dsl.solve.draws import Columns
from pgt_dsl.solve.philox import MAX_VARS, uniforms
from pgt_dsl.solve.plan import conjuncts

MAX_COMBINATIONS = 100_000
TRUTHS = ("require", "room", "even", "options", "defined")  # reasons whose constraints can rule out combinations


class StrataError(PgtError):
    """The picks leave nothing to draw, or far too much to keep account of."""


@dataclass(frozen=True, slots=True)
class Level:
    """One pick of the tree: for every node its parent (a node of the level before), its value, its children."""

    pick: Pick
    parent: Ints
    value: Array
    first: Ints  # first child in the next level
    children: Ints  # how many


class Strata:
    """The quotas of one program, for one key. Without picks there is one stratum, number 0."""

    def __init__(
        self, program: Program, registry: Registry, key: int, size: tuple[float, float], facts: Facts | None = None
    ) -> None:
        self.program, self.registry, self.key = program, registry, key
        self.facts = facts or Facts(program)
        self._size = size
        raw: list[tuple[Pick, Ints, Array]] = []
        columns: dict[VarId, Array] = {}
        for level, pick in enumerate(program.picks):
            parent, columns = self._expand(raw, level, pick, columns)
            raw.append((pick, parent, columns[pick.var]))
        self.levels = _tree(raw)
        self.root_children = len(self.levels[0].parent) if self.levels else 1
        self.leaves: dict[VarId, Array] = self._leaf_columns()
        self.count = len(self.levels[-1].parent) if self.levels else 1

    # the tree -----------------------------------------------------------------------------------

    def _expand(
        self, raw: Sequence[tuple[Pick, Ints, Array]], level: int, pick: Pick, columns: dict[VarId, Array]
    ) -> tuple[Ints, dict[VarId, Array]]:
        """The nodes of one level: their parents, and the columns of all picks so far, one row a node."""
        rows = len(raw[-1][1]) if raw else 1
        data, mask = lists.masked(self._evaluator(columns, rows, level).value(pick.values))
        if data.ndim != 2:
            raise StrataError(f"the values of `{pick.name}` differ within a scene")
        data, mask = (np.broadcast_to(a, (rows, a.shape[1])) for a in (data, mask))
        parent, position = np.nonzero(mask)
        if len(parent) > MAX_COMBINATIONS:
            raise StrataError(
                f"the picks up to `{pick.name}` have {len(parent)} combinations, more than {MAX_COMBINATIONS}; "
                "draw some of them with `let`"
            )
        columns = {var: column[parent] for var, column in columns.items()}
        columns[pick.var] = data[parent, position]
        steps = self.program.copies if pick is self.program.swept else 0
        if steps and len(parent) != rows * steps:
            raise StrataError(f"`{pick.name}` does not always have the {steps} values that are stepped through")
        keep = self._possible(columns, len(parent), level, steps)
        if not keep.any():
            if steps:
                raise StrataError(
                    f"no values of the other picks go with each of the {steps} that `{pick.name}` is stepped through, "
                    "by the requires that read only picks; step through fewer"
                )
            raise StrataError(f"no value of `{pick.name}` satisfies the requires that read only picks")
        return parent[keep], {var: column[keep] for var, column in columns.items()}

    def _evaluator(self, columns: dict[VarId, Array], rows: int, level: int) -> Evaluator:
        fixed = {pick.var: Value(columns[pick.var]) for pick in self.program.picks[:level] if pick.what != "bins"}
        zeros = np.zeros(rows, np.uint64)
        draws = Columns(self.key, zeros, zeros.astype(np.uint32), fixed)
        width, height = (np.full(rows, float(s)) for s in self._size)
        return Evaluator(self.program, Inputs(width, height, draws), self.registry, self.facts)

    def _possible(self, columns: dict[VarId, Array], rows: int, level: int, steps: int) -> Bools:
        """Which combinations satisfy the constraints that read nothing but these picks, this one among them; of a pick
        that is stepped through, those that do at all ``steps`` (at one of them, for the quota of an answer)."""
        known = {pick.var for pick in self.program.picks[: level + 1] if pick.what != "bins"}
        newest = self.program.picks[level].var
        ok = np.ones(rows, np.bool_)
        ev = self._evaluator(columns, rows, level + 1)
        for constraint in self.program.constraints:
            if constraint.reason not in TRUTHS:
                continue
            for node in conjuncts(self.program, constraint):
                if self.program.nodes[node].axes or not _reads(self.facts, node, known, newest):
                    continue
                here = ev.defined(node)
                if constraint.reason != "defined":
                    here = here & ev.value(node).data
                here = np.broadcast_to(here, (rows,))
                if steps:
                    group = here.reshape(-1, steps)
                    here = (group.any(axis=1) if constraint.reason == "even" else group.all(axis=1)).repeat(steps)
                ok &= here
        return ok

    def _leaf_columns(self) -> dict[VarId, Array]:
        columns: dict[VarId, Array] = {}
        if self.levels:
            node = np.arange(len(self.levels[-1].parent))
            for level in reversed(self.levels):
                columns[level.pick.var] = level.value[node]
                node = level.parent[node]
        return columns

    # reading it -----------------------------------------------------------------------------------

    def leaves_at(self, indices: npt.ArrayLike) -> Ints:
        """The combination (a row of ``leaves``) at each index: int64[N]."""
        occurrence = np.asarray(indices, np.int64)
        node = np.zeros(len(occurrence), np.int64)
        for depth in range(len(self.levels)):
            if depth == 0:
                first, children = np.zeros_like(node), np.full_like(node, self.root_children)
            else:
                above = self.levels[depth - 1]
                first, children = above.first[node], above.children[node]
            run, place = np.divmod(occurrence, children)
            node = first + self._permuted(depth, node, run, place, children)
            occurrence = run
        return node

    def values_at(self, indices: npt.ArrayLike) -> dict[VarId, Array]:
        """The values of the picks (bins and positions: their numbers) at each index, by variable."""
        leaves = self.leaves_at(indices)
        return {var: column[leaves] for var, column in self.leaves.items()}

    def enumerate(self) -> list[dict[VarId, Any]]:
        """Every possible combination, in order of declaration."""
        return [{var: column[k].item() for var, column in self.leaves.items()} for k in range(self.count)]

    def share(self, var: VarId) -> dict[Any, Fraction]:
        """The exact share of each value that a pick can take."""
        shares = [Fraction(1)]
        sizes = [self.root_children]
        for level in self.levels:
            shares = [shares[p] / sizes[p] for p in level.parent.tolist()]
            sizes = level.children.tolist()
            if level.pick.var == var:
                found: dict[Any, Fraction] = {}
                for value, share in zip(level.value.tolist(), shares, strict=True):
                    found[value] = found.get(value, Fraction(0)) + share
                return found
        raise KeyError(var)

    def _permuted(self, depth: int, node: Ints, run: Ints, place: Ints, children: Ints) -> Ints:
        """Which child stands at a place of a run: a permutation for each (node, run)."""
        widest = int(children.max(initial=1))
        if widest == 1:
            return np.zeros_like(place)
        pairs = np.stack([run, node], axis=1)
        found, inverse = np.unique(pairs, axis=0, return_inverse=True)
        many = np.zeros(len(found), np.int64)
        many[inverse.ravel()] = children
        keys = uniforms(
            self.key, found[:, 0].astype(np.uint64), MAX_VARS - 1 - depth, found[:, 1].astype(np.uint32), widest
        )
        order = np.argsort(np.where(np.arange(widest) < many[:, None], keys, 2.0), axis=1, kind="stable")
        return order[inverse.ravel(), place]

    # groups ---------------------------------------------------------------------------------------

    def grouped(self, leaves: Ints) -> Ints:
        """The combinations of the scenes of each group: int64[N, copies]. ``leaves``: int64[N], one of each group."""
        twin = self.program.twin
        if twin is None:
            return leaves[:, None]
        if not twin.steps:
            return np.stack([leaves, self._flips[leaves]], axis=1)
        first = self.levels[-2].first[self.levels[-1].parent[leaves]] if len(self.levels) > 1 else np.zeros_like(leaves)
        return np.asarray(first[:, None] + np.arange(twin.steps))

    @cached_property
    def _flips(self) -> Ints:
        """Of minimal pairs, the combination of the second scene for that of the first."""
        assert self.program.twin is not None
        return self.flipped(self.program.twin.pick)

    def flipped(self, var: VarId) -> Ints:
        """For every combination the one with the next value of a pick, and the later picks as they were where that
        is possible (else by their position): int64[count]."""
        depth = next(k for k, level in enumerate(self.levels) if level.pick.var == var)
        result = np.empty(self.count, np.int64)
        for leaf in range(self.count):
            path = [leaf]
            for level in reversed(self.levels):
                path.append(int(level.parent[path[-1]]))
            path.reverse()  # path[k] is the node of level k - 1; path[0] the root
            first, many = self._below(depth, path[depth])
            node = first + (path[depth + 1] - first + 1) % many
            for k in range(depth + 1, len(self.levels)):
                node = self._alike(k, node, path[k + 1], self._below(k, path[k])[0])
            result[leaf] = node
        return result

    def _below(self, depth: int, node: int) -> tuple[int, int]:
        """The first child at a level of a node of the level before, and how many there are."""
        if depth == 0:
            return 0, self.root_children
        above = self.levels[depth - 1]
        return int(above.first[node]), int(above.children[node])

    def _alike(self, depth: int, node: int, old: int, old_first: int) -> int:
        first, many = self._below(depth, node)
        values = self.levels[depth].value
        hits = np.flatnonzero(values[first : first + many] == values[old])
        return first + (int(hits[0]) if hits.size else (old - old_first) % many)


def _reads(facts: Facts, node: NodeId, known: set[VarId], newest: VarId) -> bool:
    found = facts.vars(node)
    return newest in found and found <= known


def _tree(raw: Sequence[tuple[Pick, Ints, Array]]) -> list[Level]:
    """The levels without the nodes below which nothing is possible."""
    alive = [np.ones(len(parent), np.bool_) for _, parent, _ in raw]
    for k in range(len(raw) - 1, 0, -1):
        fertile = np.zeros(len(raw[k - 1][1]), np.bool_)
        fertile[raw[k][1][alive[k]]] = True
        alive[k - 1] &= fertile
    parents: list[Ints] = []
    renumber = np.zeros(1, np.int64)
    for (_, parent, _), here in zip(raw, alive, strict=True):
        parents.append(renumber[parent[here]])
        renumber = np.cumsum(here) - 1
    levels = []
    for k, (pick, _, value) in enumerate(raw):
        size = len(parents[k])
        many = np.bincount(parents[k + 1], minlength=size) if k + 1 < len(raw) else np.zeros(size, np.int64)
        levels.append(Level(pick, parents[k], value[alive[k]], np.cumsum(many) - many, many))
    return levels
