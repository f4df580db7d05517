"""Warnings that only many scenes can give, and how far draws drift, for ``pgt show`` and the manifest of a build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pgt_dsl.dataset.watch_answers import Answers, Finding, candidates
from pgt_dsl.dataset.watch_pictures import Pictures
from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import Origin, Program
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.bent import warnings
from pgt_dsl.solve.drift import Count, Counts, Drift, add, drifts
from pgt_dsl.solve.words import span_of
from pgt_dsl.source import Source

LOOKED_AT = 96  # scenes whose geometry is looked at


class Watch:
    """Watches the scenes of one task go by. ``photos`` is the catalogue that they are made with."""

    def __init__(self, program: Program, registry: Registry, photos: Any = None, looked_at: int = LOOKED_AT) -> None:
        facts = Facts(program)
        self.program, self.registry, self.photos = program, registry, photos
        self.answers = [Answers(ask, candidates(program, facts, ask)) for ask in program.asks]
        self.pictures = Pictures(program, registry, facts, photos)
        self._looked_at = looked_at
        self._drawn: Counts = {}

    def add(self, scenes: Iterable[Scene]) -> None:
        """Count scenes."""
        for scene in scenes:
            for answers, asked in zip(self.answers, scene.asks, strict=False):
                answers.add(scene, asked)
            if self.pictures.count < self._looked_at:
                self.pictures.add(scene)

    def add_drawn(self, drawn: Counts) -> None:
        """Count what scenes drew."""
        self._drawn = add(self._drawn, drawn)

    @property
    def drift(self) -> tuple[Drift, ...]:
        """How far each draw drifts from what was declared, so far."""
        return drifts(self.program, self._drawn)

    def state(self) -> dict[str, Any]:
        """Everything that has been counted, as JSON, for ``restore``. It does not grow with the number of scenes."""
        return {
            "answers": [answers.state() for answers in self.answers],
            "pictures": self.pictures.state(),
            "drawn": [[var, counted.state()] for var, counted in self._drawn.items()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` told."""
        for answers, before in zip(self.answers, state["answers"], strict=True):
            answers.restore(before)
        self.pictures.restore(state["pictures"])
        self._drawn = {var: Count.of(counted) for var, counted in state["drawn"]}

    def diagnostics(self, source: Source, size: int) -> tuple[Diagnostic, ...]:
        """The warnings so far. ``source``: the task's text; ``size``: the short side in px."""
        if not any(answers.count for answers in self.answers):
            return ()  # of a task that has failed
        findings = [f for number, answers in enumerate(self.answers) for f in answers.findings(number, self.program)]
        findings += self.pictures.findings(size)
        bent = warnings(self.program, self.registry, self.drift, source, size, self.photos)
        return (*(self._diagnostic(finding, source) for finding in findings), *bent)

    def _diagnostic(self, finding: Finding, source: Source) -> Diagnostic:
        program = self.program
        origin = Origin()
        if finding.ask is not None:
            origin = program.asks[finding.ask].origin
        elif finding.group is not None:
            origin = program.groups[finding.group].origin
        span = span_of(origin, source)
        return Diagnostic(finding.code, finding.message, Label(span) if span else None, "warning", (), (finding.help,))
