"""Every format holds the same samples: read back plainly, and by the programs that it is for.

    python benchmarks/prove_formats.py                                   # 2,000 samples over the library
    python benchmarks/prove_formats.py --samples 100000 --once --out out/proof      # goes on when given again
    python benchmarks/prove_formats.py --python trl=/venvs/trl/bin/python --python verl=/venvs/verl/bin/python

What a data set must hold is computed anew from the metadata of its samples: ids, questions, answers, how many images,
the digest of the painted pixels. A consumer is run by an interpreter that has it: this one, or the one that
``--python`` names. Those that no interpreter has are told.

With ``--once`` the samples are made once, and given to the writers of all formats by one build, instead of by one
`pgt build` for each: what is read back is what lies on the disk, and is compared with the same metadata. With ``--out``
data sets and a journal of what was read back stay there, and the same command goes on where it was ended.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from benchmarks.every_format import EVERY, with_every
from benchmarks.format_readers import READERS, Truth, Wanted, digest, parquet_metadata, truth, wanted
from pgt_dsl.api import load_changed
from pgt_dsl.dataset.build import Progress
from pgt_dsl.dataset.build import build as build_set
from pgt_dsl.dataset.recipe import read_recipe
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.resources import data_path

ROOT = Path(__file__).parents[1]
PLAIN = "plain reader"
STYLES = "{ short = 3, options = 1, sentence = 1, reasoned = 1 }"


@dataclass(frozen=True)
class Consumer:
    """A program that reads a format. name: of its interpreter; module: what that has to have."""

    name: str
    format: str
    script: str
    module: str


CONSUMERS = (
    Consumer("datasets", "parquet", "read_datasets.py", "datasets"),
    Consumer("datasets", "imagefolder", "read_datasets.py", "datasets"),
    Consumer("datasets", "trl_sft", "read_datasets.py", "datasets"),
    Consumer("webdataset", "webdataset", "read_webdataset.py", "webdataset"),
    Consumer("llava", "llava", "read_llava.py", "llava.train.train"),
    Consumer("llamafactory", "sharegpt", "read_llamafactory.py", "llamafactory"),
    Consumer("swift", "messages", "read_swift.py", "swift"),
    Consumer("trl", "trl_sft", "read_trl_sft.py", "trl"),
    Consumer("trl", "trl_grpo", "read_trl_grpo.py", "trl"),
    Consumer("verl", "verl", "read_verl.py", "verl"),
    Consumer("lmms_eval", "lmms_eval", "read_lmms_eval.py", "lmms_eval"),
)


@dataclass(frozen=True)
class Line:
    """What was proved."""

    format: str
    by: str
    rows: int
    seconds: float  # of processors
    faults: tuple[str, ...] = ()


def spent() -> float:
    """Seconds of processors, of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@dataclass
class Truths:
    """The metadata of all samples, in their order, as the data set in Parquet has them: read anew by whoever goes over
    them, so that they need not fit into memory."""

    folder: Path

    def __iter__(self) -> Iterator[str]:
        return parquet_metadata(self.folder)


class Journal:
    """What was read back, a line for each format and reader, behind one that says of what."""

    def __init__(self, path: Path | None, about: dict[str, object]) -> None:
        self.lines: list[Line] = []
        self._path = path
        if path is None:
            return
        head = json.dumps(about)
        there = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if there and there[0] != head:
            sys.exit(f"`{path}` is of another proof; name another folder\n there: {there[0]}\n   now: {head}")
        for text in there[1:]:
            found = json.loads(text)
            self.lines.append(Line(**{**found, "faults": tuple(found["faults"])}))
        if not there:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(head + "\n", encoding="utf-8")

    def has(self, format: str, by: str) -> bool:
        return any((line.format, line.by) == (format, by) for line in self.lines)

    def add(self, line: Line) -> None:
        told = f"{line.rows:,} rows, {len(line.faults)} faults, {line.seconds:.0f} s of CPU"
        print(f"{line.format} by {line.by}: {told}", file=sys.stderr, flush=True)
        self.lines.append(line)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(line)) + "\n")


def build_once(recipe: Path, out: Path, workers: int) -> Line:
    """All formats by one build, which goes on where it was ended."""
    began, found = spent(), read_recipe(recipe)
    told = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{progress.done:,} of {progress.planned:,} made", file=sys.stderr, flush=True)

    tasks = load_changed([(part.file, part.changes) for part in found[1]], with_every(registry()))
    try:
        made = build_set(tasks, [part.samples for part in found[1]], out, seed=found[0].seed, format=EVERY.name,
                         size=found[0].size, styles=[part.styles for part in found[1]], suffix=found[0].suffix,
                         workers=workers, progress=tell)  # fmt: skip
    except PgtError as error:
        return Line(EVERY.name, "one build", 0, spent() - began, (str(error),))
    faults = tuple(f"{task.name}: {task.error}" for task in made.failed)
    return Line(EVERY.name, "one build", made.count, spent() - began, faults)


