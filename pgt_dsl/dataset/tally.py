"""Counting what a build makes: answers, shares of quotas, styles, photos, and the yield of each requirement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pgt_dsl.dataset.manifest import Chained, Drawn, PhotoCredit, Share, TaskEntry, Yield
from pgt_dsl.dataset.pixel_check import is_checked
from pgt_dsl.dataset.record import canonical_json
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.drift import Drift

MOST_ANSWERS = 100  # different answers that the manifest lists; the rest are counted together
MOST_COUNTED = 2000  # different answers that are told apart at all; what comes after them is counted together
OTHERS = "(others)"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a sampler proposed and rejected for its samples: attempts up to the accepted one of each, how many were
    accepted, and for each requirement, as (reason, label), how many came to it and how many passed. ``chains``: for the
    crowded strata, as JSON, the sweeps of their chains and the scenes that came of them."""

    attempts: int = 0
    accepted: int = 0
    rows: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    chains: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def since(self, before: Checked) -> Checked:
        """What was added after ``before``."""
        old = before.rows
        rows = {
            key: (tried - old.get(key, (0, 0))[0], passed - old.get(key, (0, 0))[1])
            for key, (tried, passed) in self.rows.items()
        }
        chains = {
            key: (sweeps, scenes - before.chains.get(key, (0, 0))[1]) for key, (sweeps, scenes) in self.chains.items()
        }
        return Checked(self.attempts - before.attempts, self.accepted - before.accepted, rows, chains)

    def plus(self, other: Checked) -> Checked:
        """Both together."""
        rows, chains = dict(self.rows), dict(self.chains)
        for key, (tried, passed) in other.rows.items():
            rows[key] = tried + rows.get(key, (0, 0))[0], passed + rows.get(key, (0, 0))[1]
        for stratum, (sweeps, scenes) in other.chains.items():
            chains[stratum] = _more(chains.get(stratum), sweeps, scenes)
        return Checked(self.attempts + other.attempts, self.accepted + other.accepted, rows, chains)


