"""The conformance suite of functions: what whoever writes a measure runs on it.

    from pgt_dsl.testing.measures import check_function

    print(check_function("tip_angle", kinds=("dart",)))  # raises PluginFault where the function is wrong

A spec calls the function once and along a loop, on arguments that Hypothesis draws; the engine's values in batches and
the oracle's one by one have to agree. ``CHECKS`` can be extended: each check gets a ``Case``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.oracle import UndefinedValueError, UnknownValueError
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import Extension, Function
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.program import running
from pgt_dsl.program.datatypes import DISCRETE
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.failures import PluginError
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.oracle_values import matches, told
from pgt_dsl.program.oracle_verdict import SHARE, Verdicts
from pgt_dsl.program.program import Node
from pgt_dsl.program.strings import string
from pgt_dsl.testing.conformance import Report, hold, words
from pgt_dsl.testing.function_specs import LINES, SHAPES, CallSpec, Kinds, call_specs
from pgt_dsl.testing.measure_checks import edges_agree, moved, slack_has_its_form, slack_is_true
from pgt_dsl.testing.stage import SIDE, Json, Row, Stage, row_of

__all__ = ["CHECKS", "LINES", "SHAPES", "Case", "check_function"]

_KINDS = {"bool": "b", "int": "i", "color": "i", "form": "i", "text": "i", "shape": "i", "point": "c", "vector": "c"}


@dataclass(frozen=True)
class Case:
    """One batch: the function, the spec that calls it, the rows that were drawn, and their readings."""

    function: Function
    spec: CallSpec
    rows: Sequence[Row]
    ev: Evaluator
    oracles: Sequence[Oracle]
    report: Report

    @property
    def stage(self) -> Stage:
        """The compiled spec."""
        return self.spec.stage

    @property
    def node(self) -> int:
        """The node of the single call."""
        return self.stage.program.names[self.spec.once]

    def call(self) -> Node:
        """The ``call`` node itself."""
        return self.stage.program.nodes[self.node]

    def fault(self, check: str, problem: str, rows: Sequence[Row]) -> AssertionError:
        """The fault to raise, with the rows in words."""
        shown = [{k: v for k, v in row.items() if not k.endswith(".color")} for row in rows]
        case = "; beside ".join(words(row) for row in shown) + f", in\n{self.stage.text}"
        return self.report.fault(check, problem, case)


Check = Callable[[Case], None]


def check_function(
    function: str | Function,
    plugins: Registry | None = None,
    *,
    kinds: Kinds = (),
    examples: int = 40,
    given: str = "",
    share: float = SHARE,
    checks: Sequence[Check] | None = None,
) -> Report:
    """Run the whole suite on a function; returns what was compared.

    function: its name in ``plugins`` (None: all that are installed), or a ``Function`` that is not installed yet.
    kinds: of what kinds shape arguments are, in turn, or a mapping by the names of parameters; usually those of the
    same package, ``SHAPES`` where it has none, and ``LINES`` for the section "lines". examples: batches that Hypothesis
    draws. given: lines of the language to put before the call. share: by what share of its size (at least of 1) a real
    value may differ, beside the function's
    ``tolerance``. checks: None for ``CHECKS``. Raises ``PluginFault``.
    """
    record, offered = _resolved(function, plugins)
    chosen = kinds or _kinds_for(record, offered)
    again = f"check_function({record.name!r}, kinds={chosen!r}, examples={examples})"
    report = Report("function", record.name, again)
    _declaration(record, report)
    try:
        specs = call_specs(record, chosen, given, offered)
    except PgtError as error:
        raise report.fault("compiling", str(error)) from error
    for spec in specs:
        run = _Run(record, spec, report, share, CHECKS if checks is None else checks)
        hold(spec.stage.rows(), run.usual, max(examples // len(specs), 2))
        for row in spec.stage.oddities():
            run.odd([row])
        hold(spec.stage.rows(odd=True), run.odd, max(examples // (2 * len(specs)), 2))
    return report


def _resolved(function: str | Function, plugins: Registry | None) -> tuple[Function, Registry]:
    offered = plugins or registry()
    if isinstance(function, str):
        if function not in offered.functions:
            raise PgtError(f"there is no function `{function}`; there are: {', '.join(sorted(offered.functions))}")
        return offered.functions[function], offered
    if offered.functions.get(function.name) == function:
        return function, offered
    from pgt_dsl.builtin import extension

    tested = Extension("tested", functions=(function,))
    made = Registry.load([("pgt-dsl", extension), ("the function under test", tested)])
    if made.problems:
        raise Report("function", function.name).fault("declaration", "; ".join(made.problems))
    return function, made


def _kinds_for(function: Function, offered: Registry) -> tuple[str, ...]:
    if function.section == "lines":
        return LINES
    try:
        home = offered.owner("functions", function.name)
    except KeyError:
        return SHAPES
    own = [name for name in offered.kinds if offered.owner("kinds", name) == home and home != "pgt-dsl"]
    return tuple(own) or SHAPES


def _declaration(function: Function, report: Report) -> None:
    if not function.doc.strip():
        raise report.fault("declaration", "no doc")
    if bool(function.slack) != bool(function.slack_unit):
        raise report.fault("declaration", "`slack` and `slack_unit` go together")
    if not function.tolerance >= 0:
        raise report.fault("declaration", f"a tolerance of {function.tolerance}")
    for ref in filter(None, (function.value, function.oracle, function.slack)):
        try:
            load_ref(ref)
        except PgtError as error:
            raise report.fault("declaration", str(error)) from error
    report.add("declaration", 4)


@dataclass(frozen=True)
class _Run:
    """What is done with each batch."""

    function: Function
    spec: CallSpec
    report: Report
    share: float
    checks: Sequence[Check]

    def usual(self, rows: Sequence[Row]) -> None:
        """All checks."""
        stage = self.spec.stage
        case = Case(self.function, self.spec, rows, stage.evaluator(rows), [stage.oracle(r) for r in rows], self.report)
        self._read(case)
        self._agrees(case)
        for check in self.checks:
            check(case)

    def odd(self, rows: Sequence[Row]) -> None:
        """Odd values make no error that people do not understand, and are the same in any company."""
        stage = self.spec.stage
        self._read(Case(self.function, self.spec, rows, stage.evaluator(rows), (), self.report))

    def _read(self, case: Case) -> None:
        """The values have the right form, and a batch is its rows one by one."""
        names = [self.spec.once, *filter(None, [self.spec.along])]
        for name in names:
            node = case.stage.program.names[name]
            try:
                value = case.ev.value(node)
                alone = [case.stage.evaluator([row]).value(node) for row in case.rows]
            except PluginError as error:
                raise case.fault("value", str(error).splitlines()[0], case.rows) from error
            except PgtError:
                case.report.add("named errors")
                return
            base = case.stage.program.nodes[node].type.base
            if value.data.dtype.kind != _KINDS.get(base, "f"):
                raise case.fault("value", f"a {base} comes as {value.data.dtype}", case.rows)
            for k, single in enumerate(alone):
                here, there = row_of(value.data, k), row_of(single.data, 0)
                if value.mask is not None and single.mask is not None:
                    mask, other = row_of(value.mask, k), row_of(single.mask, 0)
                    full = np.broadcast_shapes(here.shape, mask.shape)
                    if not np.array_equal(np.broadcast_to(mask, full), np.broadcast_to(other, full)):
                        raise case.fault("batch", f"row {k} has another mask than alone", case.rows)
                    mask = np.broadcast_to(mask, full)
                    here, there = np.broadcast_to(here, full)[mask], np.broadcast_to(there, full)[mask]
                if not np.array_equal(here, there, equal_nan=here.dtype.kind in "fc"):
                    told_ = f"row {k} of the batch is {here.tolist()}, and {there.tolist()} alone"
                    raise case.fault("batch", told_, case.rows)
                case.report.add("batch")

    def _agrees(self, case: Case) -> None:
        for k, (row, oracle) in enumerate(zip(case.rows, case.oracles, strict=True)):
            for name in (self.spec.once, *filter(None, [self.spec.along])):
                self._one(case, case.stage.program.names[name], name, k, row, oracle)

    def _one(self, case: Case, node: int, name: str, k: int, row: Row, oracle: Oracle) -> None:
        try:
            value = oracle.value(node)
        except UndefinedValueError:
            value = None
        except UnknownValueError:
            return
        except Exception as error:
            raise case.fault("oracle", f"it fails: {type(error).__name__}: {error}", [row]) from error
        defined = bool(row_of(case.ev.defined(node), k).all())
        if value is not None and not _number(value):
            value = None
        got = _plain(case, node, k)
        if value is None or not defined:
            if (value is None) == defined and not self._barely(case, node, value is None, k, row):
                which = f"the batched value is {got}" if defined else f"the oracle has {told(value)}"
                other = "the oracle has none" if defined else "the batched one is undefined"
                raise case.fault("undefined", f"{which}, and {other}", [row])
            case.report.add("undefined")
            return
        tolerance = Verdicts(oracle).tolerance(node)
        if matches(got, value, self.share, tolerance) or self._turned(got, value, tolerance):
            case.report.add("along a loop" if name == self.spec.along else "value")
            return
        near = self._close_items(case, got, value) if name == self.spec.along else self._close(case, k, oracle)
        if near:
            case.report.add("too close to tell")
            return
        raise case.fault(name, f"the batched value is {got}, the oracle's {told(value)}", [row])

    def _barely(self, case: Case, node: int, nothing: bool, k: int, row: Row) -> bool:
        """Whether a shape moved by no more than the tolerance makes the readings agree on there being a value: then it
        hangs on a place where lines just touch, say. ``nothing``: the oracle has no value."""
        for _, other in moved(case, row, max(self.function.tolerance, 1e-6 * SIDE)):
            try:
                there = _number(case.stage.oracle(other).value(node))
            except UndefinedValueError:
                there = False
            if there == nothing or bool(case.stage.evaluator([other]).defined(node).all()) != nothing:
                return True
        return False

    def _turned(self, got: Json, value: Any, tolerance: float) -> bool:
        """Whether two angles are the same but for whole turns."""
        if not self.function.signature.rstrip().endswith(": angle"):
            return False
        pairs = list(zip(got, value, strict=False)) if isinstance(got, list) else [(got, value)]
        return all(abs((a - b + 180) % 360 - 180) <= 360 * self.share + tolerance for a, b in pairs)

    def _close(self, case: Case, k: int, oracle: Oracle) -> bool:
        """Whether a discrete value is so near to another that the tolerance may decide."""
        call = case.call()
        if call.type.base not in DISCRETE:
            return False
        if call.type.base == "bool" and all(Verdicts(oracle).could(case.node)):
            return True
        if self.function.slack is None:
            return False
        slack = float(row_of(running.run(case.ev, call, self.function.slack).data, k))
        return abs(slack) <= self.function.tolerance + SHARE * SIDE + Verdicts(oracle)._slop(_as_length(call))

    def _close_items(self, case: Case, got: Json, value: Any) -> bool:
        """Whether only such items of a loop differ as are too near to tell; the single call looks at each closely."""
        base = case.call().type.base
        discrete = base in DISCRETE and (self.function.slack is not None or base == "bool")
        return discrete and isinstance(got, list) and len(got) == len(value)


def _as_length(call: Node) -> Node:
    from pgt_dsl.program.datatypes import Type

    return Node("call", Type("length"), call.args, call.attrs)


def _number(value: Any) -> bool:
    """Whether there is no NaN in it."""
    return all(_number(v) for v in value) if isinstance(value, list) else bool(value == value)


def _plain(case: Case, node: int, k: int) -> Json:
    """The value of a row as a scene would have it; of a list the items that are there."""
    value, base = case.ev.value(node), case.stage.program.nodes[node].type.base
    data = row_of(value.data, k)
    if value.mask is not None:
        mask = row_of(value.mask, k)
        full = np.broadcast_shapes(data.shape, mask.shape)
        return [_item(v, base) for v in np.broadcast_to(data, full)[np.broadcast_to(mask, full)].tolist()]
    return _item(data.item(), base)


def _item(value: Any, base: str) -> Json:
    if base == "color":
        return "none" if value < 0 else f"#{value:06x}"
    if base in ("form", "text"):
        return string(value)
    return [value.real, value.imag] if isinstance(value, complex) else value


CHECKS: list[Check] = [slack_has_its_form, slack_is_true, edges_agree]
"""What is checked of a batch beside agreement; a suite of further properties may add to it."""
