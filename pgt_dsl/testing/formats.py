"""The conformance suite of formats: what whoever writes a writer of data sets runs on it.

    from pgt_dsl.testing.formats import check_format

    print(check_format("dartlist", read))  # raises PluginFault where the format is wrong

A small data set of real specs is built, read back by the author's own reader, and built again with interruptions: by
Ctrl-C, and by kills at operations on files, where processes can be forked.
"""

from __future__ import annotations

import ast
import math
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset import journal
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.dataset.formats.base import BuildInfo, Resumable, Writer
from pgt_dsl.dataset.plan import code_digest
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import Extension, FormatSpec
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.testing.conformance import PluginFault, Report
from pgt_dsl.testing.format_samples import EACH, SIZE, Wanted, difference, wanted

__all__ = ["Read", "check_format"]

Read = Callable[[Path], Iterable[Any]]
"""Reads a data set: ``read(folder)`` gives ``(id, images, turns)`` for each sample. Images are arrays (uint8[H, W, 3]),
encoded bytes, paths or images of Pillow; turns are pairs of question and answer, without any ``<image>``."""

STYLES = {"short": 1.0, "options": 1.0}
_OURS = ("README.md", "manifest.json")  # the build writes these; they name the folder
_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.truncate")
_PATIENCE = 120  # s that a killed build may take
_ROWS = 3  # of a shard, so that there are several


def check_format(
    format: str | FormatSpec, read: Read, plugins: Registry | None = None, *, kills: int = 3, folder: Path | None = None
) -> Report:
    """Run the whole suite on a format; returns what was compared.

    format: its name in ``plugins`` (None: all that are installed), or one that is not installed yet. read: how its
    data sets are read, see ``Read``. kills: how many builds are killed, at operations on files from first to last.
    folder: where to build, an empty folder; None for one that is removed afterwards. Raises ``PluginFault``.
    """
    record, offered = _resolved(format, plugins)
    report = Report("format", record.name, f"check_format({record.name!r}, read, kills={kills})")
    if not record.doc.strip():
        raise report.fault("declaration", "no doc")
    try:
        make = load_ref(record.make)
    except PgtError as error:
        raise report.fault("declaration", str(error)) from error
    report.add("declaration", 2)
    target = wanted(offered, STYLES)
    with tempfile.TemporaryDirectory() as spare:
        run = _Run(record, make, target, read, folder or Path(spare), report)
        whole = run.builds()
        run.writes()
        run.stops(whole)
        if hasattr(os, "fork"):
            run.kills(whole, kills)
    return report


def _resolved(format: str | FormatSpec, plugins: Registry | None) -> tuple[FormatSpec, Registry]:
    offered = plugins or registry()
    if isinstance(format, str):
        if format not in offered.formats:
            raise PgtError(f"there is no format `{format}`; there are: {', '.join(sorted(offered.formats))}")
        return offered.formats[format], offered
    if offered.formats.get(format.name) == format:
        return format, offered
    from pgt_dsl.builtin import extension

    tested = Extension("tested", formats=(format,))
    made = Registry.load([("pgt-dsl", extension), ("the format under test", tested)])
    if made.problems:
        raise Report("format", format.name).fault("declaration", "; ".join(made.problems))
    return format, made


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder by their relative names, but for those that the build itself writes."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in _OURS}


