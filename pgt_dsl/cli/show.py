"""``pgt show``: look at a task: a contact sheet, and in the terminal its answers, yields and warnings."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pgt_dsl.dataset.tally import Tally
    from pgt_dsl.dataset.task import Task
    from pgt_dsl.diagnostics import Diagnostic
    from pgt_dsl.photos.catalog import PhotoCatalog

BALANCE = 96  # scenes solved for the balance of answers, beyond those that are painted


@dataclass(frozen=True, slots=True)
class Replay:
    """What ``--from`` takes over from a sample's metadata."""

    seed: int
    index: int
    size: int
    twin: int
    program: str
    photos: str
    renderer: str
    pixels: str
    language: str = "en"


@click.command("show")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--index", type=click.IntRange(0), help="Show this one sample, pixel by pixel as a data set has it.")
@click.option("--count", type=click.IntRange(1, 400), default=12, show_default=True, help="Samples on the sheet.")
@click.option("--out", "-o", type=click.Path(path_type=Path), help="The PNG to write (default: beside you, by name).")
@click.option("--size", type=int, default=336, show_default=True, help="Short side of the pictures, in px.")
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--language", help="Of the questions (default: en, or that of --from).")
@click.option("--renderer", help="The painter (default: the preferred one installed, or that of --from).")
@click.option("--from", "from_", type=click.File(encoding="utf-8"),
              help="Replay the sample of this metadata (a JSON file, or - for standard input).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(
    spec: Path, seed: int, index: int | None, count: int, out: Path | None, size: int, photos: Path | None,
    language: str | None, renderer: str | None, from_: Any, as_json: bool,
) -> int:  # fmt: skip
    """Draw samples of a SPEC on one sheet and say how its answers and its requirements turn out."""
    from pgt_dsl.api import load
    from pgt_dsl.dataset.pipeline import open_photos

    task, catalog = load(spec), open_photos(photos)
    if from_ is not None:
        replay = read_replay(from_.read())
        return _one(task, replay.seed, replay.index, replay.size, catalog, renderer, out, as_json,
                    language or replay.language, replay)  # fmt: skip
    if index is not None:
        return _one(task, seed, index, size, catalog, renderer, out, as_json, language or "en")
    return _sheet(task, seed, count, size, catalog, renderer, out, as_json, language or "en")


def _sheet(
    task: Task, seed: int, count: int, size: int, catalog: PhotoCatalog, renderer: str | None, out: Path | None,
    as_json: bool, language: str,
) -> int:  # fmt: skip
    from rich.console import Console

    from pgt_dsl.dataset.tally import Tally
    from pgt_dsl.dataset.watch import Watch
    from pgt_dsl.paint.fonts import has_signs
    from pgt_dsl.paint.sheet import card_of, contact_sheet
    from pgt_dsl.solve.drift import survey

    pipeline = task.pipeline(seed, size, catalog, renderer, language)
    with Console(stderr=True).status("looking for scenes") as status:  # in a terminal only
        scenes = pipeline.scenes(range(max(count, BALANCE)))
        shown = [scene for scene in scenes if scene.index < count]
        status.update("checking and painting")
        pipeline.certify(scenes)
        drawn = survey(pipeline.sampler)
        if not all(has_signs(ask.question) for scene in shown for ask in scene.asks):
            click.echo(f"the sheet's font has no signs for `{language}`, so the sheet is in English; --json and "
                       "--index show the texts", err=True)  # fmt: skip
            shown = [s for s in task.pipeline(seed, size, catalog, renderer).scenes(range(count)) if s.index < count]
        cards = [card_of(scene, p.rgb[0]) for scene, p in zip(shown, pipeline.paint(shown), strict=True)]
    path = out or Path(f"{task.name.rsplit('/', 1)[-1]}.png")
    doc = task.doc.strip().split("\n")[0]
    _save(contact_sheet(cards, task.name, f"{doc}  seed {seed}" if doc else f"seed {seed}"), path)
    tally = Tally(task.name, task.doc, task.source.name, task.hash, len(scenes))
    tally.add_scenes(scenes)
    tally.add_checked(pipeline.checked())
    tally.shares = pipeline.shares
    watch = Watch(task.program, task.registry, pipeline.photos)
    watch.add(scenes)
    watch.add_drawn(drawn)
    tally.drift = watch.drift
    warnings = (*task.warnings, *watch.diagnostics(task.source, size))
    if as_json:
        entry = tally.entry().model_dump(mode="json")
        samples = [
            {"index": s.index, "twin": s.twin, "asks": [_ask(a) for a in s.asks]} for s in scenes if s.index < count
        ]
        _print_json({"sheet": str(path), "seed": seed, "size": size, **entry, "samples": samples}, warnings)
    else:
        _report(task, tally, path, len(shown), warnings)
    return 0