def build(format: str, recipe: Path, out: Path, workers: int) -> list[str]:
    """By the command that users give; its faults."""
    command = [sys.executable, "-m", "pgt_dsl.cli.main", "build", str(recipe), "--format", format, "--out", str(out),
               "--workers", str(workers)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    return [f"{format}: {done.stderr.strip()[-500:]}"] if done.returncode else []


def plain(format: str, folder: Path, truths: Iterable[str]) -> Line:
    """A format by its plain reader: each row that there has to be is there once, and no other."""
    began, faults, rows = spent(), list[str](), 0
    left = ((row.ident, (row, one.metadata)) for one in map(truth, truths) for row in wanted(format, one))
    waiting: dict[str, tuple[Wanted | None, str]] = {}  # rows that should have come by now, or come in another order
    try:
        for row in READERS[format](folder):
            rows += 1
            while row.ident not in waiting and (more := next(left, None)) is not None:
                waiting[more[0]] = more[1]
            due, metadata = waiting.pop(row.ident, (None, ""))
            if due is None:
                faults.append(f"{format}: {row.ident} is one too many")
                continue
            if row.metadata not in (None, metadata):
                faults.append(f"{format}: {row.ident} has other metadata")
            faults += _differences(format, due, row.texts, len(row.files), digest(row.files))
    except (ValueError, LookupError, OSError) as error:
        faults.append(f"{format}: after {rows} rows: {error!r}")
    faults += [f"{format}: {ident} is missing" for ident in itertools.chain(waiting, (ident for ident, _ in left))]
    return Line(format, PLAIN, rows, spent() - began, tuple(faults))


def _differences(where: str, due: Wanted, texts: Sequence[str], images: int, pixels: str) -> list[str]:
    faults = []
    if tuple(texts) != due.texts:
        faults.append(f"{where}: {due.ident} says {list(texts)!r}, not {list(due.texts)!r}")
    if images != due.images:
        faults.append(f"{where}: {due.ident} has {images} images, not {due.images}")
    if pixels != due.pixels:
        faults.append(f"{where}: {due.ident} has other pixels")
    return faults


def consumed(consumer: Consumer, python: str, folder: Path, truths: Iterable[str]) -> Line:
    """A format by a program that it is for: the rows in their order, all of them."""
    due = [row for one in map(truth, truths) for row in wanted(consumer.format, one) if _for(consumer, one)]
    began, where = spent(), f"{consumer.format} by {consumer.name}"
    with tempfile.TemporaryDirectory() as work:
        out, right = Path(work) / "rows.jsonl", Path(work) / "right.json"
        script = ROOT / "benchmarks" / "consumers" / consumer.script
        command = [python, str(script), str(folder), str(out)]
        if consumer.name == "lmms_eval":
            right.write_text(json.dumps(_right_answers(due)), encoding="utf-8")
            command.append(str(right))
        caches = {"HF_HOME": work, "MODELSCOPE_CACHE": work}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**_environment(), **caches})
        if done.returncode:
            told = (done.stderr.strip() or done.stdout.strip())[-800:]
            return Line(consumer.format, consumer.name, 0, spent() - began, (f"{where}: {told}",))
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    faults = [] if len(rows) == len(due) else [f"{where}: {len(rows)} rows, not {len(due)}"]
    if consumer.format in ("imagefolder", "lmms_eval"):  # in an order of their own
        places = {row.ident: k for k, row in enumerate(due)}
        rows.sort(key=lambda row: places.get(row["id"], -1))
    for one, row in zip(due, rows, strict=False):
        if row["id"] not in (None, one.ident):
            faults.append(f"{where}: {row['id']} in the place of {one.ident}")
        faults += _differences(where, one, row["texts"], row["images"], row["pixels"])
    return Line(consumer.format, consumer.name, len(rows), spent() - began, tuple(faults))


def _for(consumer: Consumer, one: Truth) -> bool:
    """LLaVA's own loader takes one image a sample."""
    return consumer.name != "llava" or one.images == 1


