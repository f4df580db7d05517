"""The conformance suite of painters: what whoever writes one runs on it.

    from pgt_dsl.testing.renderers import EXACT, check_renderer

    report = check_renderer(make, EXACT)  # raises RendererFault where the painter is wrong
    print(report)

Painted are: each form of shape in each way of painting it; lists that mean harm; lists that Hypothesis draws, the same
ones every time; every kind of the language over every background that is installed. All is compared with the exact
picture (``testing.coverage_oracle``). Errors are counted in levels of 255, the greatest of the three channels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, given, settings

from pgt_dsl.paint.display import DisplayList, Painted, Renderer
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.testing import display_lists as lists
from pgt_dsl.testing.coverage_oracle import Exact, exact
from pgt_dsl.testing.renderer_scenes import scene_lists

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a painter may be from the exact picture; errors are in levels of 255.

    mean, p99: over all pixels on edges, of the whole suite. convex, other: the greatest error where only edges of
    convex shapes show, and where edges of other shapes or of text do. flat: the greatest error off all edges.
    ids: ids may differ where the coverage that decides is nearer than this (a share of a pixel) to a half.
    """

    mean: float
    p99: int
    convex: int
    other: int
    flat: int = 0
    ids: float = 1 / 255


EXACT = Tolerance(mean=0.6, p99=2, convex=3, other=8)
REFERENCE = Tolerance(mean=4.0, p99=20, convex=96, other=96, flat=32, ids=0.15)


@dataclass(slots=True)
class Report:
    """What was measured. ``errors[k]`` counts the pixels on edges that are off by k levels; ``ids`` is how far from a
    half the coverage was, at most, where an id differs; ``wrong_ids`` counts those pixels, near a half as they are."""

    name: str
    errors: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    pictures: int = 0
    convex: int = 0
    other: int = 0
    flat: int = 0
    ids: float = 0.0
    wrong_ids: int = 0

    @property
    def mean(self) -> float:
        """The mean error of pixels on edges."""
        return float(self.errors @ np.arange(256)) / max(int(self.errors.sum()), 1)

    @property
    def p99(self) -> int:
        """The error that 99% of the pixels on edges do not exceed."""
        return int(np.searchsorted(self.errors.cumsum(), 0.99 * self.errors.sum()))

    def row(self) -> str:
        """The numbers as a row of a table in Markdown; ``HEADER`` is its head."""
        return (
            f"| {self.name} | {self.mean:.2f} | {self.p99} | {self.convex} | {self.other} | {self.flat} "
            f"| {self.wrong_ids} | {self.ids:.3f} |"
        )

    def __str__(self) -> str:
        pixels = int(self.errors.sum())
        return f"{pixels} pixels on edges in {self.pictures} pictures\n{HEADER}\n{self.row()}"


HEADER = (
    "| renderer | mean | p99 | max, convex | max, other | max, flat | ids differ | at most from 1/2 |\n"
    "|---|---|---|---|---|---|---|---|"
)


class RendererFault(AssertionError):
    """A painter is wrong. ``what`` says how; ``list_name``, ``display``, ``expected`` and ``got`` (``Painted``) and
    ``at`` = (picture, row, column) are None where no pixel is to blame."""

    def __init__(self, what: str, list_name: str = "", display: DisplayList | None = None) -> None:
        self.what = what
        self.list_name = list_name
        self.display = display
        self.expected: Painted | None = None
        self.got: Painted | None = None
        self.at: tuple[int, int, int] | None = None
        super().__init__(f"{list_name}: {what}" if list_name else what)


