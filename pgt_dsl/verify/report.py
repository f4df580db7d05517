"""The report of a verification, as plain values: what ``verify.json`` holds and ``verify.html`` shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pgt_dsl import __version__
from pgt_dsl.dataset.manifest import versions
from pgt_dsl.verify.faults import CHECKS, Fault
from pgt_dsl.verify.ledger import Ledger
from pgt_dsl.verify.opened import Opened
from pgt_dsl.verify.reference import ALPHA, STRETCH, Answer, Comparison, corrected
from pgt_dsl.verify.twice import doubles, within_tasks

REPORT_FORMAT = 1
CONFIDENCE = 0.95
MOST_FAULTS = 100_000  # that the JSON lists; all are counted
MOST_ANSWERS = 12  # of a task that are listed; the others are counted together
OTHERS = "(others)"


@dataclass(frozen=True, slots=True)
class Drifting:
    """A draw of a task: its declared law, and how far its values came out from it (see ``solve.drift``)."""

    name: str
    declared: str
    n: int
    effect: float
    p: float
    notable: bool


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One task: samples that it should have, that were judged, faults, the shares of its first answers, the largest
    deviation of a quota, the share of proposals that were accepted (None: unknown), drift, scenes from chains."""

    name: str
    samples: int
    judged: int
    faults: int
    answers: dict[str, int]
    quotas: int
    quotas_compared: bool
    quota_faults: int
    accepted: float | None
    drift: tuple[Drifting, ...]
    chained: int
    reference: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Twice:
    """Samples that are there again: ``pairs`` of equal ones within the tasks, ``expected`` of them by chance (None
    where that is not known), ``samples`` of all beyond the first, ``examples`` of ids."""

    what: str
    samples: int
    pairs: int
    expected: float | None
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification has found. ``bound``: the share of wrong samples of which at least one would have been
    among the judged with ``CONFIDENCE``; None when faults were found or nothing was judged. ``skipped``: checks that
    could not be made of all that they are about. ``woven``: records of the user's that are there besides."""

    name: str
    data_set: dict[str, Any]
    verifier: dict[str, Any]
    planned: int
    rows: int
    judged: int
    share: float
    seconds: float
    faults: tuple[Fault, ...]
    bound: float | None
    tasks: tuple[TaskReport, ...]
    twice: tuple[Twice, ...]
    comparisons: tuple[Comparison, ...]
    limits: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    woven: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def summary(self) -> str:
        """What was found, in one sentence."""
        count = len(self.faults)
        said = f"{self.judged:,} of {self.planned:,} samples judged, {count:,} fault{'' if count == 1 else 's'}"
        if self.judged == self.planned:
            said = f"{self.judged:,} samples, {count:,} fault{'' if count == 1 else 's'}"
        if self.woven:
            said = f"{self.woven:,} records of others counted, {said}"
        if self.bound is not None:
            said += f"; a wrong share of {percent(self.bound)} would have been seen with {CONFIDENCE:.0%}"
        return said

    def by_check(self) -> dict[str, int]:
        """Faults of each check."""
        counts = Counter(fault.check for fault in self.faults)
        return {name: counts[name] for name in CHECKS}

    def to_json(self) -> str:
        """The text of ``verify.json``."""
        counts = self.by_check()
        data = {
            "report_format": REPORT_FORMAT,
            "name": self.name,
            "ok": self.ok,
            "summary": self.summary,
            "data_set": self.data_set,
            "verifier": self.verifier,
            "planned": self.planned,
            "rows": self.rows,
            "woven": self.woven,
            "judged": self.judged,
            "share": self.share,
            "seconds": round(self.seconds, 1),
            "bound": self.bound,
            "confidence": CONFIDENCE,
            "checks": [
                {"name": k, "asks": text, "made": k not in self.skipped, "faults": counts[k]}
                for k, text in CHECKS.items()
            ],
            "fault_count": len(self.faults),
            "faults": [asdict(fault) for fault in self.faults[:MOST_FAULTS]],
            "tasks": [asdict(task) for task in self.tasks],
            "twice": [asdict(one) for one in self.twice],
            "comparisons": [{**asdict(c), "notable": c.notable} for c in self.comparisons],
            "limits": list(self.limits),
        }
        return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def percent(share: float) -> str:
    """A share in per cent, with two digits that say something."""
    return f"{100 * share:.2g} %"


def make_report(
    opened: Opened, ledger: Ledger, faults: Sequence[Fault], answers: Sequence[Answer], digest: str, seconds: float
) -> Report:
    """Put everything together. ``digest``: the sha256 of the manifest."""
    manifest = opened.manifest
    by_task = Counter(fault.task for fault in faults)
    quota_faults = Counter(fault.task for fault in faults if fault.check == "quotas")
    given = {answer.job.task: answer for answer in answers}
    tasks = tuple(
        _task(opened, ledger, k, by_task[entry.name], quota_faults[entry.name], given.get(k))
        for k, entry in enumerate(manifest.tasks)
    )
    comparisons = corrected([c for answer in answers for c in answer.comparisons])
    data_set = {
        "format": manifest.format, "image": str(opened.encoding), "seed": manifest.seed,
        "size": " and ".join(str(size) for size, _ in opened.sizes.weights) if manifest.sizes else manifest.size,
        "splits": [split.name for split in manifest.splits],
        "pgt_version": manifest.pgt_version, "renderer": manifest.renderer, "photos": manifest.photos,
        "manifest_sha256": digest,
    }  # fmt: skip
    verifier = {"pgt_version": __version__, "versions": dict(versions()), "renderer": opened.renderer}
    bound = None if faults or not ledger.judged else 1 - (1 - CONFIDENCE) ** (1 / ledger.judged)
    return Report(
        opened.folder.resolve().name, data_set, verifier, opened.roster.total, ledger.rows, ledger.judged,
        opened.share, seconds, tuple(faults), bound, tasks, _twice(ledger, answers), comparisons,
        tuple(_limits(opened, ledger, comparisons, tasks)), _skipped(ledger, tasks), ledger.weave.records,
    )  # fmt: skip


