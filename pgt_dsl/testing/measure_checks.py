"""What is checked of a function beside agreement with the oracle: its slack, and where a truth changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.oracle import UndefinedValueError, UnknownValueError
from pgt_dsl.program import running
from pgt_dsl.program.datatypes import DISCRETE
from pgt_dsl.program.oracle_verdict import Verdicts
from pgt_dsl.testing.stage import SIDE, Json, Row, row_of

if TYPE_CHECKING:
    from pgt_dsl.testing.measures import Case

_REAL = 1e-9  # below this a sign says nothing
_STEPS = 33  # places looked at on the way from one row to another, twice


# slack ------------------------------------------------------------------------------------------------


def slack_has_its_form(case: Case) -> None:
    """A slack is a number for each value: signed as the truth is, or not below 0."""
    if case.function.slack is None:
        return
    value = case.ev.value(case.node)
    try:
        slack = running.run(case.ev, case.call(), case.function.slack).data
    except PgtError as error:
        raise case.fault("slack", str(error).splitlines()[0], case.rows) from error
    if slack.dtype.kind not in "fiu":
        raise case.fault("slack", f"it comes as {slack.dtype}, not as numbers", case.rows)
    defined = case.ev.defined(case.node)
    for k, row in enumerate(case.rows):
        if not row_of(defined, k).all():
            continue
        number, found = float(row_of(slack, k)), row_of(value.data, k)
        if np.isnan(number):
            raise case.fault("slack", "it is no number where there is a value", [row])
        if case.call().type.base == "bool":
            if abs(number) > _REAL and (number > 0) != bool(found):
                raise case.fault("slack", f"it is {number:g} where the value is {bool(found)}", [row])
        elif number < 0:
            raise case.fault("slack", f"it is {number:g}; only a truth's has a sign", [row])
        case.report.add("slack")


def slack_is_true(case: Case) -> None:
    """A shape moved, or a number changed, by less than the slack says changes no discrete value."""
    call, function = case.call(), case.function
    if function.slack is None or call.type.base not in DISCRETE:
        return
    slack = running.run(case.ev, call, function.slack).data
    defined = case.ev.defined(case.node)
    for k, row in enumerate(case.rows):
        room = 0.95 * (abs(float(row_of(slack, k))) - function.tolerance)
        if room <= 0 or not row_of(defined, k).all():
            continue
        room = min(room, 4 * SIDE)
        changed = moved(case, row, room) if function.slack_unit == "length" else _changed(case, row, room)
        if not changed:
            continue
        ev = case.stage.evaluator([other for _, other in changed])
        values, there = ev.value(case.node).data, ev.defined(case.node)
        for n, (what, _) in enumerate(changed):
            if row_of(there, n).all() and row_of(values, n).item() != row_of(case.ev.value(case.node).data, k).item():
                raise case.fault("slack", f"it says {float(row_of(slack, k)):.6g}, and {what} changes the value", [row])
            case.report.add("slack is true")


def moved(case: Case, row: Row, by: float) -> list[tuple[str, Row]]:
    """The row with one shape moved, in some directions."""
    found: list[tuple[str, Row]] = []
    for name in case.spec.shapes:
        own = [v for v in case.stage.program.vars if v.name.startswith(f"{name}.") and v.type.base == "point"]
        listed = any(v.axes for v in own)
        for item in range(case.stage.program.axes[own[0].axes[0]].size if listed else 1) if own else ():
            for turn in (0.3, 1.9, 3.1, 4.4, 5.7):
                step = by * np.exp(1j * turn)
                other = dict(row)
                for var in own:
                    value = row[var.name]
                    other[var.name] = [_step(v, step) if i == item else v for i, v in enumerate(value)] if listed else (
                        _step(value, step))  # fmt: skip
                which = f"{name}[{item}]" if listed else name
                found.append((f"moving `{which}` by ({step.real:.6g}, {step.imag:.6g}) px", other))
    return found


def _step(value: Json, step: complex) -> Json:
    if value and isinstance(value[0], list):
        return [_step(v, step) for v in value]
    return [value[0] + step.real, value[1] + step.imag] if value else value


def _changed(case: Case, row: Row, by: float) -> list[tuple[str, Row]]:
    """The row with one number of the slack's unit changed."""
    numbers = [v.name for v in case.stage.program.vars if v.type.base == case.function.slack_unit and not v.axes]
    numbers = [name for name in numbers if name.startswith("a") and "." not in name and not isinstance(row[name], list)]
    return [(f"{name} {step:+.6g}", {**row, name: row[name] + step}) for name in numbers for step in (by, -by)]


# edges ------------------------------------------------------------------------------------------------


def edges_agree(case: Case) -> None:
    """Where a truth changes on the way from the places of one row to those of the next, both readings change.

    Places drawn by chance are seldom near an edge; on a straight way between a true and a false row there is one.
    """
    if case.call().type.base != "bool" or case.call().type.rank:
        return
    for one, two in zip(case.rows, case.rows[1:], strict=False):
        low, high = 0.0, 1.0
        for _ in range(2):
            shares = np.linspace(low, high, _STEPS)
            rows = [_between(case, one, two, share) for share in shares]
            ev = case.stage.evaluator(rows)
            truth = np.broadcast_to(ev.value(case.node).data, (_STEPS,))
            if not np.broadcast_to(ev.defined(case.node), (_STEPS,)).all() or truth.all() or not truth.any():
                break
            at = int(np.flatnonzero(truth[1:] != truth[:-1])[0])
            low, high = float(shares[at]), float(shares[at + 1])
            if high - low < 1 / _STEPS:
                for n in (at, at + 1):
                    _edge(case, rows[n], bool(truth[n]))


def _edge(case: Case, row: Row, found: bool) -> None:
    oracle = case.stage.oracle(row)
    try:
        value = bool(oracle.value(case.node))
        if value != found and not all(Verdicts(oracle).could(case.node)):
            raise case.fault("edge", f"near where it changes the value is {found}, the oracle's {value}", [row])
    except (UndefinedValueError, UnknownValueError):
        return
    case.report.add("edge")


def _between(case: Case, one: Row, two: Row, share: float) -> Row:
    """The first row with its points on the way to those of the second."""
    points = [v.name for v in case.stage.program.vars if v.type.base == "point"]
    return {**one, **{name: _mixed(one[name], two[name], share) for name in points}}


def _mixed(a: Any, b: Any, share: float) -> Any:
    if isinstance(a, list):
        return [_mixed(x, y, share) for x, y in zip(a, b, strict=False)]
    return a + (b - a) * share