def check_renderer(
    make: Callable[[], Renderer],
    tolerance: Tolerance = EXACT,
    *,
    examples: int = 100,
    scenes: int = 64,
    folder: Path | None = None,
    plugins: Registry | None = None,
) -> Report:
    """Run the whole suite on the painter that ``make`` gives; returns what was measured.

    examples: how many batches Hypothesis draws. scenes: px of the short side of the pictures of kinds, 0 to leave them
    out. folder: where to write ``expected.png``, ``got.png`` and ``worst.png`` (both around the worst pixel, 16 times
    larger) when it fails. plugins: whose kinds and backgrounds are painted; None for all that are installed.
    Raises ``RendererFault``.
    """
    renderer = make()
    report = Report(str(renderer.name))
    try:
        check_protocol(make)
        for name, shown, ground, true in _written():
            compare(renderer, shown, ground, tolerance, report, name, true)
        if examples:
            _drawn(renderer, tolerance, report, examples)
        for name, shown, ground, true in _of_scenes(scenes, plugins) if scenes else ():
            compare(renderer, shown, ground, tolerance, report, name, true)
        for what in ("mean", "p99"):
            if getattr(report, what) > getattr(tolerance, what):
                raise RendererFault(f"{what} of the errors on edges: {getattr(report, what):.3g}\n{report}")
    except RendererFault as fault:
        if folder is not None:
            from pgt_dsl.testing.renderer_pictures import write_fault

            fault.add_note("\n".join(f"written: {path}" for path in write_fault(fault, folder)))
        raise
    return report


@lru_cache(maxsize=1)
def _written() -> list[tuple[str, DisplayList, Bytes, Exact]]:
    """Names, lists, backgrounds and exact pictures of the lists that are written by hand."""
    found = [(name, shown, lists.paper(shown)) for name, shown in (*lists.gallery(), *lists.hostile())]
    return [(name, shown, ground, exact(shown, ground)) for name, shown, ground in found]


@lru_cache(maxsize=1)
def _of_installed(size: int) -> list[tuple[str, DisplayList, Bytes, Exact]]:
    return [(name, shown, ground, exact(shown, ground)) for name, shown, ground in scene_lists(size)]


def _of_scenes(size: int, plugins: Registry | None) -> list[tuple[str, DisplayList, Bytes, Exact]]:
    """The same of every kind over every background."""
    if plugins is None:
        return _of_installed(size)
    return [(name, shown, ground, exact(shown, ground)) for name, shown, ground in scene_lists(size, plugins)]


