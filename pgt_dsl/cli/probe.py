"""``pgt probe``: the questions of a data set are put to a model, and its replies kept and scored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from pgt_dsl.dataset.series import Series
    from pgt_dsl.probe.question import Questions
    from pgt_dsl.probe.results import Results
    from pgt_dsl.probe.run import Outcome
    from pgt_dsl.psychometrics.answers import Point

REPLIES = "replies.jsonl"
KEY = "OPENAI_API_KEY"
MISFIT = 0.01  # the share of simulated answers that are as far off, below which a curve is no description


@click.command("probe")
@click.argument("dataset", metavar="DATASET|RECIPE", type=click.Path(path_type=Path))
@click.option("--model", "-m", "where", required=True, metavar="MODEL",
              help="An OpenAI-compatible endpoint (http://localhost:8000/v1), python:MODULE:FUNCTION, or a file of "
                   "answers: JSON lines with `id` and `text`, or a log of inspect-ai or lmms-eval.")  # fmt: skip
@click.option("--name", help="The model's name at the endpoint.")
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, help="Folder of replies and scores.")
@click.option("--at-once", type=click.IntRange(1, 1024), default=8, show_default=True, help="Questions under way.")
@click.option("--per-minute", type=click.FloatRange(min=0, min_open=True), help="Requests a minute at most.")
@click.option("--tries", type=click.IntRange(1, 100), default=8, show_default=True, help="Requests for a question.")
@click.option("--max-requests", type=click.IntRange(1), help="Requests in all, with those of earlier runs.")
@click.option("--max-tokens", type=click.IntRange(1), help="Tokens in all, of prompts and replies.")
@click.option("--reply-tokens", type=click.IntRange(1), default=512, show_default=True, help="Tokens of a reply.")
@click.option("--seed", type=int, default=0, show_default=True, help="The seed that the endpoint is given.")
@click.option("--system", default="", help="A system's message before each question.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=120.0, show_default=True,
              help="Seconds for a reply.")  # fmt: skip
@click.option("--coordinates", help="What plain coordinates in replies are (default: as in the data set's texts).")
@click.option("--adaptive", is_flag=True,
              help="Of a series: ask next where it tells most of the threshold, not all in order.")  # fmt: skip
@click.option("--questions", "most", type=click.IntRange(1), help="With --adaptive: this many questions at most.")
@click.option("--until", type=click.FloatRange(min=0, min_open=True), metavar="WIDTH",
              help="With --adaptive: until the threshold's interval is as narrow (octaves or units).")  # fmt: skip
@click.option("--share", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              help="Of a series: tell the level where this share is right, too.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def command(
    dataset: Path, where: str, name: str | None, out: Path, at_once: int, per_minute: float | None, tries: int,
    max_requests: int | None, max_tokens: int | None, reply_tokens: int, seed: int, system: str, timeout: float,
    coordinates: str | None, adaptive: bool, most: int | None, until: float | None, share: float | None, quiet: bool,
) -> int:  # fmt: skip
    """Put the questions of a finished DATASET to a model, and score what it says. A RECIPE (.toml) is built first, into
    OUT/data, and once.

    Every reply is kept in OUT/replies.jsonl before the next question is asked: the same command goes on where one was
    stopped, and asks nothing again that was answered. Writes scores.csv and summary.json. The key of an endpoint is
    taken from OPENAI_API_KEY. Of a series (`pgt series`) it fits the curve of performance by level, with the threshold
    and its interval: curve.json and curve.svg. The exit status is 1 when questions are left without a reply.
    """
    from rich.console import Console

    from pgt_dsl.plugins.registry import registry
    from pgt_dsl.probe.journal import Journal
    from pgt_dsl.probe.models import open_model
    from pgt_dsl.probe.question import open_questions
    from pgt_dsl.probe.results import results, write
    from pgt_dsl.probe.run import Limits, probe, probe_in_rounds
    from pgt_dsl.psychometrics.adapt import Adaptive
    from pgt_dsl.psychometrics.answers import points
    from pgt_dsl.scoring.coordinates import profile

    if coordinates is not None:
        profile(coordinates)
    console = Console(stderr=True, highlight=False)
    dataset = _made(dataset, out, quiet)
    questions = open_questions(dataset, registry())
    series = _series(questions, dataset, adaptive, most, until, share)
    pool = [] if series is None else points(questions, series)
    placed = Adaptive(questions, pool, series, coordinates, most, until) if adaptive and series is not None else None
    model = open_model(where, dataset, name, os.environ.get(KEY) or "none", reply_tokens, seed, system, timeout)
    limits = Limits(at_once, per_minute, max_requests, max_tokens, tries)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PgtError(f"cannot make the folder `{out}`: {error.strerror or error}") from error
    header = {"data": questions.digest, "model": model.name, "settings": dict(model.settings)}
    with Journal(out / REPLIES, header) as journal:

        def work(told: Callable[[Outcome], None] | None) -> Outcome:
            if placed is not None:
                return probe_in_rounds(placed.rounds(journal), model, journal, limits, told)
            return probe(questions, model, journal, limits, told)

        planned = min(most or questions.manifest.count, questions.manifest.count)
        outcome = work(None) if quiet else _with_bar(work, console, planned, len(journal.replies))
        found = results(questions, journal.replies, coordinates)
        write(found, out, model.name, dataset)
    _say(outcome, found, console, out)
    if series is not None:
        _say_curves(pool, found, series, share, out, console)
    return int(bool(outcome.given_up) or bool(outcome.stopped))


def _made(given: Path, out: Path, quiet: bool) -> Path:
    """A data set as it is; a recipe as the data set that it gives, which is kept with the replies. Raises ``PgtError``
    when another recipe's questions are there."""
    from pgt_dsl.cli.build import command as build
    from pgt_dsl.dataset.atomic import MANIFEST

    if given.suffix != ".toml":
        return given
    data, kept = out / "data", out / "recipe.toml"
    try:
        text = given.read_bytes()
        if not (data / MANIFEST).exists():
            out.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(text)
            click.get_current_context().invoke(build, specs=(given,), out=str(data), quiet=quiet)
        elif not kept.exists() or kept.read_bytes() != text:
            raise PgtError(
                f"`{data}` has the questions of another recipe than `{given}` is now: give another --out, or name "
                f"`{data}` to go on with those"
            )
    except OSError as error:
        raise PgtError(f"cannot build `{given}` into `{data}`: {error.strerror or error}") from error
    return data


