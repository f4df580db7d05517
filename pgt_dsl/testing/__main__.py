"""``python -m pgt_dsl.testing``: the conformance suites on what is installed, as a table.

python -m pgt_dsl.testing                           measures all renderers that are installed
python -m pgt_dsl.testing renderers numba pillow    some of them (the word `renderers` may be left out)
python -m pgt_dsl.testing kinds circle dart         likewise functions, formats, backgrounds
python -m pgt_dsl.testing functions --examples 500  more cases drawn by Hypothesis
python -m pgt_dsl.testing --plugin pgt-darts        everything that one distribution gives

The exit status is 1 when something named is wrong or cannot be checked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.testing.conformance import HEADER, PluginFault, Report
from pgt_dsl.testing.renderers import HEADER as RENDERERS_HEADER
from pgt_dsl.testing.renderers import RendererFault, Tolerance, check_renderer

ANY = Tolerance(255.0, 255, 255, 255, 255, 1.0)  # to measure, not to judge
TABLES = ("kinds", "functions", "backgrounds", "formats", "renderers")


def main(arguments: list[str] | None = None) -> int:
    """Print the table; returns 1 when something that was named is wrong or cannot be checked."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = _parser().parse_args(given)
    if chosen.plugin:
        return _plugin(chosen)
    table, names = "renderers", list(chosen.names)
    if names and names[0] in TABLES:
        table, *names = names
    if table == "renderers":
        return _renderers(chosen, names)
    print(HEADER)
    known = list(getattr(registry(), table))
    return int(any([_row(table, name, chosen) for name in names or known]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pgt_dsl.testing", description="Run the suites for plugins.")
    parser.add_argument("names", nargs="*", help=f"one of {', '.join(TABLES)}, then names; all when none is named")
    parser.add_argument("--plugin", metavar="DIST", help="everything that one distribution gives")
    parser.add_argument("--examples", type=int, help="cases drawn by Hypothesis")
    parser.add_argument("--scenes", type=int, default=64, help="px of a renderer's pictures of kinds; 0: none")
    parser.add_argument("--given", default="", help="fields in the language that kinds cannot do without")
    parser.add_argument("--kinds", default="", help="kinds of functions' shapes, with commas between")
    parser.add_argument("--read", metavar="REF", help="`package.module:function` that reads a format's data sets")
    return parser


def _renderers(chosen: argparse.Namespace, names: list[str]) -> int:
    """Renderers are measured: what they may do is for their own tests to say."""
    print(RENDERERS_HEADER)
    failed = 0
    for name in names or [spec.name for spec in registry().ranked_renderers()]:
        try:
            registry().make_renderer(name)
        except PgtError as error:  # not known, not installed, or without the device that it needs
            print(error, file=sys.stderr)
            failed |= name in names
            continue
        make = partial(registry().make_renderer, name)
        print(check_renderer(make, ANY, examples=chosen.examples or 100, scenes=chosen.scenes).row(), flush=True)
    return int(failed)


def _plugin(chosen: argparse.Namespace) -> int:
    offered, wanted = registry(), _same_name(chosen.plugin)
    known = {_same_name(name) for name in offered.distributions}
    if wanted not in known:
        print(f"no plugin `{chosen.plugin}`; there are: {', '.join(sorted(offered.distributions))}", file=sys.stderr)
        return 1
    problems = [problem for problem in offered.problems if wanted in _same_name(problem)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(HEADER)
    failed = [_row(table, name, chosen) for table, name in _members(offered, wanted)]
    return int(any(failed) or bool(problems))


def _members(offered: Registry, distribution: str) -> Iterable[tuple[str, str]]:
    for table in TABLES:
        for name in getattr(offered, table):
            if _same_name(offered.owner(table, name)) == distribution:
                yield table, name


def _same_name(name: str) -> str:
    return name.replace("_", "-").lower()


def _row(table: str, name: str, chosen: argparse.Namespace) -> bool:
    """Print the row of one member; returns whether it is wrong."""
    try:
        print(_suites(chosen)[table](name).row(), flush=True)
    except (PluginFault, RendererFault, PgtError) as error:
        print(Report(table.removesuffix("s"), name).row("wrong"), flush=True)
        print(error, file=sys.stderr)
        return True
    return False


def _suites(chosen: argparse.Namespace) -> dict[str, Callable[[str], Any]]:
    from pgt_dsl.testing.backgrounds import check_background
    from pgt_dsl.testing.kinds import check_kind
    from pgt_dsl.testing.measures import check_function

    drawn = {} if chosen.examples is None else {"examples": chosen.examples}
    kinds = tuple(filter(None, chosen.kinds.split(",")))
    return {
        "kinds": partial(check_kind, given=chosen.given, **drawn),
        "functions": partial(check_function, kinds=kinds, **drawn),
        "backgrounds": partial(check_background, **drawn, same=("source", "fit")),
        "formats": partial(_format, chosen),
        "renderers": partial(_renderer, chosen),
    }


def _renderer(chosen: argparse.Namespace, name: str) -> Report:
    make = partial(registry().make_renderer, name)
    make()
    found = check_renderer(make, ANY, examples=chosen.examples or 100, scenes=chosen.scenes)
    report = Report("renderer", name)
    report.add("pictures", found.pictures)
    return report


def _format(chosen: argparse.Namespace, name: str) -> Report:
    from pgt_dsl.testing.format_readers import READERS
    from pgt_dsl.testing.formats import check_format

    if name not in registry().formats:
        raise PgtError(f"there is no format `{name}`; there are: {', '.join(sorted(registry().formats))}")
    ref = chosen.read or ""
    if not ref and name not in READERS:
        raise PgtError(f"the format `{name}` cannot be read back: give `--read package.module:function`")
    return check_format(name, load_ref(ref) if ref else READERS[name])


if __name__ == "__main__":
    sys.exit(main())