def _drawn(renderer: Renderer, tolerance: Tolerance, report: Report, examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(lists.display_lists())
    def holds(shown: DisplayList) -> None:
        compare(renderer, shown, lists.paper(shown, seed=len(shown.fill)), tolerance, report, "drawn")

    holds()


def compare(
    renderer: Renderer, display: DisplayList, ground: Bytes, tolerance: Tolerance, report: Report, name: str = "list",
    true: Exact | None = None,
) -> None:  # fmt: skip
    """Paint one list over ``ground`` (uint8[B, H, W, 3]), add what differs from the exact picture (``true``, if it is
    known already) to the report, and raise ``RendererFault`` where it is more than the tolerance says (mean and p99 are
    not judged here)."""
    got = renderer.paint(display, ground, ids=True)
    _check_form(got, ground, name)
    true = true or exact(display, ground)
    error = np.abs(got.rgb.astype(np.int16) - true.rgb).max(axis=-1)
    report.pictures += len(ground)
    report.errors += np.bincount(error[true.look > 0], minlength=256)
    for what, look in (("flat", 0), ("convex", 1), ("other", 2)):
        worst = int(error[true.look == look].max(initial=0))
        setattr(report, what, max(getattr(report, what), worst))
        if worst > getattr(tolerance, what):
            where = np.where(true.look == look, error, -1)
            at = np.unravel_index(int(where.argmax()), where.shape)
            words = {"flat": "off all edges", "convex": "on edges of convex shapes", "other": "on edges"}[what]
            raise _blamed(f"off by {worst} levels {words}", name, display, true, got, at)
    if got.ids is not None:
        differs = got.ids != true.ids
        doubt = np.where(differs, true.unsure, 0.0)
        report.wrong_ids += int(differs.sum())
        report.ids = max(report.ids, float(doubt.max(initial=0.0)))
        if doubt.max(initial=0.0) > tolerance.ids + 1e-9:
            at = np.unravel_index(int(doubt.argmax()), doubt.shape)
            raise _blamed("a wrong id", name, display, true, got, at)


def _blamed(what: str, name: str, display: DisplayList, true: Exact, got: Painted, at: Any) -> RendererFault:
    b, y, x = (int(k) for k in at)
    top = int(true.top[b, y, x])
    colours = f"expected {_hex(true.rgb[b, y, x])}, got {_hex(got.rgb[b, y, x])}"
    ids = "" if got.ids is None else f"; id {int(true.ids[b, y, x])}, got {int(got.ids[b, y, x])}"
    shares = [
        f"item {c.item - int(display.start[b])} covers {255 * c.outer[y - c.y0, x - c.x0]:.2f} "
        f"(without its edge {255 * c.inner[y - c.y0, x - c.x0]:.2f})"
        for c in true.covers
        if c.picture == b and 0 <= y - c.y0 < c.outer.shape[0] and 0 <= x - c.x0 < c.outer.shape[1]
    ]
    item = f"item {top}" if top >= 0 else "the background"
    fault = RendererFault(
        f"{what}: picture {b}, {item}, pixel column {x}, row {y}: {colours}{ids}; "
        f"{', '.join(shares) or 'no item there'}\n{describe(display, b)}", name, display
    )  # fmt: skip
    fault.expected, fault.got, fault.at = Painted(true.rgb, true.ids), got, (b, y, x)
    return fault


def _hex(colour: Iterable[int]) -> str:
    return "#" + "".join(f"{int(c):02x}" for c in colour)


def describe(display: DisplayList, picture: int, most: int = 8) -> str:
    """The items of a picture in words, a line for each."""
    told = []
    for n in range(int(display.start[picture]), int(display.start[picture + 1])):
        outline, shape = display.outline, []
        for p in np.flatnonzero(outline.count[n] > 0):
            used = int(outline.count[n, p])
            core = ", ".join(f"{v:.10g}" for v in outline.verts[n, p, : min(used, most)])
            more = f", ... ({used})" if used > most else ""
            closed = "closed" if outline.closed[n, p] else "open"
            shape.append(f"{closed} [{core}{more}] radius {outline.radius[n, p]:.10g}")
        look = [
            f"{k} {int(getattr(display, k)[n]):#08x}" for k in ("fill", "edge", "halo") if getattr(display, k)[n] >= 0
        ]
        text = "" if display.texts[n] is None else f" {display.texts[n]}"
        told.append(
            f"  item {n - int(display.start[picture])}: {', '.join(look) or 'no colour'}, "
            f"stroke {display.stroke[n]:g}, opacity {display.opacity[n]:g}, id {display.id[n]}:"
            f"{text} {' + '.join(shape)}"
        )  # fmt: skip
    return f"the {display.width} x {display.height} picture has\n" + "\n".join(told[:12])


def _check_form(got: Painted, ground: Bytes, name: str) -> None:
    if got.rgb.shape != ground.shape or got.rgb.dtype != np.uint8:
        raise RendererFault(f"rgb is {got.rgb.dtype}{list(got.rgb.shape)}, not uint8{list(ground.shape)}", name)
    if got.ids is None or got.ids.shape != ground.shape[:3] or got.ids.dtype != np.uint16:
        found = "None" if got.ids is None else f"{got.ids.dtype}{list(got.ids.shape)}"
        raise RendererFault(f"ids are {found}, not uint16{list(ground.shape[:3])}", name)


# the protocol -----------------------------------------------------------------------------------


def check_protocol(make: Callable[[], Renderer]) -> None:
    """What holds of every painter whatever its tolerance. Raises ``RendererFault``."""
    renderer = make()
    shown = _mixture()
    ground = lists.paper(shown, seed=1)
    before, arrays = ground.copy(), {f.name: _copies(getattr(shown, f.name)) for f in fields(shown)}
    first = renderer.paint(shown, ground, ids=True)
    _check_form(first, ground, "protocol")
    if first.ids is None or np.shares_memory(first.rgb, ground) or not np.array_equal(ground, before):
        raise RendererFault("the backgrounds were painted over; they belong to the caller")
    for name, held in arrays.items():
        if not _same(held, _copies(getattr(shown, name))):
            raise RendererFault(f"the display list's `{name}` was modified")
    for what, again in (("a second time", renderer), ("by a new painter", make())):
        second = again.paint(shown, ground, ids=True)
        if not (np.array_equal(first.rgb, second.rgb) and np.array_equal(first.ids, second.ids)):  # type: ignore[arg-type]
            raise RendererFault(f"the same list, painted {what}, gives another picture")
    plain = renderer.paint(shown, ground, ids=False)
    if plain.ids is not None:
        raise RendererFault("ids are given though not asked for")
    if not np.array_equal(plain.rgb, first.rgb):
        raise RendererFault("the picture is another one when ids are not asked for")
    for b in range(len(ground)):
        alone = renderer.paint(_picture(shown, b), ground[b : b + 1], ids=True)
        if not np.array_equal(alone.rgb[0], first.rgb[b]) or not np.array_equal(alone.ids[0], first.ids[b]):  # type: ignore[index]
            raise RendererFault(f"picture {b} of a batch is not what it is alone")
    _check_refusals(renderer)


def _check_refusals(renderer: Renderer) -> None:
    for what, shown in lists.refused():
        _must_refuse(renderer, shown, lists.paper(shown), f"a list with a bad {what}", "picture 1, item 2")
    shown = lists.display(10, 12, [lists.Item(lists.disc(3, 3))])
    _must_refuse(renderer, shown, np.zeros((1, 10, 12, 3), np.uint8), "backgrounds of another size", "10")
    _must_refuse(renderer, shown, np.zeros((1, 12, 10, 3), np.float32), "backgrounds of floats", "uint8")


def _must_refuse(renderer: Renderer, shown: DisplayList, ground: Bytes, what: str, names: str) -> None:
    try:
        renderer.paint(shown, ground, ids=True)
    except ValueError as error:
        if names not in str(error):
            raise RendererFault(f"{what} is refused without saying {names!r}: {error}") from error
        return
    raise RendererFault(f"{what} is painted; it is to be refused with ValueError")


def _mixture() -> DisplayList:
    """Four pictures with all sorts of items, one without any."""
    items = [shown for _, shown in [*lists.gallery()][::7]]
    rows = [[_item(shown, 0) for shown in items[k::3]] for k in range(3)]
    return lists.display(lists.WIDTH, lists.HEIGHT, rows[0], [], rows[1], rows[2])


def _item(shown: DisplayList, n: int) -> lists.Item:
    """Item ``n`` of a list by itself."""
    o = shown.outline
    parts = [
        lists.piece(o.verts[n, p, : int(o.count[n, p])], bool(o.closed[n, p]), float(o.radius[n, p]))
        for p in np.flatnonzero(o.count[n] > 0)
    ]
    return lists.Item(
        lists.union(*parts) if parts else None, int(shown.fill[n]), int(shown.edge[n]), float(shown.stroke[n]),
        float(shown.opacity[n]), int(shown.id[n]), shown.texts[n], int(shown.halo[n]),
    )  # fmt: skip


def _picture(shown: DisplayList, b: int) -> DisplayList:
    own = [_item(shown, n) for n in range(int(shown.start[b]), int(shown.start[b + 1]))]
    return lists.display(shown.width, shown.height, own)


def _copies(value: Any) -> list[Any]:
    if hasattr(value, "verts"):
        return [value.verts.copy(), value.count.copy(), value.closed.copy(), value.radius.copy()]
    return [value.copy() if isinstance(value, np.ndarray) else value]


def _same(one: list[Any], two: list[Any]) -> bool:
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in zip(one, two, strict=True))
