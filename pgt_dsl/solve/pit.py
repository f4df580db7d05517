"""Where a drawn value stands in its declared law: one value for each scene, with the law that its row declared.

The law's arguments may depend on other draws, so values of different scenes have different laws. The probability
integral transform makes them comparable: ``u`` is the share of its own law below the value, uniform on 0..1 in
whatever row, when nothing but the law has decided it. For laws in steps it is drawn at random within the step.

Of a variable with several items in a scene (shapes of a list, a ``repeat``) one is chosen at random for each scene:
requirements tie the items of a scene to one another, and a test may only count what is independent. Of a list without
repetition (``sample``, ``shuffle``) it is the first item, whose law is uniform over the list.

What is counted of some scenes and of others adds up to what is counted of all, to the bit: a sum of floats would hang
on who made which scenes, so means and expected counts are rounded to multiples of ``GRAIN`` for each scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from pgt_dsl.program import loops
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.inputs import Array, Bools, Floats, Ints
from pgt_dsl.program.program import Law, Var
from pgt_dsl.solve import laws
from pgt_dsl.solve.draws import Columns, Stream
from pgt_dsl.solve.philox import mix64, uniforms

MOST_VALUES = 64  # different values above which a law in steps is only looked at by ``u``
FINE = 40  # binary digits behind the point that are kept of each scene
GRAIN = 2.0**-FINE
REDRAWN = 15  # draws of a place anew, among which the drawn one is ranked
PLACES = ("placed", "anywhere", "ring", "scatter")
NUMBERS = ("int", "number", "length", "angle")
_CHOICE, _STEP, _ANEW = 1, 2, 3  # streams: which item, where within a step, places drawn anew


@dataclass(frozen=True, slots=True)
class Standing:
    """One value of a variable for each of R scenes. ``u``: float64[R, 1], of places [R, 2] (across and down);
    ``declared`` and ``produced``: the sums of the means of the laws and of the values (of places: of the distance
    from the middle of the picture, in short sides) in units of ``GRAIN``, None where there is no mean; ``values``: for
    each value of a law in steps how often it came and how often its rows' laws led to expect it (a multiple of
    ``GRAIN``, exact for 8,191 rows at least), None for other laws and where they are more than ``MOST_VALUES``."""

    u: Floats
    declared: int | None = None
    produced: int | None = None
    values: Mapping[float, tuple[int, float]] | None = None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The chosen item of each row that has one: the rows, the place of the item in each dimension of the items, and
    for each row two random numbers."""

    stream: Stream
    rows: Ints
    place: tuple[Ints, ...]
    chance: Floats

    def of(self, data: Array) -> Array:
        """The chosen items of ``data[B or 1, items..., more]``: ``[R, more]``."""
        items = self.stream.items
        full = np.broadcast_to(data, (self.stream.ev.rows, *items, *data.shape[1 + len(items) :]))
        return np.asarray(full[(self.rows, *self.place)])

    def arg(self, law: Law, k: int) -> Floats:
        """A scalar argument of the law."""
        return np.asarray(self.of(self.stream.arg(law.args[k])), np.float64)


def standing(ev: Evaluator, var: Var, index: Ints, key: int) -> Standing | None:
    """Where the values of a variable stand in their laws, for the rows of ``ev``, which are the samples ``index``;
    ``key`` seeds what is chosen at random. None for laws that are not looked at, and where no row has a value."""
    law, repeats = var.law, 0
    while law.name == "repeat" and law.inner is not None:
        law, repeats = law.inner, repeats + 1
    items = (*(ev.program.axes[axis].size for axis in sorted(var.axes)), *var.sizes[:repeats])
    measure = MEASURES.get(law.name)
    if measure is None:
        return None
    chosen = _choose(ev, var, items, index, key)
    if not chosen.rows.size:
        return None
    with np.errstate(all="ignore"):
        return measure(chosen, law, chosen.of(ev.drawn(var.id).value.data))


def _choose(ev: Evaluator, var: Var, items: tuple[int, ...], index: Ints, key: int) -> _Chosen:
    number, none = index.astype(np.uint64), np.zeros(len(index), np.uint32)
    stream = Stream(ev, var, Columns(mix64(key, _CHOICE), number, none), items)
    there = np.broadcast_to(_present(stream), (ev.rows, *items)).reshape(ev.rows, -1)
    keys = np.where(there, stream.uniforms(1).reshape(ev.rows, -1), -1.0)
    rows = np.flatnonzero(there.any(axis=1))
    place = np.unravel_index(keys[rows].argmax(axis=1), items) if items else ()
    chance = uniforms(mix64(key, _STEP), number, var.id, none, 2)[rows]
    return _Chosen(stream, rows, tuple(np.asarray(p, np.int64) for p in place), chance)


