"""What an audit yields, as plain values: tests, what they found, and what could not have been found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pgt_dsl.program.program import Origin

Probe = Literal["answers", "question", "options", "columns", "candidates", "model", "picture"]


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the hypothesis that something says nothing about an answer.

    ``p`` is the chance of as much by luck; ``accuracy`` is that of the best guess from it (fitted on one half of the
    scenes, counted on the other), ``chance`` that of the best guess without it. ``columns`` are what it reads.
    ``cue`` marks what the answer is computed from: to depend on it is no fault. ``hint`` is what a guesser would do,
    ``groups`` are the shapes that it chooses from.
    """

    probe: Probe
    ask: int
    what: str
    p: float
    n: int
    accuracy: float
    chance: float
    bits: float = 0.0
    columns: tuple[str, ...] = ()
    cue: bool = False
    hint: str = ""
    groups: tuple[str, ...] = ()
    degrees: int = 1

    @property
    def gain(self) -> float:
        """By how much the guess is better than chance, as a share of all scenes."""
        return self.accuracy - self.chance


@dataclass(frozen=True, slots=True)
class Finding:
    """A test that found something. ``p`` is corrected for the number of tests; ``origins`` are the lines of what leaks
    and ``mend`` says what to write instead."""

    test: Test
    p: float
    origins: tuple[Origin, ...] = ()
    mend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The least leak that a kind of test would have found four times in five, in accuracy gained."""

    what: str
    tests: int
    n: int
    gain: float


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of one task. ``leaks`` are faults; ``cues`` partial ones that the answer's own inputs give, of which
    those in ``strong`` decide more than one of two things of one law could. ``program`` is the hash of the task and
    ``meaning`` that of its meaning, "" where none was at hand; ``pictures`` is how many were painted at most, without
    the shapes that decide."""

    task: str
    source: str
    scenes: int
    seed: int
    alpha: float
    tests: int
    leaks: tuple[Finding, ...]
    cues: tuple[Finding, ...]
    strong: tuple[Finding, ...]
    seen: tuple[Seen, ...]
    untested: tuple[str, ...]
    majority: tuple[str, ...] = field(default=())
    program: str = ""
    meaning: str = ""
    pictures: int = 0
