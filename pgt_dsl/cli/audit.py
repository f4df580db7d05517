"""``pgt audit``: what a guesser can learn of a task's answers without seeing what matters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pgt_dsl.audit.finding import Audit
    from pgt_dsl.source import Source


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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    paths: tuple[Path, ...], scenes: int, seed: int, alpha: float, pictures: int, size: int, photos: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Look for what gives the answers of specs or finished data sets away; the exit status is 1 when there is a leak.

    Of a data set its questions and options are tested; which of its columns decide is known from a spec only.
    """
    from pgt_dsl.api import load_all
    from pgt_dsl.audit.probe_model import needed
    from pgt_dsl.audit.reading import is_data_set, scenes_by_task
    from pgt_dsl.audit.run import audit_scenes, audit_task
    from pgt_dsl.audit.words import to_json, told
    from pgt_dsl.dataset.pipeline import open_photos

    needed()
    found: list[tuple[Audit, Source | None]] = []
    for path in paths:
        if is_data_set(path):
            for given in scenes_by_task(path).values():
                found.append((audit_scenes(given, alpha, source=str(path)), None))
            continue
        for task in load_all([path]):
            pipeline = task.pipeline(seed, size, open_photos(photos))
            found.append((audit_task(pipeline, scenes, alpha, pictures, task.source.name), task.source))
    if as_json:
        click.echo(json.dumps([to_json(audit) for audit, _ in found], indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(told(audit, source) for audit, source in found))
    return int(any(audit.leaks for audit, _ in found))
