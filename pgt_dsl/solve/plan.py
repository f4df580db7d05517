"""The order of checks: constraints split where ``and`` allows, with what drawing may fail; cost over rejection.

A first order puts the cheap ones first; how many scenes of a pilot each then rejects gives the final one. The order
changes the work, never the result: a scene is accepted when it passes every check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pgt_dsl.program.facts import FAILING_LAWS, Facts, Step, laws
from pgt_dsl.program.program import Constraint, NodeId, Origin, Program, VarId
from pgt_dsl.solve.gap_pattern import Gap, gap_of

# Rough costs of a function for one shape, in comparisons; others cost 3.
COSTS = {"visible": 3000, "contrast": 3000, "overlap": 600, "covered": 600, "inside": 80, "apart": 80, "margin": 80,
         "covers": 80, "crossings": 60, "congruent": 200, "reachable": 200, "clusters": 200,
         "depth_of": 900, "depth_spread": 60}  # fmt: skip
OUTLINE = 40
GAP = 10  # a pair of shapes whose gap boxes and discs decide
PRIOR = 4.0  # attempts that the pilot is worth before it is made: a quarter of them rejected
PHRASE = 30

Source = tuple[Literal["constraint", "var"], int]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to check. ``source`` is the constraint or the variable that it belongs to; ``node`` is None for a
    variable; ``twin`` says whether it holds for twins' second copies too; ``gap`` is the condition as a free gap."""

    source: Source
    reason: str
    label: str
    origin: Origin
    cost: float
    node: NodeId | None = None
    ask: int | None = None
    twin: bool = True
    gap: Gap | None = None


def checks(program: Program, facts: Facts) -> list[Check]:
    """Everything that a scene has to pass, cheapest first."""
    found = [_var_check(program, facts, var.id) for var in program.vars if _may_fail(program, var.id)]
    for k, constraint in enumerate(program.constraints):
        found += [_check(program, facts, k, constraint, node) for node in conjuncts(program, constraint)]
    return sorted(found, key=lambda c: (c.cost, c.source))


def rejected(tried: int, passed: int) -> float:
    """The share that a check rejects, by a pilot that it was tried on; a quarter where it was not."""
    return float((tried - passed + PRIOR / 4) / (tried + PRIOR))


def by_rejection(found: Sequence[Check], shares: Sequence[float]) -> list[Check]:
    """The order that decides soonest, as Scenic has it: by cost over the share that is rejected, which is the order of
    least expected cost where checks are independent. What drawing may fail stays in front."""
    drawn = [c for c in found if c.node is None]
    asked = [k for k, c in enumerate(found) if c.node is not None]
    return drawn + [found[k] for k in sorted(asked, key=lambda k: (found[k].cost / shares[k], found[k].source))]


def _may_fail(program: Program, var: VarId) -> bool:
    if program.vars[var].law.name == "photo":  # it may have more objects than the program holds
        return program.background.objects is not None
    picked = any(p.var == var for p in program.picks)
    return (
        not picked
        and any(law.name in FAILING_LAWS for law in laws(program.vars[var].law))
        and not (program.vars[var].law.name in ("choice", "weighted") and _full(program, program.vars[var].law.args[0]))
    )


def _full(program: Program, node: NodeId) -> bool:
    """Whether a list surely holds something."""
    record = program.nodes[node]
    return record.op in ("const", "list") and bool(record.sizes) and record.sizes[0] > 0


def conjuncts(program: Program, constraint: Constraint) -> list[NodeId]:
    """The parts of a constraint that can be checked one by one."""
    if constraint.reason in ("defined", "clear", "phrase", "stage"):
        return [constraint.node]
    parts, stack = [], [constraint.node]
    while stack:
        node = program.nodes[stack[-1]]
        if node.op == "and":
            stack[-1:] = [node.args[1], node.args[0]]
        else:
            parts.append(stack.pop())
    return parts


def _check(program: Program, facts: Facts, k: int, constraint: Constraint, node: NodeId) -> Check:
    cost = cost_of(program, facts, ("node", node))
    gap = gap_of(program, facts, node) if constraint.reason in ("require", "room", "even") else None
    if gap is not None:
        cost -= (COSTS["apart"] - GAP) * _items(program, program.nodes[gap.call].axes, ())
    if constraint.reason == "phrase":
        cost += PHRASE * program.slots
    if constraint.reason == "clear":
        cost *= 2
    if constraint.reason == "stage":
        cost = 2 * sum(cost_of(program, facts, ("node", ask.answer)) for ask in program.asks)
    label = constraint.because or constraint.label
    return Check(("constraint", k), constraint.reason, label, constraint.origin, cost, node, constraint.ask,
                 constraint.reason != "even", gap)  # fmt: skip


def _var_check(program: Program, facts: Facts, var: VarId) -> Check:
    record = program.vars[var]
    steps = facts.reach(("var", var))
    reason = "room" if record.law.name == "placed" else "defined"
    drawn_from = {("var", var) for var in (program.background.photo,) if var is not None}
    if record.law.name in ("choice", "weighted", "sample", "photo") and drawn_from & steps:
        reason = "photo"
    return Check(("var", var), reason, record.name, record.origin, cost_of(program, facts, ("var", var)))


def cost_of(program: Program, facts: Facts, start: Step) -> float:
    """A guess at the cost of a value: everything it may need, by the number of items of each."""
    cost = 0.0
    for what, ident in facts.reach(start):
        if what == "group":
            cost += OUTLINE * program.groups[ident].size
        elif what == "var":
            cost += 4 * _items(program, program.vars[ident].axes, program.vars[ident].sizes)
        else:
            node = program.nodes[ident]
            each = COSTS.get(node.attrs["name"], 3) if node.op == "call" else 1
            cost += each * _items(program, node.axes, node.sizes)
    return cost


def _items(program: Program, axes: tuple[int, ...], sizes: tuple[int, ...]) -> float:
    count = 1.0
    for axis in axes:
        count *= program.axes[axis].size
    for size in sizes:
        count *= max(size, 1)
    return count
