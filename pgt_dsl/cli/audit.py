"""``pgt audit``: what a guesser can learn of a task's answers without seeing what matters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.audit.finding import Audit
    from pgt_dsl.audit.record import Recorded
    from pgt_dsl.source import Source


@dataclass(frozen=True)
class Asked:
    """What the command was asked for."""

    scenes: int
    seed: int
    alpha: float
    pictures: int
    size: int
    photos: Path | None
    record: Path | None = None


@click.command("audit")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--scenes", type=click.IntRange(200, 1_000_000), default=4000, show_default=True,
              help="Scenes of each task that are drawn.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--alpha", type=click.FloatRange(1e-6, 0.2), default=0.01, show_default=True,
              help="The chance, for all tests of a task together, of a leak that is none.")  # fmt: skip
@click.option("--pictures", type=click.IntRange(0, 100_000), default=1600, show_default=True,
              help="Pictures painted without the shapes that decide; 0 for none.")  # fmt: skip
@click.option("--size", type=int, default=336, show_default=True, help="Short side of the pictures, in px.")
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--json", "as_json", metavar="FILE", help="Write the audits as JSON too; `-` prints that alone.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE",
              help="Keep the audits of specs in short in FILE, and pass over what it holds already.")  # fmt: skip
def command(
    paths: tuple[Path, ...], scenes: int, seed: int, alpha: float, pictures: int, size: int, photos: Path | None,
    as_json: str | None, record: Path | None,
) -> int:  # fmt: skip
    """Look for what gives the answers of specs or finished data sets away.

    Of a data set the scenes are those it holds. The exit status is 1 when there is a leak, or when something could not
    be audited; the other specs are audited all the same.
    """
    from pgt_dsl.audit.finding import Audit
    from pgt_dsl.audit.probe_model import needed
    from pgt_dsl.audit.words import to_json, told

    needed()
    found: list[Audit] = []
    failed = leaks = False
    for one in _audits(paths, Asked(scenes, seed, alpha, pictures, size, photos, record)):
        if isinstance(one, PgtError):
            click.echo(f"{one}\n", err=True)
            failed = True
            continue
        audit, source = one
        leaks = leaks or bool(audit.leaks)
        if isinstance(audit, Audit):
            found.append(audit)
        if as_json != "-":
            click.echo(f"{told(audit, source)}\n" if isinstance(audit, Audit) else _before(audit))
    if as_json is not None:
        _write(json.dumps([to_json(audit) for audit in found], indent=2, ensure_ascii=False) + "\n", as_json)
    return int(failed or leaks)


def _before(audit: Recorded) -> str:
    many = len(audit.leaks)
    told = "; ".join(f"{leak.code} {leak.test.what}" for leak in audit.leaks)
    return (f"{audit.task}: unchanged since it was audited on {audit.scenes} scenes (seed {audit.seed}); "
            f"{many or 'no'} leak{'' if many == 1 else 's'} found{': ' if told else ''}{told}")  # fmt: skip


def _audits(paths: tuple[Path, ...], asked: Asked) -> Iterator[tuple[Audit | Recorded, Source | None] | PgtError]:
    """The audit of each task, or why there is none."""
    from pgt_dsl.audit.reading import is_data_set
    from pgt_dsl.audit.record import read_record
    from pgt_dsl.spec_files import spec_files

    held = read_record(asked.record) if asked.record is not None and asked.record.exists() else {}
    for path in paths:
        try:
            if is_data_set(path):
                if asked.record is not None:
                    raise PgtError(f"`--record` keeps audits of specs, and `{path}` is a data set: use `--json`")
                yield from _of_data_set(path, asked)
                continue
            files = list(spec_files([path]))
        except PgtError as error:
            yield error
            continue
        for file in files:
            try:
                yield from _of_spec(file, asked, held, alone=file == path)
            except PgtError as error:
                yield error


def _of_spec(
    file: Path, asked: Asked, held: dict[str, Recorded], alone: bool
) -> Iterator[tuple[Audit | Recorded, Source | None]]:
    """The audits of a spec; ``held`` are those of the record, to which they are added."""
    from pgt_dsl.api import load_all
    from pgt_dsl.audit.record import recorded, write_record
    from pgt_dsl.audit.run import audit_task
    from pgt_dsl.dataset.pipeline import open_photos
    from pgt_dsl.program.meaning import meaning_hash

    try:
        tasks = load_all([file])
    except PgtError as error:
        if type(error) is PgtError and not alone:  # a module among the specs of a folder
            return
        raise
    for task in tasks:
        before, meaning = held.get(task.name), meaning_hash(task.program)
        if before is not None and before.holds(meaning, asked.scenes, asked.seed, asked.alpha, asked.pictures):
            yield before, task.source
            continue
        pipeline = task.pipeline(asked.seed, asked.size, open_photos(asked.photos))
        audit = audit_task(pipeline, asked.scenes, asked.alpha, asked.pictures, task.source.name)
        if asked.record is not None:
            held[task.name] = recorded(audit)
            write_record(asked.record, held)
        yield audit, task.source


def _of_data_set(folder: Path, asked: Asked) -> Iterator[tuple[Audit, Source | None] | PgtError]:
    from pgt_dsl.audit.reading import tasks_of
    from pgt_dsl.audit.run import audit_scenes
    from pgt_dsl.plugins.registry import registry

    for given in tasks_of(folder, registry(), asked.photos):
        try:
            pictures = asked.pictures if given.pipeline is not None else 0
            audit = audit_scenes(given.scenes, asked.alpha, given.pipeline, pictures, str(folder), finished=True)
        except PgtError as error:
            yield error
        else:
            yield audit, None


def _write(text: str, where: str) -> None:
    if where == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(where).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PgtError(f"cannot write `{where}`: {error.strerror or error}") from error
