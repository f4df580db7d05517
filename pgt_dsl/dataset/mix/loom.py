"""The loom: a writer that stands between a build and the writers of its format, one for each split.

It sends each sample to the split of its index and puts the records of the user's between them: after the k-th of n
samples, floor(k T / n) of T records. So every beginning of a split has the ratio to one row, whatever the sizes of
jobs; and if a task fails the ratio is still that of what there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import TRAIN, BuildInfo, Resumable, Sharded, Writer
from pgt_dsl.dataset.given import Given, Row
from pgt_dsl.dataset.mix.order import due, turns
from pgt_dsl.dataset.mix.source import Source
from pgt_dsl.dataset.mix.spool import Spool
from pgt_dsl.dataset.mix.stage_order import StageOrder
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import FormatSpec

WAITING = "stage.spool"  # no split has such a name
PIECE = 64  # rows that are handed on at once: theirs may hold large images

_FILES = re.compile(r"^  - split: .*\n    path: .*\n", re.M)


@dataclass(frozen=True, slots=True)
class Strand:
    """A split: its name, how many samples of ours are planned for it, the indices of each task that are its own, and
    what is woven in. ``order`` is that of the stages of the whole data set, None without any."""

    name: str
    planned: int
    indices: Mapping[str, range]
    sources: tuple[Source, ...] = ()
    order: StageOrder | None = None

    @property
    def theirs(self) -> int:
        """Records of all sources."""
        return sum(map(len, self.sources))


class _Weave:
    """The rows of one split on their way to its writer."""

    def __init__(self, strand: Strand, writer: Writer, ours: int, theirs: int) -> None:
        self.strand, self.writer = strand, writer
        self.ours, self.theirs = ours, theirs
        self._turns = turns([len(source) for source in strand.sources])
        before = [int((self._turns[:theirs] == k).sum()) for k in range(len(strand.sources))]
        self._rows = [source.rows(start) for source, start in zip(strand.sources, before, strict=True)]

    def write(self, samples: Sequence[Sample]) -> None:
        rows: list[Row] = []
        for row in self._woven(samples):
            rows.append(row)
            if len(rows) == PIECE and self.strand.theirs:
                self.writer.write(rows)
                rows = []
        if rows:
            self.writer.write(rows)

    def finish(self) -> None:
        """A split without samples of ours has all of theirs."""
        if not self.strand.planned:
            self.write(())
        self.writer.close()
        self.release()

    def release(self) -> None:
        """Let go of the user's files."""
        for source in self.strand.sources:
            source.close()

    def _woven(self, samples: Sequence[Sample]) -> Iterator[Row]:
        yield from self._theirs() if not self.strand.planned else ()
        for sample in samples:
            yield sample
            self.ours += 1
            yield from self._theirs()

    def _theirs(self) -> Iterator[Given]:
        for _ in range(due(self.ours, self.strand.planned, self.strand.theirs) - self.theirs):
            yield next(self._rows[self._turns[self.theirs]])
            self.theirs += 1

    def counts(self) -> list[int]:
        """How many records of each source are written."""
        return [int((self._turns[: self.theirs] == k).sum()) for k in range(len(self.strand.sources))]


class _Stages:
    """The samples of the stage that is being made. ``mark`` is what it said of itself before, for one that goes on.
    Those of an earlier stage stay on the disk until the next mark, from which on nobody goes back to them."""

    def __init__(self, order: StageOrder, folder: Path, mark: Mapping[str, Any], resumable: bool) -> None:
        self._order, self._folder, self._resumable = order, folder, resumable
        self._run = int(mark.get("run", 0))
        self._spool = Spool(self._path, int(mark.get("bytes", 0)))
        self._done: list[Path] = []

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._run}.{WAITING}"

    def ends_before(self, task: str) -> bool:
        """Whether the samples that wait are of an earlier stage than a task."""
        return self._order.runs[task] != self._run

    def begin(self, task: str) -> None:
        """Begin with the stage of a task."""
        self._spool.close()
        self._done.append(self._path)
        if not self._resumable:
            self._forget()
        self._run = self._order.runs[task]
        self._spool = Spool(self._path)

    def add(self, samples: Iterable[Sample]) -> None:
        """Have samples wait."""
        self._spool.add(samples)

    def ordered(self) -> Iterator[Sequence[Sample]]:
        """All that waits, a few groups at a time."""
        order = self._order.permutation(self._run, self._spool.groups)
        rows: list[Sample] = []
        for group in self._spool.take(order.tolist()):
            rows += group
            if len(rows) >= PIECE:
                yield rows
                rows = []
        if rows:
            yield rows

    def mark(self) -> dict[str, int]:
        """What ``__init__`` takes."""
        self._forget()
        self._spool.flush()
        return {"run": self._run, "bytes": self._spool.bytes}

    def close(self) -> None:
        """Let go of the file."""
        self._spool.close()

    def _forget(self) -> None:
        for path in self._done:
            path.unlink(missing_ok=True)
        self._done.clear()


