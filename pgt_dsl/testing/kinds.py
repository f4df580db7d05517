"""The conformance suite of kinds: what whoever writes a kind of shape runs on it.

    from pgt_dsl.testing.kinds import check_kind

    print(check_kind("dart"))  # raises PluginFault where the kind is wrong

Shapes with values that Hypothesis draws, set in each of the kind's ways, are read by the engine in batches and by the
oracle one by one; outlines, boxes and fields have to agree. Then scenes are sampled, certified and painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.oracle import Seen, UndefinedValueError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import Kind, Way
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.failures import PluginError
from pgt_dsl.program.oracle_values import same, told
from pgt_dsl.testing.conformance import Report, hold, resolved, words
from pgt_dsl.testing.kind_specs import looks, needed_fields, stage_of, usable_ways
from pgt_dsl.testing.outline_shapes import difference, pieces, solid
from pgt_dsl.testing.stage import Row, Stage, row_of, shifted

__all__ = ["TOLERANCE", "check_kind"]

TOLERANCE = 0.0025
"""By how much the two outlines of a kind may differ, as a share of the larger side of its box (and 0.01 px)."""

_ABSOLUTE = 0.01  # px
_VIRTUAL = ("canvas", "object")  # the engine makes these itself; no spec declares one


def check_kind(
    kind: str | Kind,
    plugins: Registry | None = None,
    *,
    tolerance: float = TOLERANCE,
    examples: int = 60,
    given: str = "",
    scenes: int = 4,
    size: int = 128,
) -> Report:
    """Run the whole suite on a kind; returns what was compared.

    kind: its name in ``plugins`` (None: all that are installed), or a ``Kind`` that is not installed yet. tolerance:
    by what share of its size the two outlines may differ. examples: batches that Hypothesis draws for each way to set
    the kind. given: fields in the language that a shape of the kind cannot do without, ``"value = 3, top = 10"``.
    scenes: how many scenes are sampled, certified and painted, ``size`` px wide. Raises ``PluginFault``.
    """
    record, offered = resolved("kinds", kind, plugins)
    report = Report("kind", record.name, f"check_kind({record.name!r}, tolerance={tolerance:g}, examples={examples})")
    _declaration(record, offered, report)
    if record.name in _VIRTUAL:
        return report
    stages = [(way, stage_of(record, offered, way, given, report)) for way in usable_ways(record)]
    for number, (way, stage) in enumerate(stages):
        others = [(w, s) for w, s in stages[1:] if w is not None] if number == 0 else []
        made = _Way(record, stage, report, tolerance, way, others)
        made.check(examples if number == 0 else max(examples // 3, 1))
    if scenes:
        _paint(record, offered, report, given, scenes, size)
    return report


# the declaration ----------------------------------------------------------------------------------


def _declaration(kind: Kind, offered: Registry, report: Report) -> None:
    """It has words for people, and what it names can be imported."""
    silent = [spec.name for spec in kind.fields if not spec.doc.strip()]
    if not kind.doc.strip() or silent:
        raise report.fault("declaration", f"no doc: {', '.join(silent) or 'of the kind'}")
    names = {spec.name for spec in kind.fields}
    if not kind.noun and not names & {"form", "category"}:
        raise report.fault("declaration", "it has neither a `noun` nor a field `form` that says what to call it")
    if "at" not in names:
        raise report.fault("declaration", "it has no field `at`")
    clashes = [problem for problem in offered.problems if f"`{kind.name}`" in problem]
    if clashes:
        raise report.fault("declaration", clashes[0])
    for way in kind.ways:
        both = sorted(set(way.given) & set(way.derive))
        if both:
            raise report.fault("declaration", f"a way both takes and derives `{both[0]}`")
    for ref in (kind.outline, kind.oracle):
        try:
            load_ref(ref)
        except PgtError as error:
            raise report.fault("declaration", str(error)) from error
    report.add("declaration", 3 + len(kind.fields) + len(kind.ways))


# one way to set it ----------------------------------------------------------------------------------


class _Way:
    """The checks of one way to set a kind."""

    def __init__(
        self,
        kind: Kind,
        stage: Stage,
        report: Report,
        tolerance: float,
        way: Way | None,
        others: Sequence[tuple[Way, Stage]],
    ) -> None:
        self.kind, self.stage, self.report, self.tolerance, self.way = kind, stage, report, tolerance, way
        self.others = others
        self.group = stage.group("it")

    def check(self, examples: int) -> None:
        before = self.report.counts["outline"]
        hold(self.stage.rows(), self.agrees, examples)
        if self.report.counts["outline"] == before:
            raise self._fault("outline", f"nothing was compared: of {examples} batches, no row has all fields", [])
        for row in self.stage.oddities():
            self.survives([row])
        hold(self.stage.rows(odd=True), self.survives, max(examples // 3, 1))

    # what any values must not break

    def survives(self, rows: Sequence[Row]) -> None:
        """Odd values give finite numbers or a named error, and the same in any company."""
        try:
            found, ev = self._read(rows)
        except PgtError as error:
            if isinstance(error, PluginError) or len(rows) == 1:
                self._named(error, rows)
                return
            for row in rows:
                self.survives([row])
            return
        self._finite(found, ev, rows)
        self._company(found, rows)

    def agrees(self, rows: Sequence[Row]) -> None:
        """Usual values give the oracle's outline, box and fields."""
        try:
            found, ev = self._read(rows)
        except PgtError as error:
            raise self._fault("outline", str(error), rows) from error
        known = self._finite(found, ev, rows)
        self._company(found, rows)
        if not all(known):  # those beside one that is no shape are compared like any other
            rows = [row for row, there in zip(rows, known, strict=True) if there]
            if not rows:
                return
            found, ev = self._read(rows)
        self._moved(found, rows)
        self._codes(found, rows)
        for k, row in enumerate(rows):
            self._oracle(ev, found, k, row)
        self._other_ways(found, ev, rows)

    def _read(self, rows: Sequence[Row], aliased: bool = False) -> tuple[Outline, Evaluator]:
        """Absolute outlines of ``it``: leading dimension the rows."""
        ev = self.stage.evaluator(rows, aliased)
        found = ev.outline(self.group.id)
        n = len(rows)
        return Outline(
            np.broadcast_to(found.verts, (n, *found.verts.shape[1:]))[:, 0],
            np.broadcast_to(found.count, (n, *found.count.shape[1:]))[:, 0],
            np.broadcast_to(found.closed, (n, *found.closed.shape[1:]))[:, 0],
            np.broadcast_to(found.radius, (n, *found.radius.shape[1:]))[:, 0],
        ), ev

    def _fault(self, check: str, problem: str, rows: Sequence[Row]) -> AssertionError:
        told_rows = "; beside ".join(words({k: v for k, v in row.items() if k.startswith("it.")}) for row in rows)
        how = f" (set by {', '.join(self.way.given)})" if self.way else ""
        return self.report.fault(check, problem + how, told_rows or "no field is drawn")

    def _named(self, error: PgtError, rows: Sequence[Row]) -> None:
        if isinstance(error, PluginError):
            raise self._fault("odd values", f"no error for people: {str(error).splitlines()[0]}", rows)
        self.report.add("odd values")

    def _finite(self, found: Outline, ev: Evaluator, rows: Sequence[Row]) -> list[bool]:
        """Which rows have a value for each field; their outlines are numbers."""
        known = np.ones(len(rows), np.bool_)
        for name in self.group.fields:  # a direction between equal points, say, is no number; such a scene is rejected
            column = np.asarray(ev.group_field(self.group.id, name))
            known &= np.isfinite(column).reshape(len(column), -1).all(axis=1)
        for k, row in enumerate(rows):
            if not known[k]:
                continue
            for verts, _, radius in pieces(found, k):
                if not (np.isfinite(verts).all() and np.isfinite(radius)):
                    raise self._fault("finite", "the outline has numbers that are none", [row])
            self.report.add("finite")
        return [bool(there) for there in known]

    def _company(self, found: Outline, rows: Sequence[Row]) -> None:
        """A batch is its rows one by one, in any order."""
        back, _ = self._read(list(reversed(rows)))
        for k, row in enumerate(rows):
            alone, _ = self._read([row])
            if not _equal(found, k, alone, 0):
                raise self._fault("batch", f"row {k} of the batch is not what it is alone", rows)
            if not _equal(found, k, back, len(rows) - 1 - k):
                raise self._fault("order", f"row {k} is another one when the batch is turned around", rows)
            self.report.add("batch", 2)

    def _moved(self, found: Outline, rows: Sequence[Row]) -> None:
        """The outline is relative to ``at``: all points moved, it is moved."""
        by = 64 + 32j
        moved = [shifted(self.stage, row, by) for row in rows]
        where = np.asarray(self.stage.evaluator(rows).group_field(self.group.id, "at"))
        there = np.asarray(self.stage.evaluator(moved).group_field(self.group.id, "at"))
        if not np.allclose(there - where, by):
            return  # `at` hangs on something else, such as drawn coordinates
        got, _ = self._read(moved)
        for k, row in enumerate(rows):
            for (a, closed, r), (b, other, s) in zip(pieces(found, k), pieces(got, k), strict=False):
                alike = a.shape == b.shape and closed == other and abs(r - s) < 1e-6 * max(1.0, r)
                if not alike or np.abs(b - a - by).max(initial=0.0) > 1e-6 * max(1.0, float(np.abs(a).max(initial=1))):
                    raise self._fault("relative to `at`", "moved by (64, 32) px it has another form", [row])
            self.report.add("relative to `at`")

    def _codes(self, found: Outline, rows: Sequence[Row]) -> None:
        """Texts and forms are interned: their codes differ from process to process."""
        if not any(var.type.base in ("text", "form") for var in self.stage.program.vars):
            return
        got, _ = self._read(rows, aliased=True)
        for k, row in enumerate(rows):
            if not _equal(found, k, got, k):
                raise self._fault("codes", "the outline hangs on the number that a text was given", [row])
            self.report.add("codes")

    def _oracle(self, ev: Evaluator, found: Outline, k: int, row: Row) -> None:
        oracle = self.stage.oracle(row)
        try:
            seen = oracle.shapes.slot(self.group.start)
            geometry = seen.geometry
        except (UndefinedValueError, ZeroDivisionError):
            return  # a scene with this shape is rejected
        except Exception as error:
            raise self._fault("oracle", f"it fails: {type(error).__name__}: {error}", [row]) from error
        problem = difference(solid(found, k), geometry, self.tolerance, _ABSOLUTE)
        if problem:
            raise self._fault("outline", f"batched and oracle differ: {problem}", [row])
        self.report.add("outline")
        self._box(ev, seen, k, row)
        self._fields(ev, seen, k, row)

    def _box(self, ev: Evaluator, seen: Seen, k: int, row: Row) -> None:
        with suppress(UndefinedValueError):
            mine, box = row_of(ev.bounds(self.group.id), k)[0], seen.box
            off = max(abs(a - b) for a, b in zip(mine, box, strict=True))
            if off > _ABSOLUTE + self.tolerance * max(box[2] - box[0], box[3] - box[1]):
                raise self._fault("box", f"the boxes differ by {off:.4g} px: {list(mine)} and {list(box)}", [row])
            self.report.add("box")

    def _fields(self, ev: Evaluator, seen: Seen, k: int, row: Row) -> None:
        """What was set is read back, and what follows from it is the same in both readings."""
        for spec in self.kind.fields:
            if spec.type not in ("length", "angle", "number", "int", "bool", "point"):
                continue
            try:
                column, value = ev.group_field(self.group.id, spec.name), seen.fields[spec.name]
            except (KeyError, UndefinedValueError):
                continue
            got = row_of(column, k)[0].item()
            drawn = row.get(f"it.{spec.name}")
            if drawn is not None and told(value) != drawn:
                raise self._fault("fields", f"`{spec.name}` was set to {drawn} and reads {told(value)}", [row])
            turned = spec.type == "angle" and abs((got - value + 180) % 360 - 180) < 1e-6
            if not (same(got, value, 1e-6, seen.slop) or turned or (got != got and value != value)):
                raise self._fault("fields", f"`{spec.name}` is {got}, and {told(value)} for the oracle", [row])
            self.report.add("fields")

    def _other_ways(self, found: Outline, ev: Evaluator, rows: Sequence[Row]) -> None:
        """Set by what another way takes, read off here, the shape is the same one."""
        for way, stage in self.others:
            for k, row in enumerate(rows):
                given = self._as_given(stage, way, ev, k, row)
                if given is None:
                    continue
                got, _ = _Way(self.kind, stage, self.report, self.tolerance, way, ())._read([given])
                problem = difference(solid(found, k), solid(got, 0), 1e-6, 1e-4)
                if problem:
                    how = ", ".join(way.given)
                    raise self._fault("ways", f"set by {how} as read here it is another shape: {problem}", [row])
                self.report.add("ways")

    def _as_given(self, stage: Stage, way: Way, ev: Evaluator, k: int, row: Row) -> dict[str, Any] | None:
        """The draws of another stage that make the shape of row ``k``; None where a field has no plain value here."""
        if any(spec.type == "shape" for spec in self.kind.fields if spec.name in (*way.given, *way.derive)):
            return None
        made: dict[str, Any] = {}
        for var in stage.program.vars:
            if var.name in row:
                made[var.name] = row[var.name]
                continue
            name = var.name.removeprefix("it.")
            try:
                value = row_of(ev.group_field(self.group.id, name), k)[0]
            except KeyError:
                return None
            if var.type.rank or var.type.base not in ("length", "angle", "number", "point", "int"):
                return None
            if not np.isfinite(value) or (var.type.base == "length" and value.real < 0):
                return None
            made[var.name] = told(value.item())
        return made


