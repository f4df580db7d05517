"""Proofs of impossibility: random specs with a planted minimal core, proved with exactly that core, and their times."""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from impossible_specs import PLANTS, impossible

from pgt_dsl.api import load
from pgt_dsl.solve.canvas import SIZE, canvas_size
from pgt_dsl.solve.explain import prove


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--specs", type=int, default=100)
    parser.add_argument("--most", type=int, default=300, help="requirements of a spec, at most")
    given = parser.parse_args()
    wrong, rows = [], dict[str, list[tuple[int, int, float]]]()
    for seed in range(given.specs):
        text, planted = impossible(seed, given.most)
        task = load(text)
        start = time.perf_counter()
        proof = prove(task.program, task.registry, canvas_size(task.program, SIZE))
        spent = time.perf_counter() - start
        found = {s.origin.line for s in proof.core or ()}
        if found != planted:
            wrong.append((seed, sorted(found), sorted(planted)))
        asked = text.count("\nrequire ")
        rows.setdefault(PLANTS[seed % len(PLANTS)].__name__, []).append((asked, len(planted), spent))
    print(f"{'planted':<10} {'specs':>5} {'requirements':>12} {'core':>9} {'median':>9} {'slowest':>9}")
    for name, held in rows.items():
        asked, sizes, times = zip(*held, strict=True)
        print(f"{name:<10} {len(held):>5} {f'{min(asked)} .. {max(asked)}':>12} {f'{min(sizes)} .. {max(sizes)}':>9} "
              f"{1e3 * statistics.median(times):>6.1f} ms {1e3 * max(times):>6.1f} ms")  # fmt: skip
    slowest = max(t for held in rows.values() for _, _, t in held)
    right = given.specs - len(wrong)
    print(f"{right} of {given.specs} proved with exactly the planted core, the slowest in {slowest:.3f} s")
    for seed, found, planted in wrong:
        print(f"seed {seed}: lines {found}, planted {planted}")
    return int(bool(wrong) or slowest >= 1)


if __name__ == "__main__":
    sys.exit(main())
