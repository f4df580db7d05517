"""What the site shows of a task, as plain values: samples with their pictures, the spec, and numbers."""

from __future__ import annotations

from dataclasses import dataclass

ANSWERS = {
    "bool": "yes or no", "int": "number", "quantity": "measure", "color": "colour", "form": "form", "text": "text",
    "shape": "which shape", "shapes": "several shapes", "values": "list", "point": "point", "points": "several points",
    "box": "box", "boxes": "several boxes",
}  # fmt: skip
"""The forms of answers in words, in the order in which the site lists them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where an answer lies in its picture, in px: centres of points, and boxes as (x, y, width, height)."""

    points: tuple[tuple[float, float], ...] = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.points or self.boxes)


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of the site (a path from its top) and its size in px."""

    file: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from; ``mistake`` is what a wrong one would reveal, "" if that has no name."""

    text: str
    right: bool
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is asked of one scene. ``mistakes``: wrong answers with names that are no options."""

    text: str
    answer: str
    options: tuple[Option, ...] = ()
    mistakes: tuple[Option, ...] = ()
    sentence: str = ""
    reason: str = ""
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A scene: its pictures, its questions, where the answers lie in it, and the photo behind it ("" without one).
    ``lively``: how much there is to see, to choose what stands for a task."""

    label: str
    pictures: tuple[Picture, ...]
    questions: tuple[Question, ...]
    marks: Marks = Marks()
    photo: str = ""
    lively: float = 0.0

    @property
    def told(self) -> str:
        """Questions and answers in one line: what the pictures are called where they cannot be seen."""
        return " ".join(f"{q.text} Answer: {q.answer.rstrip('.')}." for q in self.questions)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the spec has it: its wordings, what `clear` or `within` says, and the form of its answer."""

    texts: tuple[str, ...]
    form: str
    clear: str = ""
    within: str = ""
    even: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How often something was: an answer, or a requirement that let a scene through."""

    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What ``scenes`` scenes have shown. ``rate``: certified scenes a second on one core; ``accepted``: of all
    proposals (None without any); ``margins``: least, middle and greatest, in margins; ``chained``: how many scenes
    are ends of chains; ``rejecting``: the requirements that let the least through."""

    scenes: int
    rate: float
    accepted: float | None
    margins: tuple[float, float, float] | None
    answers: tuple[Share, ...]
    others: int
    rejecting: tuple[Share, ...]
    chained: int = 0


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit saw: how many ``scenes`` and ``tests``, what leaks, what is a strong cue, the most frequent
    answers, the least gain that would have been seen, and the hash of the ``meaning`` that it saw ("" if unknown)."""

    scenes: int
    tests: int
    leaks: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    majority: tuple[str, ...] = ()
    least: float | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A task on the site. ``slug`` names it in addresses; ``error`` says why there is nothing to show of it.

    ``photos``: of its scenes all, some or none lie on photographs; ``several``: whether a scene has several images.
    """

    name: str
    family: str
    slug: str
    file: str
    doc: str = ""
    spec: str = ""
    program: str = ""
    meaning: str = ""
    asked: tuple[Asked, ...] = ()
    samples: tuple[Sample, ...] = ()
    measured: Measured | None = None
    audited: Audited | None = None
    photos: str = "none"
    several: bool = False
    twins: bool = False
    warnings: tuple[str, ...] = ()
    error: str = ""

    @property
    def changed(self) -> bool:
        """Whether the spec is another one than that which was audited."""
        return self.audited is not None and self.audited.meaning not in ("", self.meaning)

    @property
    def title(self) -> str:
        """The name within its family."""
        return self.name.removeprefix(f"{self.family}/")

    @property
    def cover(self) -> Sample:
        """The sample that stands for the task: the one with most to see. Raises ``ValueError`` when there is none."""
        return max(self.samples, key=lambda sample: sample.lively)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of its answers, each once."""
        return tuple(dict.fromkeys(asked.form for asked in self.asked))

    @property
    def brief(self) -> str:
        """The first line of what it says about itself; of a broken one, what is wrong."""
        text = self.error or self.doc
        return text.strip().split("\n")[0]

    @property
    def found_by(self) -> str:
        """What a search looks through, in small letters."""
        parts = [self.name, self.doc, self.file, *(text for asked in self.asked for text in asked.texts)]
        parts += [f"{q.text} {q.answer}" for sample in self.samples for q in sample.questions]
        parts += [o.mistake for s in self.samples for q in s.questions for o in (*q.options, *q.mistakes)]
        if self.error:
            parts.append("broken error")
        return " ".join(dict.fromkeys(" ".join(parts).lower().split()))
