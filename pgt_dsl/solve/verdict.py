"""The three verdicts on a task: impossible (proved), feasible (with a witness), not found (with the yields)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pgt_dsl.program.inputs import PhotoCatalog, Registry
from pgt_dsl.program.program import Program
from pgt_dsl.solve.canvas import SIZE, canvas_size
from pgt_dsl.solve.explain import Proof, prove_at_any_size
from pgt_dsl.solve.reject import Sampler
from pgt_dsl.solve.report import Exhausted, YieldReport

ATTEMPTS = 64  # of each stratum
MOST = 32  # strata that are tried


@dataclass(frozen=True, slots=True)
class Verdict:
    """``what`` was found of a task, with the ``proof`` that was looked for; ``witness`` is the index of an accepted
    scene (seed 0); ``report`` has the yields of the attempts, if there were any."""

    what: Literal["impossible", "feasible", "not found", "not tried"]
    proof: Proof
    witness: int | None = None
    report: YieldReport | None = None


def verdict(program: Program, registry: Registry, photos: PhotoCatalog | None = None, size: int = SIZE) -> Verdict:
    """Prove a task impossible, or find a scene of it among a few attempts for each combination of its picks.
    A task about photos is "not tried" without a catalogue."""
    proof = prove_at_any_size(program, registry, canvas_size(program, size))
    if proof.core is not None:
        return Verdict("impossible", proof)
    if photos is None and program.background.photo is not None:
        return Verdict("not tried", proof)
    sampler = Sampler(program, registry, 0, size, photos, budget=ATTEMPTS)
    for index in range(min(sampler.strata.count, MOST)):
        try:
            sampler.batch([index])
        except Exhausted:
            continue
        return Verdict("feasible", proof, index, sampler.report())
    return Verdict("not found", proof, None, sampler.report(int(sampler.strata.leaves_at([0])[0])))
