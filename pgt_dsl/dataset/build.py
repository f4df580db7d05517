"""Building a data set: jobs over index ranges, in order, certified, written and put in place whole.

A task that fails keeps what it had finished, is named in the manifest (``error``) and does not cost the other tasks
anything. A disagreement of the oracle stops the whole build, because no sample of it can then be trusted. A build that
was stopped by anything else goes on where it was when it is asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from pgt_dsl import __version__
from pgt_dsl.dataset.atomic import MANIFEST, Staging
from pgt_dsl.dataset.books import Books
from pgt_dsl.dataset.card import card
from pgt_dsl.dataset.croissant import CROISSANT, croissant
from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.formats.base import BuildInfo, Resumable, Sharded, Writer
from pgt_dsl.dataset.jobs import ENGINES, batch_size, cores, count_jobs, jobs, results
from pgt_dsl.dataset.journal import Journal
from pgt_dsl.dataset.manifest import Manifest, versions
from pgt_dsl.dataset.mix.counts import Woven, mix_entries, split_entries
from pgt_dsl.dataset.mix.loom import Loom, open_writer
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.dataset.pipeline import DEFAULT_SIZE
from pgt_dsl.dataset.plan import Plan, Spoken, make_plan
from pgt_dsl.dataset.programs import PROGRAMS, write_programs, write_translations
from pgt_dsl.dataset.record import DEFAULT_STYLES, canonical_json
from pgt_dsl.dataset.series import Series, check_series
from pgt_dsl.dataset.shipping import NAMING, Shipping
from pgt_dsl.dataset.storage import is_url
from pgt_dsl.dataset.tally import Tally, credits
from pgt_dsl.dataset.task import Photos, Task
from pgt_dsl.dataset.worker import Result
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import ENGLISH

DISAGREEMENT = "disagreement.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """Told after each job: samples finished of those planned, and the task that it was. ``found`` of them were there
    when the build began, which is told once before the first job."""

    done: int
    planned: int
    task: str
    tallies: Sequence[Tally]
    found: int = 0


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. The text says what was kept and how to go on."""


class Stopped(PgtError):
    """There is nothing to go on with: the oracle disagrees with a scene, or no task gives a sample."""


def build(
    tasks: Sequence[Task],
    count: int | Sequence[int],
    out: Path | str,
    *,
    seed: int = 0,
    format: str = "parquet",
    size: int | Mapping[int, float] = DEFAULT_SIZE,
    photos: Photos = None,
    styles: Mapping[str, float] | Sequence[Mapping[str, float]] = DEFAULT_STYLES,
    image: str = "png",
    quality: int | None = None,
    workers: int | None = 1,
    engine: str = ENGINES[0],
    renderer: str | None = None,
    overwrite: bool = False,
    restart: bool = False,
    shard_rows: int = 1000,
    batch: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    suffix: Mapping[str, str] | None = None,
    splits: Mapping[str, int] | None = None,
    mixes: Sequence[Mix] = (),
    say: Callable[[str], None] | None = None,
    coordinates: str = "unit",
    only: Sequence[str | None] = (),
    croissant: bool = False,
    languages: Spoken = ENGLISH,
    series: Series | None = None,
    work: Path | str | None = None,
) -> Manifest:
    """Write a data set of ``count`` samples and return its manifest.

    ``count`` is split evenly over the tasks, the remainder to the first, or it has a number for each task. A task
    with twins writes whole pairs, so it may give one more than its part. Every task takes its indices from 0. Neither
    ``workers`` (None: one for each core) nor ``batch`` changes a byte of the samples. With other than one, processes
    are spawned: call it under ``if __name__ == "__main__":``.

    engine: "processes" of this machine, or "ray" for a cluster (``ray_crew``). size: px of the short side, or several
    with their weights. styles: weights of the forms of answers, for all tasks or for each. suffix: what is said after a
    question, by form. image: png, jpeg, webp or raw; quality: 1 to 100, see ``encode.Encoding``.

    splits: samples by the name of the split, together ``count``; each has a range of indices of its own of every task.
    mixes: records of the user's that are woven in; ``say`` is told that they are being checked. coordinates: what texts
    give places in, by name (``scene.coordinates``). only: for each task the split that has all its samples, or None.
    languages: the language of the questions, several by weight (``{"en": 2, "de": 1}``), or such weights of each
    task. croissant: the card has a ``croissant.json`` beside it. series: what the levels of the samples are.

    out: a folder, or a URL that fsspec knows; then the files are made in the folder ``work`` (None: one in the user's
    cache) and sent as they become whole, see ``shipping``.

    A build that was stopped, by Ctrl-C, a full disk or a kill, has left what it had finished in ``out`` (or ``work``);
    the same call goes on there, and the result is the same to the bit as if it had not been stopped. ``restart`` throws
    it away.

    Raises ``PgtError`` when the arguments are wrong, ``out`` may not be written into or holds an unfinished build of
    another plan, no task gives a sample, or the oracle disagrees with a scene (which is then in
    ``out/disagreement.json``); ``Interrupted`` on Ctrl-C. Tasks that failed while others went on are in
    ``manifest.failed``.
    """
    encoding = Encoding(image, quality)
    if engine not in ENGINES:
        raise PgtError(f"there is no engine `{engine}`; there are: {', '.join(ENGINES)}")
    plan = make_plan(tasks, count, seed, format, size, photos, styles, renderer, encoding, shard_rows, suffix,
                     splits, mixes, say, coordinates, only, languages)  # fmt: skip
    if series is not None:
        check_series(series, plan.setup.programs)
    with _staging(out, work, overwrite, plan, restart) as staging:
        if staging.complete:
            return Manifest.model_validate_json(staging.manifest())
        try:
            site = _Site(plan, staging, croissant, series)
        except OSError as error:  # a full disk, a closed folder: what is there is kept
            raise PgtError(f"cannot write into `{staging.out}`: {error.strerror or error}") from error
        try:
            many = cores() if workers is None else workers
            copies = max(program.copies for program in plan.setup.programs)
            each = batch or batch_size(plan.setup.sizes.largest, sum(plan.planned), many, copies)
            site.run(workers, engine, each, progress)
            made = site.finish()
            staging.commit()
        except BaseException as error:
            site.leave(error)
            raise
    return made