def _equal(a: Outline, k: int, b: Outline, n: int) -> bool:
    one, two = list(pieces(a, k)), list(pieces(b, n))
    return len(one) == len(two) and all(
        np.array_equal(v, w, equal_nan=True) and c == d and np.array_equal(r, s, equal_nan=True)
        for (v, c, r), (w, d, s) in zip(one, two, strict=True)
    )


# painting -----------------------------------------------------------------------------------------------


def _paint(kind: Kind, offered: Registry, report: Report, given: str, scenes: int, size: int) -> None:
    """Sampled as a task would, its scenes are certified, and the id mask shows the oracle's outline."""
    from pgt_dsl.api import load
    from pgt_dsl.testing.checks import CHECKS
    from pgt_dsl.testing.subject import Subject

    for look in looks(kind):
        fields = ", ".join(filter(None, [needed_fields(kind, given), look]))
        text = f'task "conformance/kind"\nshape other: rect\nshape it: {kind.name} {{ {fields} }}\n'
        text += 'ask "How wide is it?" answer canvas.width within 1px\n'
        try:
            pipeline = load(text, offered).pipeline(0, size)
            made = pipeline.scenes(range(scenes))
        except PgtError as error:
            raise report.fault("sampling", f"this task gives no scene:\n{text}{error}") from error
        for scene in made:
            subject = Subject(pipeline, scene)
            for name, check in CHECKS.items():
                faults = check(subject)
                if faults:
                    case = words({k: v for k, v in scene.draws.items() if k.startswith("it.")})
                    raise report.fault(f"scene, {name}", faults[0].message, f"{case}, in\n{text}")
                report.add("scenes")
