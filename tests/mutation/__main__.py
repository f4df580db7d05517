"""Plants bugs in the engine and shows which of them the checks notice.

    python -m tests.mutation --journal out/mutants.jsonl                # the planted set, whole
    python -m tests.mutation --target measures --share 1/10             # a share of a target's
    python -m tests.mutation --target scene --every --share 1/20        # of all mutants, not only the planted set

Targets: measures, kinds, scene, oracle, display, reference, numba, torch; painters (display and the three painters),
all. torch is left out where it is not installed; numba is left out, since what is planted would not be compiled anew.

Mutants are judged in stages, from the quick to the dear; the last are the tests of a mutant's room. It may be stopped
at any time and goes on where it was when it is called again with the same journal; verdicts on files that have changed
since are made anew. Ends with status 1 when a mutant survives that ``survivors.json`` does not explain.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

from tests.mutation.targets import PAINTERS, TARGETS


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("--target", default="all", choices=[*TARGETS, "painters", "all"])
    parser.add_argument("--every", action="store_true", help="all mutants, not only the planted set")
    parser.add_argument("--share", type=Fraction, default=Fraction(1), help="of the mutants, as in 1/20")
    parser.add_argument("--seed", type=int, default=0, help="which share")
    parser.add_argument("--specs", type=int, default=4, metavar="N", help="use one in N of the shipped specs")
    parser.add_argument("--journal", type=Path, help="where verdicts are kept, one a line")
    parser.add_argument("--only", default="", help="mutants whose name holds this text")
    parser.add_argument("--no-tests", action="store_true", help="leave out the tests of a survivor's room")
    parser.add_argument("--again", action="store_true", help="judge survivors again")
    parser.add_argument("--report", action="store_true", help="only print what the journal holds")
    args = parser.parse_args()
    names = {"all": [*TARGETS], "painters": ["display", *PAINTERS]}.get(args.target, [args.target])
    with tempfile.TemporaryDirectory() as folder:
        args.journal = args.journal or Path(folder) / "journal.jsonl"
        args.journal.parent.mkdir(parents=True, exist_ok=True)
        return _run(names, args)


def _run(names: Sequence[str], args: argparse.Namespace) -> int:
    from tests.mutation import report, run

    journal = run.Journal(args.journal)
    planted = []
    for name in names:
        if name == "torch" and find_spec("torch") is None:
            print("torch is not installed: its painter is left out")
            continue
        if name == "numba":
            print("numba: left out, its kernels are compiled")
            continue
        chosen = [p for p in run.chosen(name, float(args.share), args.seed, args.every) if args.only in p.mutant.name]
        planted += chosen
        if not args.report:
            run.judge_all(name, [p.mutant for p in chosen], journal, args.specs, not args.no_tests, args.again)
    return report.told(planted, journal)


if __name__ == "__main__":
    sys.exit(main())
