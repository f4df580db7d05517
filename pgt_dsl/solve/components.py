"""Independent parts of a scene: draws that no check reads together, so that each part has its own first attempt.

Two halves that pass in one of 50 attempts each need 100 attempts apart, and 2,500 together. Checks that hardly ever
reject (``clear`` of a count, a phrase) may read several parts; they are made on whole scenes, and where one fails all
parts go on to their next attempts. So the law is that of plain rejection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import Program, VarId
from pgt_dsl.solve.plan import Check
from pgt_dsl.solve.reads import reads

REJECTS = 0.1  # the share from which on a check counts as one that rejects


@dataclass(frozen=True, slots=True)
class Part:
    """Variables that hang together, and the checks that read no others (besides picks)."""

    vars: frozenset[VarId]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a scene, and the checks that are made on whole scenes."""

    parts: tuple[Part, ...]
    joint: tuple[Check, ...]


def split(
    program: Program, facts: Facts, found: Sequence[Check], rejected: Sequence[float], tied: Iterable[frozenset[VarId]]
) -> Parts | None:
    """The independent parts, by what each check rejected of a pilot (a share); None where there are less than two.
    ``tied``: variables that are drawn within boxes together."""
    picks = {pick.var for pick in program.picks}
    read = [reads(program, facts, check) - picks for check in found]
    groups: list[frozenset[VarId]] = []
    for var in program.vars:  # what a draw's law reads belongs to it
        law = frozenset(ident for what, ident in facts.reach(("var", var.id)) if what == "var")
        groups = _joined(groups, law - picks)
    for vars_ in tied:
        groups = _joined(groups, vars_)
    for vars_, share in zip(read, rejected, strict=True):
        if share >= REJECTS:
            groups = _joined(groups, vars_)
    owned: list[list[Check]] = [[] for _ in groups]
    joint = []
    for check, vars_ in zip(found, read, strict=True):
        home = next((k for k, group in enumerate(groups) if vars_ <= group), None)
        if home is None or not vars_:
            joint.append(check)
        else:
            owned[home].append(check)
    strict = {id(check) for check, share in zip(found, rejected, strict=True) if share >= REJECTS}
    busy = {k for k, checks in enumerate(owned) if any(id(check) in strict for check in checks)}
    if len(busy) < 2:
        return None
    parts = [Part(groups[k], tuple(owned[k])) for k in sorted(busy)]
    # Draws that belong to no busy part go with the first: their checks hardly reject.
    idle = [k for k in range(len(groups)) if k not in busy]
    rest = frozenset(v for k in idle for v in groups[k])
    parts[0] = Part(parts[0].vars | rest, (*parts[0].checks, *(c for k in idle for c in owned[k])))
    return Parts(tuple(parts), tuple(joint))


def _joined(groups: Sequence[frozenset[VarId]], vars_: frozenset[VarId]) -> list[frozenset[VarId]]:
    touching = [g for g in groups if g & vars_]
    if not vars_:
        return list(groups)
    return [*(g for g in groups if not g & vars_), vars_.union(*touching)]
