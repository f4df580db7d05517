"""How each law draws a column: one small function per law, from uniforms to data, mask and success."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pgt_dsl.program import lists
from pgt_dsl.program.inputs import Array, Bools, Drawn, Floats, Value
from pgt_dsl.program.program import Law
from pgt_dsl.solve.draws import Stream
from pgt_dsl.solve.places import anywhere, placed, ring, scatter

Made = tuple[Array, "Bools | None", "Bools | None"]  # data, mask of a list, success


def draw(stream: Stream) -> Drawn:
    """The column of the stream's variable."""
    with np.errstate(all="ignore"):
        data, mask, ok = LAWS[stream.var.law.name](stream, stream.var.law)
    return Drawn(Value(data, mask), ok)


def _uniform(s: Stream, law: Law) -> Made:
    low, high = (s.arg(a) for a in law.args)
    if s.within is not None:
        low, high = s.within.bounds(0, low, high)
    return low + s.uniforms(1)[..., 0] * (high - low), None, None


def _integers(s: Stream, law: Law) -> Made:
    low, high = (s.arg(a) for a in law.args)
    span = high - low + 1
    return low + np.floor(s.uniforms(1)[..., 0] * np.maximum(span, 1)).astype(np.int64), None, span > 0


def _log_uniform(s: Stream, law: Law) -> Made:
    low, high = (np.log(s.arg(a)) for a in law.args)
    return np.exp(low + s.uniforms(1)[..., 0] * (high - low)), None, None


def _normal(s: Stream, law: Law) -> Made:
    mean, sd = (s.arg(a) for a in law.args)
    tail = 3.167124183311986e-05  # of the Gaussian beyond four standard deviations
    z = inverse_normal(tail + s.uniforms(1)[..., 0] * (1 - 2 * tail))
    return mean + sd * np.clip(z, -4.0, 4.0), None, None


def inverse_normal(p: Floats) -> Floats:
    """The quantile function of the standard Gaussian (Acklam's rational approximation, relative error 1.2e-9)."""
    a = (-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690, -30.66479806614716,
         2.506628277459239)  # fmt: skip
    b = (-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1.0)
    c = (-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
         2.938163982698783)  # fmt: skip
    d = (0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1.0)
    least = np.minimum(p, 1 - p)
    q = p - 0.5
    r = q * q
    middle = q * np.polyval(a, r) / np.polyval(b, r)
    t = np.sqrt(-2 * np.log(least))
    edge = np.polyval(c, t) / np.polyval(d, t)
    return np.where(least < 0.02425, np.where(p < 0.5, edge, -edge), middle)


def _choice(s: Stream, law: Law) -> Made:
    data, mask = s.listed(law.args[0])
    at = 1 + len(s.items)
    there = lists.outer(mask, mask.ndim - at)
    count = there.sum(axis=-1)
    index = np.minimum(np.floor(s.uniforms(1)[..., 0] * count).astype(np.int64), np.maximum(count - 1, 0))
    return _picked(data, mask, lists.at_index(there, index)[0], at, count > 0)


def _picked(data: Array, mask: Bools, where: Array, at: int, ok: Bools) -> Made:
    """The item at a place of a list; an item that is itself a list keeps its mask."""
    inner = data.ndim > at + 1
    return lists.gather(data, where, at), lists.gather(mask, where, at) if inner else None, ok


def _weighted(s: Stream, law: Law) -> Made:
    data, mask = s.listed(law.args[0])
    weights, known = s.listed(law.args[1])
    at = 1 + len(s.items)
    usable = np.where(known & lists.outer(mask, mask.ndim - at), np.maximum(weights, 0.0), 0.0)
    total = np.cumsum(usable, axis=-1)
    where = (s.uniforms(1) * total[..., -1:] < total).argmax(axis=-1)
    return _picked(data, mask, where, at, total[..., -1] > 0)


def _order(s: Stream, there: Bools) -> Array:
    """A random order of the present items, absent ones last."""
    keys = np.where(there, s.uniforms(there.shape[-1]), 2.0)
    return np.argsort(keys, axis=-1, kind="stable")


def _ordered(data: Array, order: Array, at: int) -> Array:
    """The list dimension in a given order."""
    lead = np.broadcast_shapes(data.shape[:at], order.shape[:at])
    full = np.broadcast_to(data, (*lead, *data.shape[at:]))
    index = order.reshape(*order.shape, *(1,) * (data.ndim - at - 1))
    return np.take_along_axis(full, np.broadcast_to(index, (*lead, *index.shape[at:])), at)


def _shuffle(s: Stream, law: Law) -> Made:
    data, mask = s.listed(law.args[0])
    at = 1 + len(s.items)
    order = _order(s, lists.outer(mask, mask.ndim - at))
    return _ordered(data, order, at), _ordered(mask, order, at), None


def _sample(s: Stream, law: Law) -> Made:
    data, mask = s.listed(law.args[0])
    k = s.arg(law.args[1])
    at = 1 + len(s.items)
    there = lists.outer(mask, mask.ndim - at)
    order = _order(s, there)[..., : s.var.sizes[s.more]]
    taken = np.arange(order.shape[-1]) < k[..., None]
    taken = taken.reshape(*taken.shape, *(1,) * (data.ndim - at - 1))
    return _ordered(data, order, at), _ordered(mask, order, at) & taken, k <= there.sum(axis=-1)


def _repeat(s: Stream, law: Law) -> Made:
    n = s.arg(law.args[0])
    assert law.inner is not None
    size = s.var.sizes[len(s.items) - len(s.axes)]
    data, inner, ok = LAWS[law.inner.name](s.repeated(size), law.inner)
    mask = np.arange(size) < n[..., None]
    if ok is not None:
        ok = np.asarray((ok | ~mask).all(axis=-1))
    if inner is not None:
        mask = mask.reshape(*mask.shape, *(1,) * (inner.ndim - mask.ndim)) & inner
    return data, mask, ok


def _bins(s: Stream, law: Law) -> Made:
    low, high, n = (s.arg(a) for a in law.args)
    u = s.uniforms(1)[..., 0]
    part = s.columns.parts.get(s.var.id)
    if part is not None:
        u = (part.reshape(-1, *(1,) * (u.ndim - 1)) + u) / n
    return low + u * (high - low), None, None


def _photo(s: Stream, law: Law) -> Made:
    photos, program = s.ev.inputs.photos, s.ev.program
    count = 0 if photos is None else photos.count
    found = np.floor(s.uniforms(1)[..., 0] * count).astype(np.int64)
    ok = np.full((1,) * found.ndim, count > 0)
    group = program.background.objects
    if count and photos is not None and group is not None and photos.max_objects > program.groups[group].size:
        # What a program cannot hold it must not miss: "how many" would be false.
        there = photos.object_columns(found, s.ev.inputs.width, s.ev.inputs.height)["at"][1]
        ok = np.asarray(there.sum(axis=-1) <= program.groups[group].size)
    return found, None, ok


def _stratum(s: Stream, law: Law) -> Made:
    raise KeyError(f"the stratum of {s.var.name} was not set")


LAWS: dict[str, Callable[[Stream, Law], Made]] = {
    "uniform": _uniform, "integers": _integers, "choice": _choice, "weighted": _weighted,
    "log_uniform": _log_uniform, "normal": _normal, "sample": _sample, "shuffle": _shuffle, "repeat": _repeat,
    "anywhere": anywhere, "ring": ring, "scatter": scatter, "placed": placed, "bins": _bins, "photo": _photo,
    "stratum": _stratum,
}  # fmt: skip