def _staging(out: Path | str, work: Path | str | None, overwrite: bool, plan: Plan, restart: bool) -> Staging:
    """Where to build. Raises ``PgtError`` for a URL that has become a path."""
    if not is_url(out):
        if work is not None:
            raise PgtError("--work names the folder in which a data set for a URL is made; leave it out for a folder")
        return Staging(Path(out), overwrite, plan.identity, restart)
    named = [source.mix.name for strand in plan.strands for source in strand.sources if not source.mix.copy]
    if named and plan.format in NAMING:
        raise PgtError(f"records of `{plan.format}` name the images of `{named[0]}` by their paths here, and "
                       f"`{out}` is read from others; write `copy = true` in its [[mix]]")  # fmt: skip
    if isinstance(out, Path):
        raise PgtError(f"`{out}` is a URL that has become a path; give it as a text")
    return Shipping(out, None if work is None else Path(work), overwrite, plan.identity, restart)


class _Site:
    """A build at work: its books, the writer, and the journal when the writer can be resumed."""

    def __init__(self, plan: Plan, staging: Staging, croissant: bool = False, series: Series | None = None) -> None:
        self.plan, self.staging, self.croissant, self.series = plan, staging, croissant, series
        self.books = Books(plan.tasks, plan.planned, plan.setup.photos)
        self.journal = Journal(staging.root, staging.resumed)
        last = self.journal.last
        self.place = (last.task, last.start) if last else (0, 0)  # the next index, and of which task
        self.found = last.samples if last else 0
        self.books.restore(last.counted if last else ())
        info = BuildInfo(staging.out.name, sum(plan.planned), staging.work, plan.shard_rows, last.mark if last else {})
        try:
            form = plan.setup.registry.formats[plan.format]
            self.writer: Writer = open_writer(form, staging.folder, info, plan.strands)
        except (FileNotFoundError, ValueError, LookupError, TypeError) as error:
            if not staging.resumed:
                raise
            raise PgtError(f"what the unfinished build in `{staging.out}` has left is damaged ({error}); "
                           "--restart throws it away") from error  # fmt: skip
        self._whole = True  # whether all parts have taken the same results, and every mark is entered
        self._open = True  # the writer is

    def run(self, workers: int | None, engine: str, batch: int, progress: Callable[[Progress], None] | None) -> None:
        """Do the jobs that are left."""
        numbers, books = self.plan.numbers, self.books

        def tell(task: int) -> None:
            if progress is not None:
                name = books.tallies[task].name
                progress(Progress(books.count, books.planned, name, books.tallies, self.found))

        if self.found:
            tell(self.place[0])
        todo, many = jobs(numbers, batch, *self.place), count_jobs(numbers, batch, *self.place)
        with closing(results(self.plan.setup, todo, many, books.failed, workers, engine)) as found:
            for result in found:
                self._take(result)
                if self.journal.due:
                    self._enter()
                    if isinstance(self.writer, Sharded):
                        self.staging.settle(self.writer.finished())
                tell(result.job.task)

    def finish(self) -> Manifest:
        """Close the writer and write card and manifest."""
        self._enter()
        self._open = False
        self.writer.close()
        plan, books, folder = self.plan, self.books, self.staging.folder
        books.warn(plan.setup.sizes.smallest)
        if not books.count:
            raise Stopped("no task gave a sample:\n" + "\n".join(f"{t.name}: {t.error}" for t in books.tallies))
        woven = self.writer.counts() if isinstance(self.writer, Loom) else {}
        made = _manifest(plan, books, self.staging.usage(self.writer), folder, woven)
        if self.series is not None:
            made = made.model_copy(update={"series": self.series})
        name = self.staging.out.resolve().name
        (folder / CROISSANT).unlink(missing_ok=True)  # of a build that was killed here
        if self.croissant:
            text = croissant(made, name, folder, self.staging.digests())
            (folder / CROISSANT).write_text(text, encoding="utf-8", newline="\n")
            made = made.model_copy(update={"contents": tuple(sorted({*made.contents, CROISSANT}))})
        text = card(made, name, self.writer.front_matter())
        write_programs(plan.tasks, folder)
        write_translations(plan.setup.translations, folder)
        (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
        (folder / MANIFEST).write_text(made.to_json(), encoding="utf-8", newline="\n")
        self.journal.close()
        return made

    def leave(self, error: BaseException) -> None:
        """The build has been stopped: keep what is finished, if it can be gone on with, and say so."""
        with suppress(Exception):
            if self._open and self._whole:
                self._enter()
        with suppress(Exception):
            if isinstance(self.writer, Resumable):
                self.writer.leave()
            elif self._open:
                self.writer.close()
        self.journal.close()
        kept = 0 if isinstance(error, Stopped) else self.journal.samples
        self.staging.keep = kept > 0
        say = f"{kept:,} of {self.books.planned:,} samples are kept: the same command again goes on from there"
        if self.staging.moving:
            say = "everything is made: the same command again puts it in place"
        elif not kept:
            say = "nothing half-done was left behind"
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"interrupted; {say}") from error
        if isinstance(error, OSError):
            raise PgtError(f"cannot write into `{self.staging.out}`: {error.strerror or error}\n{say}") from error
        if isinstance(error, PgtError) and kept:
            raise PgtError(f"{error}\n{say}") from error

    def _take(self, result: Result) -> None:
        self._whole = False
        if result.disagreement:
            self._disagreed(result)
        if not result.error:
            self.writer.write(result.samples)
        self.books.take(result)
        self.place = result.job.task, result.job.stop
        self._whole = True

    def _enter(self) -> None:
        if isinstance(self.writer, Resumable):
            self._whole = False  # after another mark the writer may remove what the entry before this one needs
            self.journal.write(*self.place, self.books.count, self.books.planned, self.writer.mark, self.books.state)
            self._whole = True

    def _disagreed(self, result: Result) -> None:
        path = self.staging.out / DISAGREEMENT
        path.write_text(result.disagreement + "\n", encoding="utf-8")
        setup, index = self.plan.setup, json.loads(result.disagreement)["index"]
        task = self.plan.tasks[result.job.task]
        size = setup.sizes.of([index], task.name, setup.seed)[0]
        raise Stopped(
            "the oracle disagrees with a scene, so the build was stopped (this is a bug in pgt-dsl or in a plugin)\n"
            f"{result.error}\nthe scene is in `{path}`; to see it: "
            f"pgt show {task.source.name} --seed {setup.seed} --size {size} --index {index}"
        )