def _right_answers(due: Sequence[Wanted]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in due:
        found.setdefault(f"{row.pixels} {row.texts[0]}", []).append((row.ident, row.texts[1]))
    return found


def _environment() -> dict[str, str]:
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), before]))}


def interpreters(given: Sequence[str]) -> dict[str, str]:
    """The interpreter of each consumer that has one."""
    named = dict(part.partition("=")[::2] for part in given)
    unknown = sorted(set(named) - {consumer.name for consumer in CONSUMERS})
    if unknown:
        sys.exit(f"no consumer {', '.join(unknown)}; there are: {', '.join(sorted({c.name for c in CONSUMERS}))}")
    found = {}
    for consumer in CONSUMERS:
        python = named.get(consumer.name, sys.executable)
        code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({consumer.module!r}) is None)"
        done = subprocess.run([python, "-c", code], capture_output=True, check=False, cwd=tempfile.gettempdir())
        if done.returncode == 0:
            found[consumer.name] = python
    return found


def prove(format: str, recipe: Path, folder: Path, given: argparse.Namespace, truths: Iterable[str],
          pythons: dict[str, str], journal: Journal) -> None:  # fmt: skip
    """Build a format, unless that has been done, and read it in every way that is not in the journal yet."""
    if not given.once and not journal.has(format, "pgt build"):
        began = spent()
        faults = build(format, recipe, folder, given.workers)
        made = 0 if faults else json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["count"]
        journal.add(Line(format, "pgt build", made, spent() - began, tuple(faults)))
    if any(line.faults for line in journal.lines if (line.format, line.by) == (format, "pgt build")):
        return
    if not journal.has(format, PLAIN):
        journal.add(plain(format, folder, truths))
    for consumer in CONSUMERS:
        if consumer.format == format and consumer.name in pythons and not journal.has(format, consumer.name):
            journal.add(consumed(consumer, pythons[consumer.name], folder, truths))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--size", type=int, default=112, help="the short side of the pictures in px")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=common.cores())
    parser.add_argument("--specs", type=Path, default=Path(data_path("task_specs")), help="a folder of specs")
    parser.add_argument("--formats", nargs="*", choices=list(READERS), default=list(READERS))
    names = ", ".join(sorted({consumer.name for consumer in CONSUMERS}))
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH",
                        help=f"an interpreter that has a consumer: {names}")  # fmt: skip
    parser.add_argument("--out", type=Path, help="a folder for the data sets and the journal, which stay there")
    parser.add_argument("--once", action="store_true", help="make the samples once, for all formats")
    given = parser.parse_args(argv)
    pythons = interpreters(given.python)
    formats = list(dict.fromkeys(["parquet", *given.formats]))  # the first one tells what all must hold
    about = {"samples": given.samples, "size": given.size, "seed": given.seed, "once": given.once}
    journal = Journal(given.out and given.out / "journal.jsonl", about)
    with tempfile.TemporaryDirectory() as work:
        top = given.out or Path(work)
        recipe = Path(work) / "recipe.toml"
        recipe.write_text(
            f"count = {given.samples}\nsize = {given.size}\nseed = {given.seed}\nstyles = {STYLES}\n"
            '[[task]]\nspecs = "specs"\n', encoding="utf-8",
        )  # fmt: skip
        shutil.copytree(given.specs, recipe.parent / "specs")  # recipes name what lies beside them
        if given.once:
            top = top / EVERY.name
            if not journal.has(EVERY.name, "one build"):
                line = build_once(recipe, top, given.workers)
                if not line.rows:  # it may go on another time
                    sys.exit(f"the build was stopped: {line.faults[0]}")
                journal.add(line)
        truths = Truths(top / formats[0])
        for format in formats:
            folder = top / format
            prove(format, recipe, folder, given, truths, pythons, journal)
            if given.out is None and format != formats[0]:
                shutil.rmtree(folder, ignore_errors=True)
        tasks = [json.loads(metadata)["task"] for metadata in truths]
    lines = journal.lines
    common.table([(f"{x.format}: {x.by}", x.rows, x.seconds, len(x.faults)) for x in lines],
                 ("format: read by", "rows", "CPU seconds", "faults"))  # fmt: skip
    missing = sorted({consumer.name for consumer in CONSUMERS if consumer.format in formats} - set(pythons))
    if missing:
        print(f"not installed, and so not asked: {', '.join(missing)}")
    faults = list(itertools.chain.from_iterable(line.faults for line in lines))
    return common.finish(f"{len(tasks):,} samples of {len(set(tasks))} tasks in {len(formats)} formats", faults)


if __name__ == "__main__":
    sys.exit(main())