def _one(
    task: Task, seed: int, index: int, size: int, catalog: PhotoCatalog, renderer: str | None, out: Path | None,
    as_json: bool, language: str, replay: Replay | None = None,
) -> int:  # fmt: skip
    if replay is not None:
        if replay.program != task.hash:
            raise PgtError(
                f"the metadata is of another program ({replay.program[:12]}) than this spec ({task.hash[:12]})"
            )
        renderer = renderer or _painter(task, replay)
    examples = task.batch(seed, [index], size=size, photos=catalog, renderer=renderer,
                          language=language).examples  # fmt: skip
    if replay is not None:
        examples = tuple(e for e in examples if e.scene.twin == replay.twin)
    task.pipeline(seed, size, catalog, None, language).certify([e.scene for e in examples])
    paths: list[Path] = []
    for example in examples:
        for number, image in enumerate(example.images):
            twin = f"-{example.scene.twin}" if len(examples) > 1 else ""
            part = f"-{number}" if len(example.images) > 1 else ""
            base = out or Path(f"{example.sample.id}.png")
            paths.append(base.with_name(f"{base.stem}{twin if out else ''}{part}{base.suffix or '.png'}"))
            _save(image, paths[-1])
    if as_json:
        _print_json({"images": [str(p) for p in paths], "samples": [json.loads(e.sample.metadata) for e in examples]},
                    task.warnings)  # fmt: skip
    else:
        for example in examples:
            for ask in example.scene.asks:
                click.echo(f"{ask.question}\n  {ask.text}")
            click.echo(f"pixels {example.sample.pixels}")
        click.echo("wrote " + ", ".join(map(str, paths)))
    if replay is not None and examples and examples[0].sample.pixels != replay.pixels:
        why = ""
        if replay.photos != catalog.digest:
            why = " (the photos are not the same)"
        elif replay.renderer != examples[0].renderer:
            why = f" (they were painted by `{replay.renderer}`, these by `{examples[0].renderer}`)"
        raise PgtError(f"the pixels are not those of the metadata{why}: {replay.pixels}")
    return 0


def _painter(task: Task, replay: Replay) -> str | None:
    """The painter of the metadata; the preferred one, and a word about it, where that cannot be had."""
    try:
        task.registry.make_renderer(replay.renderer)
    except PgtError as error:
        click.echo(f"painted by another painter, so pixels may differ by a level or two: {error}", err=True)
        return None
    return replay.renderer


def read_replay(text: str) -> Replay:
    """The fields of a sample's metadata that replay it. Raises ``PgtError`` for anything else."""
    try:
        data = json.loads(text)
        return Replay(
            int(data["seed"]), int(data["index"]), int(data["size"]), int(data["scene"]["twin"]),
            str(data["program"]), str(data["photos"]), str(data["renderer"]), str(data["pixels"]),
            str(data["scene"].get("language", "en")),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise PgtError(
            f"this is not the metadata of a sample: {why}\n--from takes what a row of a data set has as `metadata`"
        ) from error


def _save(image: Any, path: Path) -> None:
    try:
        image.save(path, "PNG")
    except OSError as error:
        raise PgtError(f"cannot write `{path}`: {error.strerror or error}") from error


def _ask(ask: Any) -> dict[str, Any]:
    return {"question": ask.question, "answer": ask.text, "options": list(ask.options), "margin": ask.margin}


def _print_json(data: dict[str, Any], warnings: Sequence[Diagnostic]) -> None:
    from pgt_dsl.report import to_json

    click.echo(json.dumps({**data, "warnings": [to_json(w) for w in warnings]}, indent=2, ensure_ascii=False))


def _report(task: Task, tally: Tally, path: Path, shown: int, warnings: Sequence[Diagnostic]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from pgt_dsl.report import render_text

    console = Console(highlight=False)
    total = tally.count
    console.print(f"[bold]{escape(task.name)}[/]  {escape(task.doc.strip().split(chr(10))[0])}")
    answers = Table("answer", "share", "", box=None, pad_edge=False, title=f"{total} scenes", title_justify="left")
    ranked = tally.answers.most_common()
    for answer, number in ranked[:10]:
        answers.add_row(escape(answer), f"{number / total:.0%}", "\u2588" * round(30 * number / ranked[0][1]))
    if len(ranked) > 10:
        answers.add_row(f"({len(ranked) - 10} others)", f"{sum(n for _, n in ranked[10:]) / total:.0%}", "")
    console.print(answers)
    yields = Table("requirement", "lets through", "of", box=None, pad_edge=False)
    rejecting = [found for found in tally.yields() if found.passed < found.tried]
    for found in rejecting[:10]:
        name = f"{found.reason}: {found.label}" if found.label else found.reason
        yields.add_row(escape(name), f"{found.rate:.1%}", f"{found.tried:,}")
    if yields.row_count:
        console.print(yields)
    drawn = Table("drawn", "declared", "its mean", "came out", "drift", box=None, pad_edge=False)
    for one in sorted((one for one in tally.entry().drift if one.notable), key=lambda one: -one.effect)[:10]:
        drawn.add_row(escape(one.name), escape(one.declared), *one.means, f"{one.effect:.0%}")
    if drawn.row_count:
        console.print(drawn)
    if tally.attempts:
        console.print(f"{tally.accepted / tally.attempts:.1%} of {tally.attempts:,} proposals were accepted")
    for warning in warnings:
        print(render_text(warning), file=sys.stderr)
    console.print(f"{shown} of them on {path}", markup=False)
