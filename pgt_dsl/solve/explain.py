"""Why a task is impossible: a minimal set of its requirements that contradict each other, and what can never be drawn.

``minimal`` is QuickXplain (Junker 2004) over interval refutation, followed by a test by deletion: without any one of
its members the rest is no longer refuted. What is proved holds; what is not proved may still be impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import Pick, Program, VarId
from pgt_dsl.solve.contract import Contractor, Source

if TYPE_CHECKING:
    from pgt_dsl.program.inputs import Registry

MOST_STRATA = 200  # combinations of picks that are looked at one by one
MOST_WORK = 20_000  # revisions of cells spent on strata, about a tenth of a second
ALSO = 3.0  # a proof must hold on a canvas so many times as large, too: px are not all that a spec is written in

Test = Callable[[Sequence[Source]], bool]


@dataclass(frozen=True, slots=True)
class Never:
    """Values of picks, by name, that no scene can have, and the minimal set of requirements that exclude them."""

    values: Mapping[str, Any]
    picks: Mapping[VarId, Any]
    core: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved: ``core`` is a minimal set of requirements that no scene can meet (None: not proved), ``never``
    the values of picks that no scene can have. ``contractor`` holds the cells that it was proved with."""

    contractor: Contractor
    core: tuple[Source, ...] | None
    never: tuple[Never, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything was proved to be impossible."""
        return self.core is not None or bool(self.never)


class Impossible(PgtError):
    """A task that was proved to have no scene, or none for some of its strata. ``proof`` says why."""

    def __init__(self, proof: Proof) -> None:
        from pgt_dsl.solve.words import told  # which needs this module's classes

        self.proof = proof
        super().__init__(told(proof))


def prove(program: Program, registry: Registry, size: tuple[float, float], facts: Facts | None = None) -> Proof:
    """Look for a proof that a task is impossible, or some of its strata, on a canvas of ``size`` px."""
    contractor = Contractor(program, registry, size, facts)
    if contractor.refuted(contractor.sources):
        return Proof(contractor, minimal(contractor.sources, contractor.refuted))
    return Proof(contractor, None, tuple(nevers(contractor)))


def prove_at_any_size(program: Program, registry: Registry, size: tuple[float, float]) -> Proof:
    """As ``prove``, for a canvas whose size is not known yet: what is proved must also hold on a much larger one."""
    proof = prove(program, registry, size)
    if program.canvas[0] == "px" or not proof.found:
        return proof
    larger = Contractor(program, registry, (size[0] * ALSO, size[1] * ALSO))

    def also(core: Sequence[Source], picks: Mapping[VarId, Any]) -> bool:
        wanted = {(s.what, s.ident) for s in core}
        return larger.refuted([s for s in larger.sources if (s.what, s.ident) in wanted], picks)

    core = proof.core if proof.core is not None and also(proof.core, {}) else None
    return Proof(proof.contractor, core, tuple(n for n in proof.never if also(n.core, n.picks)))


# minimal sets -----------------------------------------------------------------------------------------------


def minimal(sources: Sequence[Source], refuted: Test) -> tuple[Source, ...]:
    """A minimal set of requirements that is refuted; all of them together must be. In the order of ``sources``."""
    if refuted([]):
        return ()
    core = _quick([], False, list(sources), refuted)
    for source in list(core):  # the search is bounded, so that a set may pass where a larger one did not
        rest = [s for s in core if s is not source]
        if refuted(rest):
            core = rest
    return tuple(s for s in sources if any(s is c for c in core))


def _quick(known: list[Source], grown: bool, left: list[Source], refuted: Test) -> list[Source]:
    """The members of ``left`` that, with ``known``, make a minimal refuted set."""
    if grown and refuted(known):
        return []
    if len(left) == 1:
        return left
    half = len(left) // 2
    first, second = left[:half], left[half:]
    found = _quick([*known, *first], bool(first), second, refuted)
    return [*_quick([*known, *found], bool(found), first, refuted), *found]


# strata that can never be ---------------------------------------------------------------------------------


def nevers(contractor: Contractor) -> list[Never]:
    """The values of picks, and then the combinations of values, that are refuted. What requirements on picks alone
    rule out is no finding: the shares are exact over the rest."""
    picks = [(pick, values) for pick in contractor.program.picks if (values := contractor.values(pick))]
    found: list[Never] = []
    left: list[tuple[Pick, list[Any]]] = []
    most = contractor.work + MOST_WORK
    for pick, values in picks:
        kept = []
        for value in values:
            if contractor.work > most or not _never(contractor, {pick.var: value}, found):
                kept.append(value)
        left.append((pick, kept))
    if len(left) > 1:
        combinations = product(*(values for _, values in left))
        for chosen in islice(combinations, MOST_STRATA):
            if contractor.work > most:
                break
            _never(contractor, {pick.var: value for (pick, _), value in zip(left, chosen, strict=True)}, found)
    return found


def _never(contractor: Contractor, picks: dict[VarId, Any], found: list[Never]) -> bool:
    """Whether a stratum is refuted; one that is not ruled out on purpose, nor found before, is added to ``found``."""
    if not contractor.refuted(contractor.sources, picks):
        return False
    if not contractor.refuted(contractor.on_picks, picks):
        picks = _fewest(contractor, picks)
        if not any(n.picks == picks for n in found):
            core = minimal(contractor.sources, lambda sources: contractor.refuted(sources, picks))
            names = {p.var: p.name for p in contractor.program.picks}
            found.append(Never({names[var]: value for var, value in picks.items()}, picks, core))
    return True


def _fewest(contractor: Contractor, picks: dict[VarId, Any]) -> dict[VarId, Any]:
    """The picks of a refuted stratum that are needed to refute it."""
    for var in list(picks):
        fewer = {v: value for v, value in picks.items() if v != var}
        if contractor.refuted(contractor.sources, fewer):
            picks = fewer
    return picks