@dataclass(slots=True)
class Tally:
    """What has been counted of one task. ``shares``: those that the values of quotas should have, in pictures of the
    short side ``size`` (in px; 0: not known yet)."""

    name: str
    doc: str
    file: str
    program: str
    planned: int
    warnings: tuple[str, ...] = ()
    count: int = 0
    drawn: int = 0
    attempts: int = 0
    accepted: int = 0
    ids_checked: int = 0
    size: int = 0
    error: str = ""
    answers: Counter[str] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    photos: Counter[str] = field(default_factory=Counter)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    picks: dict[str, Counter[str]] = field(default_factory=dict)
    checks: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    chains: dict[str, tuple[int, int]] = field(default_factory=dict)
    drift: tuple[Drift, ...] = ()
    group: int = 1
    swept: str = ""
    stage: str = ""

    def add(self, samples: Sequence[Sample]) -> None:
        """Count finished samples."""
        for sample in samples:
            self.styles.update(turn.style for turn in sample.turns)
            self.ids_checked += is_checked(sample.index)
        self.add_scenes(sample.scene for sample in samples)

    def add_scenes(self, scenes: Iterable[Scene]) -> None:
        """Count scenes that have not become samples."""
        for scene in scenes:
            self.add_one(scene.asks[0].text, scene.background.photo, scene.twin, scene.stratum)

    def add_one(self, answer: str, photo: str, twin: int, stratum: Mapping[str, Any]) -> None:
        """Count a scene by what counts of it: the text of its first answer, its photo ("" without one), which of a pair
        it is, and the values of its quotas."""
        self.count += 1
        self.answers[answer if answer in self.answers or len(self.answers) < MOST_COUNTED else OTHERS] += 1
        if photo:
            self.photos[photo] += 1
        if twin == 0:  # the second of a pair has another value by design
            self.drawn += 1
            for name, value in stratum.items():
                self.picks.setdefault(name, Counter())[label(value)] += 1

    def add_checked(self, checked: Checked) -> None:
        """Count what the sampler rejected."""
        self.attempts += checked.attempts
        self.accepted += checked.accepted
        for key, (tried, passed) in checked.rows.items():
            counts = self.checks.setdefault(key, [0, 0])
            counts[0] += tried
            counts[1] += passed
        for stratum, (sweeps, scenes) in checked.chains.items():
            self.chains[stratum] = _more(self.chains.get(stratum), sweeps, scenes)

    def set_shares(self, shares: Mapping[str, Mapping[str, float]], size: int) -> None:
        """Take the shares that quotas should have. They may hang on the size: those of the smallest one count, so that
        it makes no difference which samples were made together."""
        if not self.size or size < self.size:
            self.shares, self.size = shares, size

    def yields(self) -> tuple[Yield, ...]:
        """The requirements, the one that lets least through first."""
        found = [Yield(reason=r, label=text, tried=t, passed=p) for (r, text), (t, p) in self.checks.items()]
        return tuple(sorted(found, key=lambda y: (y.rate, y.reason, y.label)))

    def entry(self) -> TaskEntry:
        """The task's entry of the manifest."""
        told_apart = Counter({text: count for text, count in self.answers.items() if text != OTHERS})
        answers = dict(told_apart.most_common(MOST_ANSWERS))
        rest = sum(self.answers.values()) - sum(answers.values())
        if rest:
            answers[OTHERS] = rest
        return TaskEntry(
            name=self.name,
            doc=self.doc,
            file=self.file,
            program=self.program,
            planned=self.planned,
            count=self.count,
            answers=answers,
            picks={name: self._quota(name, shares) for name, shares in self.shares.items()},
            styles=dict(sorted(self.styles.items())),
            attempts=self.attempts,
            accepted=self.accepted,
            ids_checked=self.ids_checked,
            yields=self.yields(),
            chains=tuple(
                Chained(stratum=stratum, sweeps=sweeps, scenes=scenes)
                for stratum, (sweeps, scenes) in sorted(self.chains.items())
            ),
            drift=tuple(_drawn(found) for found in self.drift),
            warnings=self.warnings,
            error=self.error,
            group=self.group,
            swept=self.swept,
            stage=self.stage,
        )

    def state(self) -> dict[str, Any]:
        """Everything that has been counted, as JSON, for ``restore``. It does not grow with the number of samples."""
        return {
            **{name: getattr(self, name) for name in _NUMBERS},
            **{name: pairs(getattr(self, name)) for name in _COUNTERS},
            "shares": {name: dict(shares) for name, shares in self.shares.items()},
            "picks": {name: pairs(counts) for name, counts in self.picks.items()},
            "checks": pairs(self.checks),
            "chains": pairs(self.chains),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` told."""
        for name in _NUMBERS:
            setattr(self, name, state[name])
        for name in _COUNTERS:
            setattr(self, name, Counter(unpaired(state[name])))
        self.shares = state["shares"]
        self.picks = {name: Counter(unpaired(counts)) for name, counts in state["picks"].items()}
        self.checks = unpaired(state["checks"])
        self.chains = {stratum: (sweeps, scenes) for stratum, (sweeps, scenes) in state["chains"]}

    def _quota(self, name: str, shares: Mapping[str, float]) -> dict[str, Share]:
        produced = self.picks.get(name, Counter())
        return {
            value: Share(planned=shares.get(value, 0.0), produced=produced[value] / max(self.drawn, 1))
            for value in sorted({*shares, *produced})
        }


def _more(before: tuple[int, int] | None, sweeps: int, scenes: int) -> tuple[int, int]:
    """Scenes of one stratum added up; of pictures of several sizes, whose chains may differ, the longest count."""
    return (sweeps, scenes) if before is None else (max(sweeps, before[0]), scenes + before[1])


def _drawn(found: Drift) -> Drawn:
    """A drift as the manifest has it, in as many digits as say something."""
    return Drawn(
        name=found.name,
        type=found.base,
        declared=found.declared,
        samples=found.n,
        effect=round(found.effect, 3),
        chance=float(f"{found.p:.2g}"),
        mean_declared=_rounded(found.mean_declared),
        mean_produced=_rounded(found.mean_produced),
    )


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else float(f"{mean:.5g}")


_NUMBERS = ("count", "drawn", "attempts", "accepted", "ids_checked", "size", "error")
_COUNTERS = ("answers", "styles", "photos")


def pairs(counts: Mapping[Any, Any]) -> list[Any]:
    """A mapping as JSON that keeps its order and its keys: texts, numbers or tuples of them."""
    return [[list(key) if isinstance(key, tuple) else key, value] for key, value in counts.items()]


def unpaired(items: Iterable[Any]) -> dict[Any, Any]:
    """The mapping of ``pairs``."""
    return {tuple(key) if isinstance(key, list) else key: value for key, value in items}


def label(value: object) -> str:
    """A value of a quota as a key: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else canonical_json(value)


def credits(tallies: Iterable[Tally], catalog: PhotoCatalog) -> tuple[PhotoCredit, ...]:
    """The photos that were used, with their credits, by name."""
    used: Counter[str] = Counter()
    for tally in tallies:
        used.update(tally.photos)
    found = []
    for name in sorted(used):
        credit = catalog.credit(catalog.number(name))
        found.append(
            PhotoCredit(
                name=name,
                author=credit.author,
                source=credit.source or credit.url,
                licence=credit.licence,
                used=used[name],
            )
        )
    return tuple(found)
