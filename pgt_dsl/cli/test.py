"""``pgt test``: scenes of specs through every check, and for what fails the smallest scene that shows it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError, SpecError

if TYPE_CHECKING:
    from pgt_dsl.testing.spec_run import Plan
    from pgt_dsl.testing.spec_tests import Outcome


@click.command("test")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--scenes", type=click.IntRange(1), default=200, show_default=True, help="Scenes of each task.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--size", type=int, default=336, show_default=True, help="Short side of the pictures, in px.")
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--explore", type=click.IntRange(0), default=100, show_default=True,
              help="Further scenes of each task that Hypothesis makes up.")  # fmt: skip
@click.option("--patience", type=click.FloatRange(0), default=20.0, show_default=True,
              help="Seconds to look for the smallest scene of a failure.")  # fmt: skip
@click.option("--only", multiple=True, metavar="CHECK", help="Make this check (again for more; default: all).")
@click.option("--share", multiple=True, metavar="CHECK=SHARE", help="Make a slow check on this share of the scenes.")
@click.option("--out", "-o", type=click.Path(path_type=Path), default=Path("pgt-test"), show_default=True,
              help="Where pictures and replays of failures are written.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Processes (default: one for each CPU).")
@click.option("--replay", type=click.Path(path_type=Path), help="Make the scene of this file again, and check it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def command(
    paths: tuple[Path, ...], scenes: int, seed: int, size: int, photos: Path | None, explore: int, patience: float,
    only: tuple[str, ...], share: tuple[str, ...], out: Path, workers: int | None, replay: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Test specs (files, or folders of them): scenes of each task are judged by every check.

    A failure is shown on the smallest scene that still fails, with its picture and the command that replays it. The
    exit status is 1 if anything fails or a spec is wrong.
    """
    from pgt_dsl.dataset.pipeline import check_size
    from pgt_dsl.testing.spec_run import Plan

    plan = Plan(scenes, seed, check_size(size), photos, explore, patience, _names(only), _shares(share), out)
    if replay is not None:
        return _replay(paths, replay, plan)
    return _test(paths, plan, workers or os.cpu_count() or 1, as_json)


def _test(paths: tuple[Path, ...], plan: Plan, workers: int, as_json: bool) -> int:
    from pgt_dsl.spec_files import spec_files
    from pgt_dsl.testing.spec_tests import Outcome, test_specs

    files: list[Path] = []
    outcomes: list[Outcome] = []
    for path in paths:
        try:
            files += [file for file in spec_files([path]) if file not in files]
        except SpecError as error:  # a folder without specs
            outcomes.append(Outcome(str(path), error=str(error)))
    if not as_json:
        for outcome in outcomes:
            _say(outcome)
    for outcome in test_specs(files, plan, workers):
        outcomes.append(outcome)
        if not as_json:
            _say(outcome)
    if as_json:
        click.echo(json.dumps([asdict(outcome) | {"ok": outcome.ok} for outcome in outcomes], indent=2))
    else:
        click.echo(_summary(outcomes))
    return int(not all(outcome.ok for outcome in outcomes))


def _say(outcome: Outcome) -> None:
    if outcome.error:
        click.echo(f"error   {outcome.path}\n\n{outcome.error}\n")
    elif outcome.failures:
        click.echo(f"failed  {outcome.path}")
        for failure in outcome.failures:
            click.echo(f"\n{failure}")
        click.echo()
    elif not outcome.task:
        click.echo(f"module  {outcome.path}")
    else:
        each = f"{outcome.scenes} scenes, {outcome.checks} checks, {outcome.seconds:.1f} s"
        click.echo(f"passed  {outcome.path}  ({each})")
    sys.stdout.flush()


def _summary(outcomes: list[Outcome]) -> str:
    failed = sum(bool(outcome.failures) for outcome in outcomes)
    wrong = sum(bool(outcome.error) for outcome in outcomes)
    passed = sum(outcome.ok for outcome in outcomes)
    scenes = sum(outcome.scenes for outcome in outcomes)
    parts = [f"{passed} passed"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{wrong} could not be tested"] if wrong else []
    return f"{len(outcomes)} spec{'' if len(outcomes) == 1 else 's'}: {', '.join(parts)} ({scenes:,} scenes)"


def _replay(paths: tuple[Path, ...], file: Path, plan: Plan) -> int:
    from pgt_dsl.api import load
    from pgt_dsl.testing.spec_tests import replay

    if len(paths) != 1:
        raise click.UsageError("--replay takes one spec: `pgt test SPEC --replay FILE`")
    found = replay(load(paths[0]), file, plan)
    for note in found.notes:
        click.echo(f"note: {note}")
    for failure in found.failures:
        click.echo(f"{failure}\n")
    click.echo("it still fails" if found.failures else "it passes now")
    return int(bool(found.failures))


def _names(only: tuple[str, ...]) -> frozenset[str]:
    from pgt_dsl.testing.spec_run import check_names

    for name in only:
        if name not in check_names():
            raise PgtError(f"there is no check `{name}`; there are: {', '.join(check_names())}")
    return frozenset(only)


def _shares(given: tuple[str, ...]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for text in given:
        name, _, share = text.partition("=")
        _names((name,))
        try:
            shares[name] = float(share)
        except ValueError:
            raise PgtError(f"write the share of `{name}` as in `--share {name}=0.25`, not `{text}`") from None
        if not 0 < shares[name] <= 1:
            raise PgtError(f"the share of `{name}` is a number above 0 and up to 1, not {share}")
    return shares
