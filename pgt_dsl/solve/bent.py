"""Drift in words: S512, with what came out, the requirement that bends it most, and what to write instead.

Who is told what: a `let` in steps (a count, a colour, a choice) is what tasks turn on, and its shares are learnt one
by one, so one scene in ten with another value than declared is told (``drift.NOTABLE``), and always a value that never
comes. Fields of shapes, and sizes and angles, lean a little wherever shapes must fit beside one another; they are told
from one scene in five on. Places are never told, since they bend whenever anything is required between shapes; nor is
what an answer's own ``even`` or ``clear`` bends, which is there to do so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.program.facts import Facts, laws
from pgt_dsl.program.inputs import PhotoCatalog, Registry
from pgt_dsl.program.program import Constraint, Program, VarId
from pgt_dsl.program.textformat import format_plain, slot_name
from pgt_dsl.solve.drift import ALPHA, NOTABLE, Drift, ValueShare, drifts, survey
from pgt_dsl.solve.reject import Sampler
from pgt_dsl.solve.report import Exhausted
from pgt_dsl.solve.strata import StrataError
from pgt_dsl.solve.words import span_of
from pgt_dsl.source import Source

STRONG = 0.2  # the least effect of fields and of laws that are not in steps
SURE = 10.0  # expected scenes of a value, of which none is no accident (a chance of 5e-5)
ALONE = 256  # scenes in which one requirement is tried alone
BUDGET = 2000  # attempts for each of them
HALF = 0.5  # of the effect: a requirement that gives so much by itself is named
EIGHTHS = ("lowest", "second", "third", "fourth", "fifth", "sixth", "seventh", "highest")
MEANT = ("even", "clear", "stage")  # reasons of constraints that are there to bend what an answer depends on
PLACES = ("point", "vector")  # types whose drift is not told


@dataclass(frozen=True, slots=True)
class Bender:
    """A requirement, and the effect that it has on a variable when it is the only one."""

    constraint: Constraint
    effect: float


def told(program: Program, found: Drift) -> bool:
    """Whether a drift is worth a warning."""
    var = program.vars[found.var]
    if not found.explicit or found.p >= ALPHA or var.type.base in PLACES:
        return False
    if var.type.base == "shape" and not found.values:  # things of photos, which have no common names
        return False
    bar = NOTABLE if found.values and var.role == "let" else STRONG
    return found.effect > bar or any(_never(found, share) for share in found.values)


def _never(found: Drift, share: ValueShare) -> bool:
    return not share.produced and share.declared * found.n >= SURE


def warnings(
    program: Program,
    registry: Registry,
    found: Iterable[Drift],
    text: Source,
    size: int,
    photos: PhotoCatalog | None = None,
) -> list[Diagnostic]:
    """S512 for each draw of this text that drifts so much that its author should know; ``size`` is the short side in
    px, ``photos`` the catalogue of the scenes."""
    facts = Facts(program)
    made = []
    for one in found:
        span = span_of(one.origin, text)
        if span is None or not told(program, one):
            continue
        bender = _bender(program, registry, facts, one, size, photos)
        others = []
        if bender is not None:
            if bender.constraint.reason in MEANT:
                continue
            where = span_of(bender.constraint.origin, text)
            if where is not None and where != span:
                others.append(Label(where, f"this alone bends it by {bender.effect:.0%}"))
        label = Label(span, f"bent by {one.effect:.0%}")
        made.append(Diagnostic("S512", message(program, registry, one), label, "warning", tuple(others),
                               (_help(program, facts, one),)))  # fmt: skip
    return made


# what came out -------------------------------------------------------------------------------------------------


def message(program: Program, registry: Registry, found: Drift) -> str:
    """What was declared and what came out, in one sentence."""
    var = program.vars[found.var]
    law = next(law for law in laws(var.law) if law.inner is None)
    it = "it"
    if law.name in ("sample", "shuffle"):
        it = "its first item"
    elif var.axes or law is not var.law:
        it = "an item of it"
    came = _values(program, registry, found) if found.values else _eighths(found)
    return f"`{found.name}` is declared `{found.declared}`, and {it} is {came}"


def _values(program: Program, registry: Registry, found: Drift) -> str:
    """The value that comes too often by most, and the one that comes too seldom."""
    names = {int(v[1:], 16): k for k, v in registry.colors.items()}
    base = program.vars[found.var].type.base
    most = max(found.values, key=lambda v: v.produced - v.declared)
    least = min(found.values, key=lambda v: v.produced - v.declared)
    even = abs(most.declared - least.declared) < 0.005

    def said(share: ValueShare) -> str:
        value = _in_words(program, share.value, base, names)
        came = f"in {_percent(share.produced)}" if share.produced else "never"
        return f"{value} {came}" + ("" if even else f" ({_percent(share.declared)} declared)")

    pair = (most, least) if base not in ("int", "number") or most.value < least.value else (least, most)
    words = f"{said(pair[0])} and {said(pair[1])} of {found.n:,} scenes"
    if not least.produced:
        words = f"{said(most)} of {found.n:,} scenes and {said(least)}"
    return words + (f", where {_percent(most.declared)} of each was declared" if even else "")


def _in_words(program: Program, value: float, base: str, names: Mapping[int, str]) -> str:
    if base == "shape":
        return slot_name(program, int(value))
    return format_plain(value, base, color_names=names) + ("deg" if base == "angle" else "")


def _eighths(found: Drift) -> str:
    most = max(range(8), key=lambda k: found.eighths[k])
    least = min(range(8), key=lambda k: found.eighths[k])
    first, last = sorted((most, least))
    return (
        f"in the {EIGHTHS[first]} eighth of its law in {_percent(found.eighths[first])} and in the {EIGHTHS[last]} in "
        f"{_percent(found.eighths[last])} of {found.n:,} scenes, where each eighth was to have 12.5%"
    )


def _percent(share: float) -> str:
    """``12.5%``, ``54%``, ``0.8%``: a decimal where it says something."""
    text = f"{100 * share:.1f}"
    whole = f"{100 * share:.0f}"
    return f"{whole if share > 0.2 or text == whole + '.0' else text}%"


# what bends it, and what helps ---------------------------------------------------------------------------------


def _bender(
    program: Program, registry: Registry, facts: Facts, found: Drift, size: int, photos: PhotoCatalog | None
) -> Bender | None:
    """The requirement that gives most of a drift by itself: each that reads the variable is tried alone."""
    best: Bender | None = None
    for constraint in program.constraints:
        if not _concerns(program, facts, constraint, found.var):
            continue
        effect = _alone(replace(program, constraints=(constraint,)), registry, found.var, size, photos)
        if effect >= HALF * found.effect and (best is None or effect > best.effect):
            best = Bender(constraint, effect)
    return best


def _concerns(program: Program, facts: Facts, constraint: Constraint, var: VarId) -> bool:
    if constraint.reason == "phrase":  # shapes are called by these, whatever the text reads
        return program.vars[var].type.base in ("color", "form")
    return var in facts.vars(constraint.node)


def _alone(program: Program, registry: Registry, var: VarId, size: int, photos: PhotoCatalog | None) -> float:
    try:
        sampler = Sampler(program, registry, 0, size, photos, budget=BUDGET)
        counts = survey(sampler, ALONE)
    except (Exhausted, StrataError):
        return 0.0
    return next((one.effect for one in drifts(program, counts) if one.var == var and one.p < ALPHA), 0.0)


def _help(program: Program, facts: Facts, found: Drift) -> str:
    """A `pick` where one is possible: its domain may read nothing but constants and other picks. It would look in
    vain for what never comes."""
    if any(_never(found, share) for share in found.values):
        return "leave what never comes out of the draw, or loosen what excludes it"
    var = program.vars[found.var]
    picks = {pick.var for pick in program.picks}
    known = all(facts.vars(arg) <= picks for arg in var.law.args)
    if var.role == "let" and not var.axes and known and var.law.name in ("integers", "choice", "uniform"):
        domain = f"bins({found.declared}, 8)" if var.law.name == "uniform" else found.declared
        return f"`pick {var.name} ~ {domain}` keeps its shares whatever is required"
    return "draw it within what fits, so that less is rejected, or loosen what rejects; a `pick` keeps its shares"
