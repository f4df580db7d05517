"""The ``Model``: a task with every name bound and every type known, before implied rules are added.

It holds the builder that lowering goes on with, and the statements as typed values with their spans.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pgt_dsl.program.program import AxisId, Background, Pick, Stage, Template, Twin
from pgt_dsl.source import Span
from pgt_dsl.types.groups import GroupInfo
from pgt_dsl.types.scope import Val


@dataclass(frozen=True, slots=True)
class Requirement:
    """A ``require`` and the block axes over which it must hold (inside composite kinds)."""

    value: Val
    span: Span | None
    because: str = ""
    axes: tuple[AxisId, ...] = ()


@dataclass(frozen=True, slots=True)
class MistakeModel:
    """One item of ``wrong``."""

    value: Val
    name: str
    some: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """An ``ask`` with typed parts."""

    texts: tuple[Template, ...]
    answer: Val
    even: bool
    over: Val | None
    clear: tuple[Val, ...]
    within: Val | None
    expect: Val | None
    wrong: tuple[MistakeModel, ...]
    say: tuple[Template, ...]
    because: tuple[Template, ...]
    named: tuple[Val, ...]
    span: Span | None
    even_span: Span | None = None


@dataclass(slots=True)
class Model:
    """Everything that a task says."""

    name: str
    doc: str
    questions: list[Question] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    twin: Twin | None = None
    clearer: float = 1.0  # by what a recipe multiplies the margins of ``clear``
    stage: Stage | None = None
    background: Background = field(default_factory=Background)
    canvas: tuple[str, float, float] = ("ratio", 1.0, 1.0)
    entities: list[GroupInfo] = field(default_factory=list)
    names: dict[str, Val] = field(default_factory=dict)
