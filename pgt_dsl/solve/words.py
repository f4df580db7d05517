"""A proof in words: the lines that conflict, the sum that does not fit, and the loosening that would help."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.program.interval import Box, Cell, Refuted
from pgt_dsl.program.program import Origin, Pick, VarId
from pgt_dsl.program.textformat import format_plain, slot_name
from pgt_dsl.solve.contract import Contractor, Source
from pgt_dsl.solve.explain import Never, Proof
from pgt_dsl.solve.linear import Form, form
from pgt_dsl.solve.report import YieldReport
from pgt_dsl.source import Source as Text
from pgt_dsl.source import Span

ALTERNATIVES = 64  # ways to read a core with maxima as one sum
MOST_TERMS = 7  # a longer sum says less than its lines


def told(proof: Proof) -> str:
    """A proof as plain text, for errors without a source at hand."""
    contractor = proof.contractor
    if proof.core is not None:
        return _told(f"error[S501]: {message(proof.core)}", proof.core, help_of(contractor, proof.core))
    return "\n".join(
        _told(f"error[S505]: no scene can have {values(contractor, n)}", n.core, help_of(contractor, n.core, n))
        for n in proof.never
    )


def _told(words: str, core: Sequence[Source], help: Sequence[str]) -> str:
    lines = [words]
    for source in core:
        where = f"{source.origin.file}:{source.origin.line}: " if source.origin.line else ""
        lines.append(f"  {where}{source.origin.text or source.label}")
    return "\n".join([*lines, *(f"  = help: {line}" for line in help)])


def diagnostics(proof: Proof, text: Text) -> list[Diagnostic]:
    """S501 for an impossible task, S505 for every value that can never be (those that one core excludes together)."""
    contractor = proof.contractor
    if proof.core is not None:
        return [_diagnostic("S501", message(proof.core), proof.core, text, help_of(contractor, proof.core))]
    groups: dict[tuple[object, ...], list[Never]] = {}
    for never in proof.never:
        groups.setdefault((tuple(never.picks), tuple((s.what, s.ident) for s in never.core)), []).append(never)
    found = []
    for nevers in groups.values():
        core = nevers[0].core
        words = f"no scene can have {' or '.join(values(contractor, n) for n in nevers)}"
        help = ["each value is promised its share of the scenes, so each must be possible"]
        if len(nevers) == 1:
            help = [*help_of(contractor, core, nevers[0]), *help]
        found.append(_diagnostic("S505", words, core, text, help))
    return found


def message(core: Sequence[Source]) -> str:
    """What was proved, in one line."""
    if not core:
        return "no scene of this task is possible"
    return "this can never be drawn" if len(core) == 1 else f"these {len(core)} can never hold in one scene"


def _diagnostic(code: str, words: str, core: Sequence[Source], text: Text, help: Sequence[str]) -> Diagnostic:
    labels: list[Label] = []
    for source in core:
        span = span_of(source.origin, text)
        if span is not None and all(span != label.span for label in labels):
            labels.append(Label(span, _label(source, len(core))))
    return Diagnostic(code, words, labels[0] if labels else None, "error", tuple(labels[1:]), tuple(help))


def _label(source: Source, many: int) -> str:
    """The few words under a member of a core."""
    if source.reason == "even":
        return "an even answer takes every value"
    if source.reason != "require":
        return source.label
    return "impossible" if many == 1 else "cannot hold with the rest"


def span_of(origin: Origin, text: Text) -> Span | None:
    """The first line of an origin as a span of a source; None when it is of another file."""
    if not origin.line or origin.file != text.name:
        return None
    start = sum(len(line) + 1 for line in text.text.split("\n")[: origin.line - 1])
    end = start + max(origin.end_column, origin.column + 1) - 1
    return Span(text, start + origin.column - 1, min(end, start + len(text.line(origin.line))))


def values(contractor: Contractor, never: Never) -> str:
    """``a = 3 and answer 2 = yes`` for the values of picks."""
    names = {int(v[1:], 16): k for k, v in contractor.reading.registry.colors.items()}
    parts = []
    for pick in contractor.program.picks:
        if pick.var not in never.picks:
            continue
        base = contractor.program.vars[pick.var].type.base if pick.what == "values" else "int"
        value = never.picks[pick.var]
        value = bool(value) if base == "bool" else int(value) if base == "int" else value
        said = format_plain(value, base, color_names=names)
        if base == "shape":
            said = f"`{slot_name(contractor.program, value)}`"
        if contractor.program.vars[pick.var].role == "even":
            parts.append(
                f"the answer {said}" if pick.what == "values" else f"{_item(contractor, pick, value)} as the answer"
            )
        else:
            parts.append(f"`{pick.name}` = {said}" if pick.what == "values" else f"part {value + 1} of `{pick.name}`")
    return " with ".join(parts)


def _item(contractor: Contractor, pick: Pick, place: int) -> str:
    """The item at a place of the domain of an even answer."""
    program, reading = contractor.program, contractor.reading
    for ask in program.asks:
        if ask.even == pick.var and ask.domain is not None and not program.nodes[ask.domain].axes:
            items = reading.listed(ask.domain).items
            item = items[place] if place < len(items) else None
            if isinstance(item, int) and program.nodes[ask.domain].type.base == "shape":
                slot = reading.graph.only(item)
                if slot is not None:
                    return f"`{slot_name(program, slot)}`"
    return f"item {place + 1}"


def not_found(report: YieldReport, text: Text) -> Diagnostic:
    """S506: no scene among a few attempts, with the share that each requirement lets through, worst first."""
    rows = [row for row in report.rows if row.passed < row.tried]
    labels: list[Label] = []
    for row in rows[:4]:
        span = span_of(row.origin, text)
        if span is not None and all(span != label.span for label in labels):
            told = f"lets {row.passed:,} of {row.tried:,} through{row.relief}"
            labels.append(Label(span, row.label if row.reason == "undefined" else told))
    words = f"no scene was found in {report.attempts:,} attempts, and none is proved impossible"
    help = "loosen what lets the fewest through, or draw closer to what it asks"
    return Diagnostic("S506", words, labels[0] if labels else None, "warning", tuple(labels[1:]), (help,))


# what helps -------------------------------------------------------------------------------------------------


def help_of(contractor: Contractor, core: Sequence[Source], never: Never | None = None) -> list[str]:
    """The sum that does not fit, where it is one, and how far a comparison with a constant must be loosened."""
    lines = []
    picks = {} if never is None else never.picks
    added = the_sum(contractor, core)
    if added:
        lines.append(added)
    lines += [line for source in core if (line := loosening(contractor, core, source, picks))]
    if not lines and len(core) > 1 and never is None:
        lines.append("loosen one of them, or leave it out: the others can hold without it")
    return lines


def loosening(contractor: Contractor, core: Sequence[Source], source: Source, picks: Mapping[VarId, Any]) -> str:
    """How much of what one member asks would be possible beside the others; empty when that is not known."""
    comparison = _comparison(contractor, source)
    if comparison is None:
        return ""
    low, high = comparison
    try:
        box = contractor.under([s for s in core if s is not source], picks)
    except Refuted:
        return ""
    graph = contractor.graph
    base = _base(contractor, source)
    asked = graph.value(low)
    if asked is not None:
        most = box.hi[high]
        if math.isfinite(most) and most < asked:
            return f"{_quoted(source)}: at most {quantity(contractor, most, base, down=True)} is possible here"
    asked = graph.value(high)
    if asked is not None:
        least = box.lo[low]
        if math.isfinite(least) and least > asked:
            return f"{_quoted(source)}: at least {quantity(contractor, least, base, down=False)} is certain here"
    return ""


def _quoted(source: Source) -> str:
    text = source.label or source.origin.text
    return f"`{text if len(text) <= 70 else text[:67] + '...'}`"


def _base(contractor: Contractor, source: Source) -> str:
    """The base type of what a constraint compares."""
    program = contractor.program
    node = program.nodes[program.constraints[source.ident].node]
    while node.op == "not":
        node = program.nodes[node.args[0]]
    return program.nodes[node.args[-1]].type.base if node.args else "number"


def _comparison(contractor: Contractor, source: Source) -> tuple[Cell, Cell] | None:
    """(lesser, greater) of a constraint that is a single comparison."""
    graph = contractor.graph
    if source.what != "constraint" or len(source.cells) != 1:
        return None
    cell, truth = source.cells[0], True
    while graph.ops[cell] == "not":
        cell, truth = graph.args[cell][0], not truth
    if graph.ops[cell] not in ("le", "lt"):
        return None
    low, high = graph.args[cell]
    return (low, high) if truth else (high, low)


def quantity(contractor: Contractor, value: float, base: str, down: bool) -> str:
    """A number with its unit, rounded to the safe side in one decimal; lengths in vmin."""
    unit, name = 1.0, {"angle": "deg"}.get(base, "")
    if base in ("length", "area"):
        unit = contractor.reading.unit("vmin") ** (2 if base == "area" else 1)
        name = "vmin" if base == "length" else " vmin2"
    scaled = value / unit
    if base == "int":
        return str(math.floor(scaled + 1e-6) if down else math.ceil(scaled - 1e-6))
    scaled = math.floor(scaled * 10 + 1e-6) / 10 if down else math.ceil(scaled * 10 - 1e-6) / 10
    return f"{scaled:g}{name}"


# the sum -----------------------------------------------------------------------------------------------------


def the_sum(contractor: Contractor, core: Sequence[Source]) -> str:
    """``20vmin + 2vmin + 90vmin = 112vmin, but there is only 100vmin``, when the members of a core, and the edges of
    the rooms, add up to a contradiction; empty otherwise."""
    if not core or any(s.what != "constraint" or _base(contractor, s) != "length" for s in core):
        return ""
    box = contractor.base
    edges = [form(box, low, high, False) for low, high in _edges(contractor)]
    ways = product(*(list(islice(_readings(contractor, s), 8)) for s in core))
    for way in islice(ways, ALTERNATIVES):
        forms = [f for part in way for f in part]
        said = _added(contractor, box, forms, edges) if forms else ""
        if said:
            return said
    return ""


def _edges(contractor: Contractor) -> Iterator[tuple[Cell, Cell]]:
    """What is known of places: (lesser, greater)."""
    graph = contractor.graph
    for cell, op in enumerate(graph.ops):
        if op == "le" and contractor.base.true(cell) and not graph.box.true(cell):
            low, high = graph.args[cell]
            yield low, high


def _readings(contractor: Contractor, source: Source) -> Iterator[list[Form]]:
    """The ways to read a member as comparisons: a maximum may be any of its terms, a size the term or minus it."""
    comparison = _comparison(contractor, source)
    if comparison is None:
        return
    graph, box = contractor.graph, contractor.base
    low, high = comparison
    sides: list[tuple[Cell, float]] = [(high, 1.0)]
    if graph.ops[high] == "max":
        sides = [(a, 1.0) for a in graph.args[high]]
    elif graph.ops[high] == "abs":
        sides = [(graph.args[high][0], 1.0), (graph.args[high][0], -1.0)]
    for side, sign in sides:
        read = form(box, low, side, False)
        if sign < 0:
            flipped = form(box, side, low, False)  # side - low
            read = Form(flipped.terms, flipped.constant + 2 * (graph.value(low) or 0.0), False)
            if graph.value(low) is None:
                continue
        yield [read]


def _added(contractor: Contractor, box: Box, forms: list[Form], edges: list[Form]) -> str:
    """The sum of some comparisons and of the edges that bound their places, if it is a contradiction."""
    terms: dict[Cell, float] = {}
    for item in forms:
        for cell, by in item.terms:
            terms[cell] = terms.get(cell, 0.0) + by
    needed = [f.constant for f in forms if f.constant > 1e-9]
    room = sum(-f.constant for f in forms if f.constant < -1e-9)
    for cell in [c for c, by in terms.items() if abs(by) > 1e-9 and _is_place(contractor, c)]:
        wanted = -terms[cell]
        edge = next((e for e in edges if any(c == cell and by * wanted > 0 for c, by in e.terms)), None)
        if edge is None:
            continue
        factor = wanted / next(by for c, by in edge.terms if c == cell)
        for other, by in edge.terms:
            terms[other] = terms.get(other, 0.0) + by * factor
        room -= edge.constant * factor
    pieces = [quantity(contractor, c, "length", True) for c in needed]
    total = sum(needed)
    for cell, by in terms.items():
        if abs(by) < 1e-9:
            continue
        bound = box.lo[cell] if by > 0 else box.hi[cell]
        if not math.isfinite(bound):
            return ""
        if by * bound < -1e-9:
            room -= by * bound
        elif by * bound > 1e-9:
            total += by * bound
            pieces.append(f"{quantity(contractor, by * bound, 'length', True)}{_called(contractor, cell, by)}")
    if total <= room + 1e-6 * (1 + abs(room)) or len(pieces) > MOST_TERMS or len(pieces) < 2 or room < 0:
        return ""
    whole = quantity(contractor, total, "length", True)
    equation = " + ".join(pieces) + (f" = {whole}" if len(pieces) > 1 else "")
    return f"{equation}, but there is only {quantity(contractor, room, 'length', True)}"


def _is_place(contractor: Contractor, cell: Cell) -> bool:
    return _var(contractor, cell, "point") is not None


def _var(contractor: Contractor, cell: Cell, base: str) -> str | None:
    """The name of the variable (or of its owner, for a place) that a cell is."""
    graph = contractor.graph
    data: Any = graph.data[cell]
    while isinstance(data, tuple) and data and isinstance(data[0], tuple):
        data = data[0]
    if not isinstance(data, tuple) or not data or not isinstance(data[0], int) or graph.ops[cell] != "between":
        return None
    var = contractor.program.vars[data[0]]
    return var.name if var.type.base == base else None


def _called(contractor: Contractor, cell: Cell, by: float) -> str:
    name = _var(contractor, cell, "length")
    if name is None:
        return ""
    return f" ({name})" if abs(by - 1) < 1e-9 else f" ({by:g} x {name})"