def _manifest(plan: Plan, books: Books, usage: str, folder: Path, woven: Woven) -> Manifest:
    setup = plan.setup
    return Manifest(
        pgt_version=__version__,
        versions=dict(versions()),
        format=plan.format,
        image=setup.encoding.image,
        quality=setup.encoding.quality,
        encoder=plan.encoder,
        seed=setup.seed,
        size=setup.sizes.smallest,
        sizes=dict(setup.sizes.weights) if setup.sizes.several else {},
        planned=books.planned,
        count=books.count,
        styles=dict(setup.styles[0]),
        own_styles=tuple(map(dict, setup.styles)) if len({canonical_json(s) for s in setup.styles}) > 1 else (),
        suffix=dict(setup.suffix),
        coordinates=str(setup.coordinates),
        languages=tuple(dict(spoken.weights) for spoken in setup.languages) if setup.foreign else (),
        splits=split_entries(plan.strands, woven) if plan.splits else (),
        mixes=mix_entries(plan.strands, woven),
        renderer=plan.painter,
        usage=usage,
        photos=setup.photos.digest,
        credits=credits(books.tallies, setup.photos),
        tasks=tuple(tally.entry() for tally in books.tallies),
        contents=tuple(sorted({p.name for p in folder.iterdir()} - {MANIFEST, CROISSANT} | {"README.md", PROGRAMS})),
    )