class Loom:
    """The writer that a build sees. Its mark has the marks of the writers and how many rows each has been given. With
    stages it keeps the samples of a stage until all are there, and sends them on in the order of the stage."""

    def __init__(self, weaves: Sequence[_Weave], stages: _Stages | None = None) -> None:
        self._weaves, self._stages = weaves, stages

    def write(self, samples: Sequence[Row]) -> None:
        """Send the samples to their splits, or have them wait for their stage."""
        if self._stages is None:
            self._send(samples)
            return
        for task, rows in groupby((s for s in samples if isinstance(s, Sample)), lambda sample: sample.task):
            if self._stages.ends_before(task):
                self._end_stage(self._stages)
                self._stages.begin(task)
            self._stages.add(rows)

    def _end_stage(self, stages: _Stages) -> None:
        for rows in stages.ordered():
            self._send(rows)

    def _send(self, samples: Sequence[Row]) -> None:
        for weave in self._weaves:
            indices = weave.strand.indices
            mine = [s for s in samples if isinstance(s, Sample) and s.index in indices[s.task]]
            if mine:
                weave.write(mine)

    def close(self) -> None:
        """Close every writer."""
        if self._stages is not None:
            self._end_stage(self._stages)
            self._stages.close()
        for weave in self._weaves:
            weave.finish()

    def front_matter(self) -> str:
        """The YAML of the first writer, with the files of all."""
        texts = [weave.writer.front_matter() for weave in self._weaves]
        more = "".join(match[0] for text in texts[1:] for match in _FILES.finditer(text))
        return _FILES.sub(lambda match: match[0] + more, texts[0], count=1)

    def usage(self, folder: Path) -> str:
        """That of the first writer."""
        return self._weaves[0].writer.usage(folder)

    def counts(self) -> dict[str, tuple[int, int, list[int]]]:
        """For each split: samples of ours, records of theirs, and those of each source."""
        return {weave.strand.name: (weave.ours, weave.theirs, weave.counts()) for weave in self._weaves}


class ResumableLoom(Loom):
    """A loom of writers that can be resumed."""

    def mark(self) -> Mapping[str, Any]:
        """Where each split stands, and what waits for its stage."""
        waiting = {} if self._stages is None else {WAITING: self._stages.mark()}
        return waiting | {
            weave.strand.name: {"writer": dict(_resumable(weave).mark()), "ours": weave.ours, "theirs": weave.theirs}
            for weave in self._weaves
        }

    def finished(self) -> Sequence[Path]:
        """The files of all writers that are whole."""
        writers = [weave.writer for weave in self._weaves]
        return [path for writer in writers if isinstance(writer, Sharded) for path in writer.finished()]

    def leave(self) -> None:
        """Let the writers go of their files."""
        if self._stages is not None:
            self._stages.close()
        for weave in self._weaves:
            _resumable(weave).leave()
            weave.release()


def _resumable(weave: _Weave) -> Resumable:
    assert isinstance(weave.writer, Resumable)
    return weave.writer


def open_writer(format: FormatSpec, folder: Path, info: BuildInfo, strands: Sequence[Strand]) -> Writer:
    """The writer of a build: the format's own, or a loom when there are splits or something is woven in."""
    make = load_ref(format.make)
    order = strands[0].order
    if len(strands) == 1 and strands[0].name == TRAIN and not strands[0].sources and order is None:
        writer: Writer = make(folder, info)
        return writer
    weaves = []
    for strand in strands:
        mark = info.mark.get(strand.name, {})
        work = info.work if len(strands) == 1 else info.work / strand.name
        work.mkdir(exist_ok=True)
        inner = replace(info, planned=strand.planned + strand.theirs, work=work, mark=mark.get("writer", {}),
                        split=strand.name)  # fmt: skip
        weaves.append(_Weave(strand, make(folder, inner), mark.get("ours", 0), mark.get("theirs", 0)))
    resumable = all(isinstance(weave.writer, Resumable) for weave in weaves)
    stages = None if order is None else _Stages(order, info.work, info.mark.get(WAITING, {}), resumable)
    return ResumableLoom(weaves, stages) if resumable else Loom(weaves, stages)