def _skipped(ledger: Ledger, tasks: Sequence[TaskReport]) -> tuple[str, ...]:
    """The checks that were not made, or not of all."""
    skipped = [] if all(task.quotas_compared or not task.quotas for task in tasks) else ["quotas"]
    if not ledger.whole:
        skipped.append("manifest")
    return tuple(skipped if ledger.judged else CHECKS)


def _task(opened: Opened, ledger: Ledger, k: int, faults: int, quota_faults: int, given: Answer | None) -> TaskReport:
    entry, tally, program = opened.manifest.tasks[k], ledger.tallies[k], opened.programs[k]
    ranked = tally.answers.most_common(MOST_ANSWERS)
    shown = dict(ranked)
    rest = tally.count - sum(shown.values())
    if rest:
        shown[OTHERS] = rest
    drift = tuple(
        Drifting(d.name, d.declared, d.n, round(d.effect, 4), float(f"{d.p:.3g}"), d.notable)
        for d in sorted(ledger.drift(k), key=lambda d: -d.effect)
    )
    return TaskReport(
        entry.name, entry.count, tally.count, faults, shown, 0 if program is None else len(program.picks),
        given is not None and given.quotas, quota_faults,
        tally.accepted / tally.attempts if tally.attempts else None, drift,
        sum(chained.scenes for chained in entry.chains), 0 if given is None else given.scenes,
        "" if given is None else given.problem,
    )  # fmt: skip


def _twice(ledger: Ledger, answers: Sequence[Answer]) -> tuple[Twice, ...]:
    found = []
    known = bool(answers) and all(answer.scenes for answer in answers)
    for what, hashes, expected in (
        ("pictures that are the same, pixel by pixel", ledger.pixels, None),
        ("scenes that are the same in every field", ledger.same, sum(a.same for a in answers)),
        ("scenes that are nearly the same", ledger.near, sum(a.near for a in answers)),
    ):
        columns = np.asarray(hashes, np.uint64)
        seen = doubles(ledger, columns)
        pairs = sum(within_tasks(ledger, columns).values())
        found.append(Twice(what, seen.samples, pairs, expected if known else None, seen.examples))
    return tuple(found)


def _limits(
    opened: Opened, ledger: Ledger, comparisons: Sequence[Comparison], tasks: Sequence[TaskReport]
) -> list[str]:
    """What was not tested, or not sharply, in sentences."""
    said = []
    if opened.share < 1:
        said.append(
            f"Of a fixed share of {percent(opened.share)} of the samples, chosen by their index, everything was "
            "judged; of the others only that their rows are there, once and in order. Counts and shares of the "
            "manifest and the quotas were not compared."
        )
    elif not ledger.whole:
        said.append(
            "Since not every sample could be judged, the counts, yields and shares of the manifest were not compared "
            "with those of the samples."
        )
    if opened.manifest.mixes:
        said.append(
            "Records that are not pgt-dsl's were counted, their images opened, and their places compared with the "
            "ratio; what they say was not looked at, and nobody certifies it."
        )
    if not opened.same_painter:
        said.append(
            f"The pictures were painted by `{opened.manifest.renderer}`, which is not installed here; they were "
            f"painted again by `{opened.renderer}`, so they could only be near. What was recorded of them was compared."
        )
    if not opened.encoding.lossless:
        said.append(
            f"The images are {opened.encoding}: they were compared with the repainted pictures after the same "
            "encoding. Pixels as they were painted cannot be had from them."
        )
    if not opened.holds.styles:
        said.append(
            f"The format `{opened.manifest.format}` keeps no styles: each question was compared as it was asked, with "
            "its options, and its answer with the letter of the right one or with the short answer."
        )
    if opened.manifest.pgt_version != __version__:
        said.append(f"Made by pgt-dsl {opened.manifest.pgt_version} and made again by {__version__}.")
    said += _compared(comparisons, tasks)
    lost = sum(1 for program in opened.programs if program is None)
    if lost:
        said.append(f"Nothing was judged of {lost} tasks, whose programs are missing.")
    said.append(
        "Not looked at: README.md, warnings and file names of specs in the manifest, columns that a plugin's format "
        "adds, and whether annotations of photos are complete. A fault that sampler and oracle share would not be seen."
    )
    return said


def _compared(comparisons: Sequence[Comparison], tasks: Sequence[TaskReport]) -> list[str]:
    """How sharply places were compared with another sample, and where they were not."""
    said = []
    if comparisons:
        worst = max(comparisons, key=lambda c: c.seen)
        best = min(comparisons, key=lambda c: c.seen)
        said.append(
            f"Places and distances of {len(comparisons):,} declared shapes and directions were compared with another "
            f"sample (chance of one false alarm in all: {ALPHA:g}). Differences of distribution functions below "
            f"{best.seen:.2f} (n = {best.n}, m = {best.m}) to {worst.seen:.2f} (n = {worst.n}, m = {worst.m}) would "
            "not have been told."
        )
    few = sum(1 for task in tasks if not any(c.task == task.name for c in comparisons))
    if few:
        said.append(
            f"Of {few} tasks no place was compared: they have fewer than 20 judged scenes or no shapes that count."
        )
    if any(task.chained for task in tasks):
        said.append(
            f"Scenes of crowded strata are the ends of Markov chains. They were compared with chains {STRETCH} times "
            "as long, not with plain rejection, which finds too few of them."
        )
    return said
