"""Plants bugs in the engine and shows which of them the checks notice.

    python -m tests.mutation                                            # the planted set, whole
    python -m tests.mutation --target measures --share 1/10             # a share of a target's
    python -m tests.mutation --report                                   # only what is known
    python -m tests.mutation --every --share 1/20 --ledger out/m.jsonl  # of all mutants, not only the planted set

Targets: measures, kinds, scene, oracle, display, reference, numba, torch; painters (display and the three painters),
all. torch is left out where it is not installed; the kernels of numba run as plain Python, on small pictures.

Mutants are judged in stages, from the quick to the dear; one is the tests of a mutant's room. It may be stopped
at any time and goes on where it was when it is called again: verdicts are kept in ``ledger.jsonl`` (``--ledger``: in
another file, and those of the tree are read), and those on functions that have changed since are made anew. Ends with
status 1 when a mutant survives that ``survivors.json`` does not explain.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

from tests.mutation import kernels
from tests.mutation.ledger import LEDGER, Ledger
from tests.mutation.operators import mutants
from tests.mutation.targets import PAINTERS, TARGETS, files


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("--target", default="all", choices=[*TARGETS, "painters", "all"])
    parser.add_argument("--every", action="store_true", help="all mutants, not only the planted set")
    parser.add_argument("--share", type=Fraction, default=Fraction(1), help="of the mutants, as in 1/20")
    parser.add_argument("--seed", type=int, default=0, help="which share")
    parser.add_argument("--specs", type=int, default=4, metavar="N", help="use one in N of the shipped specs")
    parser.add_argument("--ledger", type=Path, default=LEDGER, help="where verdicts are kept; those of the tree")
    parser.add_argument("--anew", action="store_true", help="with --ledger: nothing of the ledger of the tree")
    parser.add_argument("--only", default="", help="mutants whose name holds this text")
    parser.add_argument("--stages", type=int, metavar="N", help="only the first N stages, the quick ones")
    parser.add_argument("--again", action="store_true", help="judge survivors again")
    parser.add_argument("--report", action="store_true", help="only print what is known")
    args = parser.parse_args()
    names = {"all": [*TARGETS], "painters": ["display", *PAINTERS]}.get(args.target, [args.target])
    return _run(names, args)


def _run(names: Sequence[str], args: argparse.Namespace) -> int:
    from tests.mutation import report, run

    args.ledger.parent.mkdir(parents=True, exist_ok=True)
    where = args.ledger, [] if args.anew or args.ledger == LEDGER else [LEDGER]
    ledger = Ledger(*where)
    planted = []
    for name in names:
        chosen = [p for p in run.chosen(name, float(args.share), args.seed, args.every) if args.only in p.mutant.name]
        planted += chosen
        if args.report:
            continue
        if name == "torch" and find_spec("torch") is None:
            print("torch is not installed: its painter is left out")
        elif name == "numba" and not kernels.interpreted():
            _interpreted()
            ledger = Ledger(*where)
        else:
            run.judge_all(name, [p.mutant for p in chosen], ledger, args.specs, args.stages, args.again)
    if not args.report:
        ledger.tidy([m.name for target in TARGETS for file in files(target) for m in mutants(file)])
    return report.told(planted, ledger)


def _interpreted() -> None:
    """Judge the numba painter, with what else was asked for, in a process that compiles nothing."""
    sys.stdout.flush()
    whole = [sys.executable, "-m", "tests.mutation", *sys.argv[1:], "--target", "numba"]  # the last target counts
    subprocess.run(whole, env={**os.environ, kernels.SWITCH: "1"}, check=False)


if __name__ == "__main__":
    sys.exit(main())