def _present(stream: Stream) -> Bools:
    """Which items are there: bool[B or 1, items...]."""
    ev, var, axes = stream.ev, stream.var, stream.axes
    there = np.ones((1,) * (1 + len(axes)), np.bool_)
    for axis in axes:
        mask, have = loops.axis_mask(ev, axis)
        there = there & loops.fit(mask, have, axes)
    there = there.reshape(*there.shape, *(1,) * stream.more)
    drawn = ev.drawn(var.id).value
    if drawn.mask is None:
        return there
    mask = np.broadcast_to(drawn.mask, np.broadcast_shapes(drawn.mask.shape, drawn.data.shape))
    inner = tuple(range(1 + len(stream.items), mask.ndim))
    return np.asarray(there & (mask.any(axis=inner) if inner else mask))


# laws ---------------------------------------------------------------------------------------------------------


def _within(c: _Chosen, low: Floats, high: Floats, x: Floats) -> Floats:
    """The share of low .. high below x; anything for a range of one point."""
    share = np.where(high > low, (x - low) / np.where(high > low, high - low, 1), c.chance[:, 0])
    return np.clip(share, 0.0, 1.0)[:, None]


def _sums(declared: Floats, produced: Array) -> tuple[int | None, int | None]:
    return _sum(declared), _sum(np.asarray(produced, np.float64))


def _sum(values: Floats) -> int | None:
    """The exact sum of what is left of each value, in units of ``GRAIN``; None where one is no number."""
    grains = np.rint(np.ldexp(values, FINE))
    return sum(map(int, grains.tolist())) if np.isfinite(grains).all() else None


def _grains(shares: Floats) -> Floats:
    """Shares (0..1) as multiples of ``GRAIN``: few enough of them add up exactly."""
    return np.asarray(np.rint(shares / GRAIN) * GRAIN)


def _uniform(c: _Chosen, law: Law, x: Array) -> Standing:
    low, high = c.arg(law, 0), c.arg(law, 1)
    return Standing(_within(c, low, high, x), *_sums((low + high) / 2, x))


def _log_uniform(c: _Chosen, law: Law, x: Array) -> Standing:
    low, high = c.arg(law, 0), c.arg(law, 1)
    span = np.log(high / low)
    mean = np.where(span > 0, (high - low) / np.where(span > 0, span, 1), low)
    return Standing(_within(c, np.log(low), np.log(high), np.log(x)), *_sums(mean, x))


def _normal(c: _Chosen, law: Law, x: Array) -> Standing:
    mean, sd = c.arg(law, 0), c.arg(law, 1)
    z = (x - mean) / np.where(sd > 0, sd, 1)
    below = np.asarray([0.5 * math.erfc(-value / math.sqrt(2)) for value in z.tolist()])
    tail = 0.5 * math.erfc(4 / math.sqrt(2))  # the law is cut at four standard deviations
    u = np.where(sd > 0, (below - tail) / (1 - 2 * tail), c.chance[:, 0])
    return Standing(np.clip(u, 0.0, 1.0)[:, None], *_sums(mean, x))


def _integers(c: _Chosen, law: Law, x: Array) -> Standing:
    low, high = c.arg(law, 0), c.arg(law, 1)
    many = high - low + 1
    u = np.clip((x - low + c.chance[:, 0]) / many, 0.0, 1.0)[:, None]
    values = None
    if many.max() <= MOST_VALUES:
        steps = np.arange(int(many.max()))
        there = steps < many[:, None]
        shares = np.broadcast_to(1 / many[:, None], there.shape)[there]
        values = _table((low[:, None] + steps)[there].astype(np.int64), shares, x)
    return Standing(u, *_sums((low + high) / 2, x), values)


def _choice(c: _Chosen, law: Law, x: Array) -> Standing:
    return _of_list(c, law, x)


def _first(c: _Chosen, law: Law, x: Array) -> Standing:
    return _of_list(c, law, x[:, 0])


def _weighted(c: _Chosen, law: Law, x: Array) -> Standing:
    weights, known = c.stream.listed(law.args[1])
    return _of_list(c, law, x, np.where(c.of(known), np.maximum(c.of(weights), 0.0), 0.0))


