"""Plants bugs in the engine and shows which of them the checks notice.

    python -m tests.mutation --target measures --share 1/20 --journal out/mutants.jsonl
    python -m tests.mutation --target measures --journal out/mutants.jsonl --tests    # tests for what is left

Targets: measures, kinds, scene, oracle, display, reference, numba, torch; painters (display and all three), all.
The pure Python form of numba's kernels is what is mutated. It may be stopped at any time and goes on where it was when
it is called again with the same journal; verdicts on files that have changed since are made anew.
Ends with status 1 when a mutant survives that ``survivors.json`` does not explain.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

from tests.mutation.targets import PAINTERS, TARGETS


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("--target", default="all", choices=[*TARGETS, "painters", "all"])
    parser.add_argument("--share", type=Fraction, default=Fraction(1), help="of the mutants, as in 1/20")
    parser.add_argument("--seed", type=int, default=0, help="which share")
    parser.add_argument("--specs", type=int, default=1, metavar="N", help="use one in N of the shipped specs")
    parser.add_argument("--journal", type=Path, help="where verdicts are kept, one a line")
    parser.add_argument("--only", default="", help="mutants whose name holds this text")
    parser.add_argument("--tests", action="store_true", help="run the tests of a survivor's room, too")
    parser.add_argument("--report", action="store_true", help="only print what the journal holds")
    args = parser.parse_args()
    names = {"all": [*TARGETS], "painters": ["display", *PAINTERS]}.get(args.target, [args.target])
    if "numba" in names and os.environ.get("NUMBA_DISABLE_JIT") != "1":
        environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
        if len(names) == 1:
            os.execve(sys.executable, [sys.executable, "-m", "tests.mutation", *sys.argv[1:]], environment)
    from tests.mutation.run import Journal, Verdict, table

    journal = Journal(args.journal)
    verdicts: list[Verdict] = []
    for name in names:
        if name == "torch" and find_spec("torch") is None:
            print("torch is not installed: its painter is left out")
            continue
        verdicts += _target(name, journal, args)
    print(table(verdicts))
    explained = json.loads((Path(__file__).parent / "survivors.json").read_text(encoding="utf-8"))
    known = {entry["name"] for group in explained for entry in group["mutants"]}
    left = [v for v in verdicts if not v.by and v.name not in known]
    for verdict in left:
        mark = " (scenes differ)" if verdict.differs else ""
        print(f"{verdict.name} line {verdict.line}: `{verdict.was}` -> `{verdict.now}`{mark}")
    print(f"{len(left)} survivors without an explanation, {sum(not v.by for v in verdicts) - len(left)} with one")
    return 1 if left else 0


def _target(name: str, journal: object, args: argparse.Namespace) -> list:  # type: ignore[type-arg]
    from tests.mutation import run, suites, swap

    assert isinstance(journal, run.Journal)
    mutants = [m for m in run.chosen(name, float(args.share), args.seed) if args.only in m.name]
    todo = [m for m in mutants if (v := journal.get(m)) is None or (args.tests and not v.by)]
    if todo and not args.report:
        for mutant in mutants:
            swap.module_of(mutant.file)
        items = suites.painter_items(name) if name in PAINTERS else suites.scene_items(name, args.specs)
        ready = suites.measured(items)
        print(f"{name}: {len(todo)} of {len(mutants)} mutants to judge by {len(ready)} items", flush=True)
        for k, mutant in enumerate(todo):
            known = journal.get(mutant) is not None
            journal.add(run.judge(mutant, [] if known else ready, args.tests))
            if k % 100 == 99:
                print(f"  {k + 1}", flush=True)
    return [v for m in mutants if (v := journal.get(m)) is not None]


if __name__ == "__main__":
    sys.exit(main())
