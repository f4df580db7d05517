"""The audit of one task: all probes of all its questions, corrected for their number, sorted into what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from pgt_dsl.audit.blind import Guess, from_columns, from_pictures
from pgt_dsl.audit.causes import Causes, causes
from pgt_dsl.audit.choices import candidates, judged, options
from pgt_dsl.audit.dependence import Ints, Tested, permuted_chance, smallest, tested
from pgt_dsl.audit.table import Column, answers, columns
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import Origin
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.chance import holm

SCENES = 20_000
PICTURES = 2_000
BATCH = 1024
ALPHA = 0.01
LEAST = 0.01
"""The gain in accuracy from which on a dependence is a leak: one answer in a hundred. Less is told, but does not fail;
rejection couples all that is drawn a little."""

CUE = 0.25  # the gain from which on a single cause that gives the answer away is told
Kind = Literal["leak", "small", "cue"]


@dataclass(frozen=True)
class Finding:
    """What can be guessed. ``by`` says from what, ``detail`` how. ``gain`` is in accuracy, over the most frequent
    answer (``plain``) or over chance; ``chance`` is corrected for all tests of the question."""

    kind: Kind
    ask: int
    probe: str
    by: str
    target: str
    gain: float
    plain: float
    chance: float
    detail: str = ""
    origin: Origin = field(default=Origin())


@dataclass(frozen=True)
class Audited:
    """The audit of a task: what was found, how many tests were made on how many scenes, the least leak of one column
    that they would have seen, and what was not looked at."""

    task: str
    scenes: int
    tests: int
    smallest: float
    findings: tuple[Finding, ...]
    guesses: tuple[tuple[int, str, Guess], ...]
    untested: tuple[str, ...]

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """The findings that fail an audit."""
        return tuple(found for found in self.findings if found.kind == "leak")


def sampled(pipeline: Pipeline, count: int) -> list[Scene]:
    """The first scenes of a task, of twins both."""
    made: list[Scene] = []
    for first in range(0, count, BATCH):
        made += pipeline.scenes(range(first, min(first + BATCH, count)))
    return made


def audit(
    pipeline: Pipeline, scenes: Sequence[Scene], pictures: int = PICTURES, alpha: float = ALPHA, seed: int = 0
) -> Audited:
    """Look for what gives answers away in the scenes of a task.

    pictures: how many are painted without their decisive shapes, 0 for none. alpha: the chance of a false alarm for
    each question, all its tests together. Raises ``PgtError`` when scikit-learn is missing.
    """
    facts, rng = Facts(pipeline.program), np.random.default_rng(seed)
    findings: list[Finding] = []
    guesses: list[tuple[int, str, Guess]] = []
    untested: list[str] = []
    tests = 0
    for number, ask in enumerate(pipeline.program.asks):
        reads = causes(pipeline.program, facts, ask)
        target, right = answers(ask, [scene.asks[number] for scene in scenes], scenes)
        probe = _Probe(number, target, right, alpha, rng)
        found = columns(pipeline.program, reads, scenes, number)
        if right.min() == right.max():
            untested.append(f"question {number + 1}: {target} is always the same")
        else:
            probe.single(found)
            probe.pairs(found)
            for name, guess in _guessers(pipeline, reads, scenes, found, right, pictures, alpha, seed):
                guesses.append((number, name, guess))
                probe.guesser(name, guess)
        by_text = not any(reads.field(g, n) for g, n in reads.fields if n in ("color", "form", "label", "text"))
        for choices in (options([s.asks[number] for s in scenes], ask, by_text),
                        candidates(pipeline.program, ask, reads, scenes, number)):  # fmt: skip
            if choices is not None:
                probe.chosen(choices.what, judged(choices, rng))
        findings += probe.findings(ask.origin)
        tests += probe.tests
        if pictures == 0:
            untested.append(f"question {number + 1}: pictures without the shapes that decide")
    least = smallest(len(scenes), max(tests, 1), alpha)
    return Audited(pipeline.program.name, len(scenes), tests, least, tuple(findings), tuple(guesses), tuple(untested))


def _guessers(pipeline: Pipeline, reads: Causes, scenes: Sequence[Scene], found: Sequence[Column], right: Ints,
              pictures: int, alpha: float, seed: int) -> Iterable[tuple[str, Guess]]:  # fmt: skip
    guess = from_columns(found, right, alpha, seed)
    if guess is not None:
        yield "all that the answer does not read", guess
    if pictures:
        few = min(pictures, len(scenes))
        if right[:few].min() != right[:few].max():
            seen = from_pictures(pipeline, reads, scenes[:few], right[:few], alpha, seed)
            if seen is not None:
                yield "the picture without the shapes that the answer reads", seen


class _Probe:
    """The tests of one question, and their correction."""

    def __init__(self, ask: int, target: str, right: Ints, alpha: float, rng: np.random.Generator) -> None:
        self.ask, self.target, self.right, self.alpha, self.rng = ask, target, right, alpha, rng
        self.train = rng.permutation(len(right)) < len(right) // 2
        self.plain = float(np.bincount(right).max() / len(right))
        self._made: list[tuple[str, str, Tested, bool, str, Origin, tuple[Ints, ...]]] = []
        self._guesses: list[tuple[str, Guess]] = []
        self._marked: set[str] = set()

    @property
    def tests(self) -> int:
        """How many tests were made."""
        return len(self._made) + len(self._guesses)

    def single(self, found: Sequence[Column]) -> None:
        """Every column by itself."""
        for column in found:
            one = tested(column.codes, self.right, self.train)
            self._made.append(("column", column.name, one, column.cause, "", column.origin, (column.codes,)))

    def pairs(self, found: Sequence[Column]) -> None:
        """Every pair of columns that are seen and do not define the answer: together they may tell what neither does."""
        seen = [column for column in found if not column.cause and column.where != "draw"]
        for k, one in enumerate(seen):
            for other in seen[:k]:
                joint = one.codes * (int(other.codes.max()) + 1) + other.codes
                both = tested(joint, self.right, self.train)
                self._made.append(("pair", f"{one.name} and {other.name} together", both, False, "", one.origin,
                                   (joint, one.codes, other.codes)))  # fmt: skip

    def chosen(self, what: str, found: Iterable[tuple[str, Tested, str]]) -> None:
        """What sets the right option, or the right shape, apart."""
        for name, one, best in found:
            self._made.append((what, name, one, False, best, Origin(), ()))

    def guesser(self, name: str, guess: Guess) -> None:
        """A trained guesser."""
        self._guesses.append((name, guess))

    def findings(self, origin: Origin) -> list[Finding]:
        """What is sure after correction, the strongest first."""
        corrected = holm([one.chance for _, _, one, *_ in self._made])
        singles = {name: one.gain for probe, name, one, *_ in self._made if probe == "column"}
        found: list[Finding] = []
        for (probe, name, one, cause, best, line, codes), chance in zip(self._made, corrected, strict=True):
            if chance >= self.alpha:
                continue
            if codes and not self._confirmed(codes[0], chance / max(one.chance, 1e-300)):
                continue
            if probe == "pair":
                parts = name.removesuffix(" together").split(" and ")
                if one.gain < LEAST or one.gain < LEAST + max(singles.get(part, 0.0) for part in parts):
                    continue
            kind: Kind = "cue" if cause else "leak" if one.gain >= LEAST else "small"
            if kind == "cue" and one.gain < CUE:
                continue
            found.append(Finding(kind, self.ask, probe, name, self.target, one.gain, self.plain, chance, best,
                                 line if line.line else origin))  # fmt: skip
        for name, guess in self._guesses:
            if guess.sure >= LEAST:
                told = ", ".join(guess.best)
                found.append(Finding("leak", self.ask, "guesser", name, self.target, guess.gain, guess.plain,
                                     self.alpha, told, origin))  # fmt: skip
        return sorted(found, key=lambda one: (one.kind != "leak", one.kind != "cue", -one.gain))

    def _confirmed(self, codes: Ints, tests: float) -> bool:
        """Whether permutations say it, too: where counts are small the chi-square is not the law of G."""
        return min(permuted_chance(codes, self.right, self.rng) * tests, 1.0) < self.alpha