def _of_list(c: _Chosen, law: Law, x: Array, weights: Floats | None = None) -> Standing:
    """A choice from the list that each row has; equal items count together."""
    data, mask = (c.of(part) for part in c.stream.listed(law.args[0]))
    inner = tuple(range(2, data.ndim))
    there, same = (mask.any(axis=inner), (data == x[:, None]).all(axis=inner)) if inner else (mask, data == x[:, None])
    weight = np.where(there, 1.0 if weights is None else weights, 0.0)
    share = weight / weight.sum(axis=1, keepdims=True)
    mine = np.where(same, share, 0.0).cumsum(axis=1)
    at = (c.chance[:, :1] * mine[:, -1:] < mine).argmax(axis=1)[:, None]
    below = np.take_along_axis(share.cumsum(axis=1) - share, at, 1)
    u = np.clip(below + c.chance[:, 1:] * np.take_along_axis(share, at, 1), 0.0, 1.0)
    if inner:  # lists of a list have no names of their own: they are told apart by their places
        data, x = np.broadcast_to(np.arange(data.shape[1]), share.shape), at[:, 0]
    values = None if _of_photo(c, law) else _table(data[share > 0], share[share > 0], x)
    if inner or c.stream.var.type.base not in NUMBERS:
        return Standing(u, values=values)
    mean = np.where(share > 0, data * share, 0.0).sum(axis=1)
    return Standing(u, *_sums(mean, x), values)


def _of_photo(c: _Chosen, law: Law) -> bool:
    """Whether the list is of a photo's objects or places: which one is meant, each photo has for itself."""
    ev = c.stream.ev
    if c.stream.var.type.base == "point":
        return ev.program.nodes[law.args[0]].op == "photo"
    groups = ev.facts.groups(law.args[0]) if c.stream.var.type.base == "shape" else ()
    return any(ev.program.groups[group].kind == OBJECT for group in groups)


def _table(values: Array, shares: Floats, x: Array) -> dict[float, tuple[int, float]] | None:
    """How often each value came (``x``, one a row) and was to be expected: each row's law gives some of the ``values``
    a share. None where they are too many, so that it is None for all rows where it is for some."""
    kinds, inverse = np.unique(values, return_inverse=True)
    if len(kinds) > MOST_VALUES:
        return None
    expected = np.bincount(inverse.ravel(), _grains(shares), len(kinds))
    came = np.bincount(np.searchsorted(kinds, x), minlength=len(kinds))
    return {
        kind: (count, share)
        for kind, count, share in zip(kinds.tolist(), came.tolist(), expected.tolist(), strict=True)
    }


def _place(c: _Chosen, law: Law, x: Array) -> Standing:
    """The rank of a place among others drawn anew from the same law with the same arguments, across and down."""
    ev = c.stream.ev
    made, sound = [], np.ones(len(c.rows), np.bool_)
    for k in range(REDRAWN):
        columns = replace(c.stream.columns, key=mix64(c.stream.columns.key, _ANEW, k))
        data, _, ok = laws.LAWS[law.name](replace(c.stream, columns=columns), law)
        made.append(c.of(data))
        if ok is not None:
            sound &= c.of(ok)
    anew = np.stack(made, axis=1)
    if law.name == "scatter":
        anew, x = anew[:, :, 0], x[:, 0]
    anew, x, chance = anew[sound], x[sound], c.chance[sound]
    ranks = []
    for lane, (others, own) in enumerate(((anew.real, x.real), (anew.imag, x.imag))):
        below = (others < own[:, None]).sum(axis=1) + chance[:, lane] * (1 + (others == own[:, None]).sum(axis=1))
        ranks.append(below / (REDRAWN + 1))
    width, height = (np.broadcast_to(side, (ev.rows,))[c.rows][sound] for side in (ev.width, ev.height))
    middle, short = (width + 1j * height) / 2, np.minimum(width, height)
    declared = (np.abs(anew - middle[:, None]) / short[:, None]).mean(axis=1)
    return Standing(np.stack(ranks, axis=1), *_sums(declared, np.abs(x - middle) / short))


MEASURES: dict[str, Callable[[_Chosen, Law, Array], Standing]] = {
    "uniform": _uniform, "log_uniform": _log_uniform, "normal": _normal, "integers": _integers, "choice": _choice,
    "weighted": _weighted, "sample": _first, "shuffle": _first, "bins": _uniform, **dict.fromkeys(PLACES, _place),
}  # fmt: skip