def _series(
    questions: Questions, dataset: Path, adaptive: bool, most: int | None, until: float | None, share: float | None
) -> Series | None:
    """The series that the data set is. Raises ``PgtError`` for what only a series has."""
    if (most or until) and not adaptive:
        raise PgtError("--questions and --until say where adaptive placement ends: give --adaptive too")
    found = questions.manifest.series
    if found is None and (adaptive or share):
        raise PgtError(f"`{dataset}` is no series: it has no levels; `pgt series SPEC --along NAME --out FILE.toml` "
                       "writes the recipe of one")  # fmt: skip
    return found


def _say_curves(
    pool: Sequence[Point], found: Results, series: Series, share: float | None, out: Path, console: Console
) -> None:  # fmt: skip
    from pgt_dsl.psychometrics.answers import curves
    from pgt_dsl.psychometrics.write import write_curves

    right = {line.key: line.right for line in found.lines}
    made = curves(pool, right, series, share)
    for ask in sorted({point.ask for point in pool if point.key in right} - made.keys()):
        console.print(f"question {ask + 1} is always answered alike, so it has no curve", markup=False)
    for path, curve in write_curves(made, out):
        console.print(f"threshold along {curve.name}: {curve.text}; in {path}", markup=False)
        if curve.at_share is not None:
            console.print(f"{curve.share:.0%} right: {curve.span_text(curve.at_share)}", markup=False)
        elif share is not None and curve.measurable:
            console.print(f"{share:.0%} right: at no level, however easy", markup=False)
        if curve.misfit < MISFIT:
            console.print("the answers do not lie along any such curve; look at the figure", markup=False, style="red")


def _with_bar(
    work: Callable[[Callable[[Outcome], None] | None], Outcome], console: Console, planned: int, there: int
) -> Outcome:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Bar(*columns, console=console, transient=True) as bar:
        line = bar.add_task("asking", total=planned, completed=there)

        def tell(outcome: Outcome) -> None:
            lost = f", {len(outcome.given_up)} without a reply" if outcome.given_up else ""
            bar.update(line, completed=there + outcome.replies, description=f"asking{lost}")

        return work(tell)


def _say(outcome: Outcome, found: Results, console: Console, out: Path) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("task", "asked", "right", "95 % interval", "chance", "no answer", "mistakes", box=None,
                  pad_edge=False)  # fmt: skip
    for task, one in found.tasks().items():
        guess = "" if one.chance is None else f"{one.chance:.0%}"
        mistakes = "; ".join(f"{name} ({count})" for name, count in list(one.mistakes.items())[:2])
        table.add_row(escape(task), f"{one.asked:,}", f"{one.rate:.1%}", f"{one.low:.1%} .. {one.high:.1%}", guess,
                      str(one.unread or ""), escape(mistakes))  # fmt: skip
    console.print(table)
    pairs = found.pairs
    if pairs is not None and pairs.pair is not None:
        console.print(f"pairs: both right in {pairs.pair:.1%} of {pairs.groups:,} groups", markup=False)
    prompt, said = outcome.tokens
    spent = f", {prompt + said:,} tokens" if prompt + said else ""
    console.print(f"{outcome.replies:,} replies in {outcome.requests:,} requests{spent}; {outcome.there:,} were there "
                  f"before; all in {out}", markup=False)  # fmt: skip
    for key, why in list(outcome.given_up.items())[:5]:
        console.print(f"no reply: {key}: {why}", markup=False, style="red")
    if len(outcome.given_up) > 5:
        console.print(f"... and {len(outcome.given_up) - 5:,} more without a reply", markup=False, style="red")
    if outcome.stopped:
        console.print(f"stopped: {outcome.stopped}", markup=False, style="red")
    if outcome.given_up or outcome.stopped:
        console.print("give the same command again to go on", markup=False)