class _Run:
    """The checks of one format, in one folder."""

    def __init__(
        self, record: FormatSpec, make: Callable[[Path, BuildInfo], Writer], target: Wanted, read: Read, folder: Path,
        report: Report,
    ) -> None:  # fmt: skip
        self.record, self.make, self.target, self.read = record, make, target, read
        self.folder, self.report = folder, report

    # whole builds

    def build(self, out: Path, progress: Callable[[Progress], None] | None = None, batch: int = 2) -> None:
        """Build the data set; the same plan every time."""
        build(
            self.target.tasks, [EACH] * len(self.target.tasks), out, format=self.record.name, size=SIZE, styles=STYLES,
            batch=batch, shard_rows=_ROWS, progress=progress,
        )  # fmt: skip

    def builds(self) -> dict[str, bytes]:
        """A build is read back, in a folder with any name, in batches of any size, to the same bytes."""
        trees = []
        for name, batch in (("whole", 2), ("ä folder's “name” \\ with, blanks", 16)):
            out = self.folder / name / "set"
            try:
                self.build(out, batch=batch)
            except (PgtError, OSError, ValueError, TypeError, LookupError) as error:
                raise self.report.fault(
                    "build", f"it fails: {type(error).__name__}: {error}", f"into {name!r}"
                ) from error
            self._agrees("build", out)
            strangers = sorted(p.name for p in (self.folder / name).iterdir() if p != out)
            if strangers:
                raise self.report.fault("build", f"it writes beside its folder: {strangers[0]}")
            trees.append(tree(out))
        if trees[0] != trees[1]:
            raise self.report.fault("bytes", f"built twice, {_first(*trees)}")
        self.report.add("bytes", len(trees[0]))
        return trees[0]

    def _agrees(self, check: str, out: Path, case: str = "") -> None:
        try:
            problem = difference(self.read(out), self.target.known)
        except PluginFault:
            raise
        except Exception as error:
            problem = f"`read` fails: {type(error).__name__}: {error}"
        if problem:
            raise self.report.fault(check, problem, case)
        self.report.add(check, len(self.target.samples))

    # the writer by itself

    def writes(self) -> None:
        """The protocol of ``Writer`` and, where it has ``mark`` and ``leave``, of ``Resumable``."""
        samples = self.target.samples
        none, folder, _ = self._writer("nothing", 0)
        self._closed(none, folder, [])
        one, folder, _ = self._writer("at once", len(samples))
        together = self._closed(one, folder, [samples])
        two, folder, _ = self._writer("one by one", len(samples))
        singly = self._closed(two, folder, [[s] for s in samples])
        if together != singly:
            raise self.report.fault("protocol", f"written one by one, {_first(together, singly)}")
        ours = [name for name in _OURS if (folder / name).exists()]
        if ours:
            raise self.report.fault("protocol", f"it writes {ours[0]}, which is the build's to write")
        self._words(two, folder)
        self.report.add("protocol", 4)
        if isinstance(two, Resumable):
            self._marks(samples, together)

    def _writer(self, name: str, planned: int) -> tuple[Writer, Path, Path]:
        folder, work = self.folder / "writer" / name / "new", self.folder / "writer" / name / "work"
        folder.mkdir(parents=True)
        work.mkdir()
        return self.make(folder, BuildInfo("set", planned, work, _ROWS)), folder, work

    def _closed(self, writer: Writer, folder: Path, parts: Iterable[Sequence[Sample]]) -> dict[str, bytes]:
        try:
            for part in parts:
                writer.write(part)
            writer.close()
        except Exception as error:
            raise self.report.fault("protocol", f"the writer fails: {type(error).__name__}: {error}") from error
        return tree(folder)

    def _words(self, writer: Writer, folder: Path) -> None:
        for name, text in (("front_matter", writer.front_matter()), ("usage", writer.usage(folder))):
            if not isinstance(text, str):
                raise self.report.fault("protocol", f"`{name}` gives {type(text).__name__}, not a text")
        try:
            ast.parse(writer.usage(folder))
        except SyntaxError as error:
            raise self.report.fault("protocol", f"`usage` is no Python: {error}") from error
        front = writer.front_matter()
        if front and (not front.endswith("\n") or "---" in front.splitlines()):
            raise self.report.fault("protocol", "`front_matter` is whole lines of YAML, without the lines `---`")

    def _marks(self, samples: Sequence[Sample], whole: dict[str, bytes]) -> None:
        """It goes on from a mark, whatever was written after it."""
        for stop in range(1, len(samples), 4):
            writer, folder, work = self._writer(f"mark {stop}", len(samples))
            assert isinstance(writer, Resumable)
            writer.write(samples[:stop])
            mark = writer.mark()
            writer.write(samples[stop : stop + 4])
            writer.leave()
            try:
                again = self.make(folder, BuildInfo("set", len(samples), work, _ROWS, mark))
            except Exception as error:
                problem = f"it does not go on after {stop} samples: {type(error).__name__}: {error}"
                raise self.report.fault("mark", problem) from error
            made = self._closed(again, folder, [samples[stop:]])
            if made != whole:
                raise self.report.fault("mark", f"gone on from its mark after {stop} samples, {_first(whole, made)}")
            self.report.add("mark")

    # interruptions

    def stops(self, whole: dict[str, bytes]) -> None:
        """Stopped by Ctrl-C and asked for again."""
        total = len(self.target.samples)
        for at in (1, total // 2, total - 1):
            out = self.folder / f"stopped {at}" / "set"

            def stop(progress: Progress, at: int = at) -> None:
                if progress.done >= at:
                    raise KeyboardInterrupt

            try:
                self.build(out, stop)
            except Interrupted:
                self._again(out, whole, f"stopped after {at} samples")

    def kills(self, whole: dict[str, bytes], number: int) -> None:
        """Killed at operations on files and asked for again."""
        if number < 1:
            return
        code_digest()  # once, not in every fork
        last = self._forked(self.folder / "counted" / "set", 0)
        for k in range(number):
            at = max(1, (k + 1) * last // (number + 1))
            out = self.folder / f"killed {at}" / "set"
            self._forked(out, at)
            self._again(out, whole, f"killed at operation {at} of {last} on files")

    def _again(self, out: Path, whole: dict[str, bytes], how: str) -> None:
        try:
            self.build(out)
        except PgtError as error:
            if "already holds a data set" not in str(error):
                raise self.report.fault("interruption", f"the build does not go on: {error}", how) from error
        self._agrees("interruption", out, how)
        made = tree(out)
        if made != whole:
            raise self.report.fault("interruption", _first(whole, made), how)

    def _forked(self, out: Path, kill_at: int) -> int:
        """Build in a fork that is killed at an operation (0: never); returns how many there were, 0 when killed."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._in_fork(out, kill_at, writing)
        os.close(writing)
        deadline = time.monotonic() + _PATIENCE
        ended, status = os.waitpid(child, os.WNOHANG)
        while not ended and time.monotonic() < deadline:
            time.sleep(0.005)
            ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise self.report.fault("interruption", f"a build is not done after {_PATIENCE} s")
        with os.fdopen(reading) as pipe:
            told = pipe.read()
        if not os.WIFSIGNALED(status) and status != 0:
            raise self.report.fault("interruption", f"a build fails: {told}")
        return int(told) if told.isdigit() else 0

    def _in_fork(self, out: Path, kill_at: int, writing: int) -> None:
        counted = 0

        def hook(event: str, details: tuple[object, ...]) -> None:
            nonlocal counted
            if event in _EVENTS and str(out) in str(details[0]):
                counted += 1
                if counted == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        status = 1
        try:
            journal.SHARE = math.inf  # an entry after every job, however long it takes: the same operations every time
            sys.addaudithook(hook)
            self.build(out)
            os.write(writing, str(counted).encode())
            status = 0
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode()[:2000])
        finally:
            os._exit(status)


def _first(one: dict[str, bytes], two: dict[str, bytes]) -> str:
    """The first file in which two data sets differ."""
    for name in sorted({*one, *two}):
        if name not in two:
            return f"`{name}` is missing"
        if name not in one:
            return f"`{name}` is there in addition"
        if one[name] != two[name]:
            return f"`{name}` has other bytes"
    return "they are the same"
