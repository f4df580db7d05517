"""Where a leak is in the spec, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence

from pgt_dsl.audit.finding import Finding, Test
from pgt_dsl.audit.table import Column
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.program.program import Origin, Program


def mended(test: Test, p: float, pipeline: Pipeline | None, table: Sequence[Column]) -> Finding:
    """The finding of a test: with its lines, those of its columns first and the answer's last."""
    if pipeline is None:
        return Finding(test, p, (), _advice(test))
    program = pipeline.program
    by_name = {column.name: column for column in table}
    places = [origin(program, by_name[name]) for name in test.columns if name in by_name]
    places += [group.origin for group in program.groups if group.name in test.groups]
    places.append(program.asks[test.ask].origin)
    advice = _advice(test, program.asks[test.ask].form)
    return Finding(test, p, tuple(dict.fromkeys(place for place in places if place.line)), advice)


def origin(program: Program, column: Column) -> Origin:
    """The line of a column: its draw, else its shape's, or the background's."""
    if not column.group and not column.var:
        return program.background.origin
    wanted = {column.var} if column.var else {f"{column.group}.{column.field}"}
    found = next((var.origin for var in program.vars if var.name in wanted), None)
    if found is None:
        found = next((group.origin for group in program.groups if group.name == column.group), None)
    return found or Origin()


def _advice(test: Test, form: str = "") -> tuple[str, ...]:
    """What to write instead. A truth such as whether two lines cross has no two sides of which one wins; where places
    decide, it mostly has."""
    if test.cue and form == "bool" and test.columns and not test.columns[0].endswith((".x", ".y")):
        return (f"it is what the answer is computed from, and some of it must show; where it decides too much, make "
                f"`{test.columns[0]}` a `pick`, so that with an `even` answer each of its values has each answer "
                "equally often",)  # fmt: skip
    if test.cue:
        return ("it is what the answer is computed from; where it decides too much, draw the two sides from one law "
                "and `pick` which of them wins",)  # fmt: skip
    if test.probe == "options":
        return ("make wrong options by the same rule as the right one: `wrong 3 of 2 .. 7`, others of the same range "
                "in a window that begins again at its ends; what other draws of the same law would give; or mistakes "
                "that are each other's mirror images",)  # fmt: skip
    if test.probe == "question":
        return ("draw what the question names apart from the answer, or write `even` behind the answer's expression",)
    if test.probe == "candidates":
        field = test.columns[0]
        return (f"give all shapes that could be the answer one law for `{field}`, and `pick` which of them is right",)
    if test.probe in ("model", "picture"):
        return ("look at the single columns with more scenes (`--scenes`): the model sees what they share",)
    if len(test.columns) == 2:
        a, b = test.columns
        return (
            f"a `require` ties `{a}` and `{b}` to the answer: `pick` one of them, or require the other case as often",
        )
    return (f"draw `{test.columns[0]}` by a law that does not read what decides, or make it a `pick`, so that each of "
            "its values has each answer equally often",)  # fmt: skip
