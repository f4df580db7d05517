"""The ledger of planted bugs: it holds no survivor without a reason, and most of the set is judged."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation import ledger as ledgers
from tests.mutation.ledger import LEDGER, Ledger, Verdict, source_hash
from tests.mutation.operators import ROOT, Mutant, mutants
from tests.mutation.planted import planted_set
from tests.mutation.report import OPEN, Row, explained, rows_of, table
from tests.mutation.targets import TARGETS

JUDGED = 0.5  # of the planted set at least: what is stale after a change is judged again before it is less


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The whole planted set, with what the ledger in the source tree says."""
    return rows_of([p for target in TARGETS for p in planted_set(target)], Ledger(LEDGER))


def test_no_survivor_is_without_an_explanation(rows: list[Row]) -> None:
    """One that no stage noticed is killed by a new check or test, or told in ``survivors.json``."""
    assert [row.planted.mutant.name for row in rows if row.state == "left"] == []


def test_most_of_the_planted_set_is_judged(rows: list[Row]) -> None:
    count = Counter(row.state for row in rows)
    open_ = {state: count[state] for state in ("stale", "partly", "unjudged")}
    if any(open_.values()):
        told = ", ".join(f"{number} {state}" for state, number in open_.items())
        warnings.warn(f"of {len(rows)} planted bugs are {told}: python -m tests.mutation", stacklevel=1)
    assert sum(open_.values()) <= (1 - JUDGED) * len(rows), open_


def test_explained_survivors_are_survivors(rows: list[Row]) -> None:
    """A reason is for what was judged and not noticed; one that is noticed by now needs none."""
    known = explained()
    noticed = [row for row in rows if row.planted.mutant.name in known and row.state not in OPEN]
    assert [f"{row.planted.mutant.name}: {row.state}" for row in noticed] == []


def test_the_ledger_is_in_order_and_names_no_machine() -> None:
    lines = LEDGER.read_text(encoding="utf-8").splitlines()
    found = Ledger(LEDGER).found
    assert [verdict.line() for _, verdict in sorted(found.items())] == lines
    assert not [line for line in lines if str(ROOT) in line or '"how": "/' in line]


# how it is kept ---------------------------------------------------------------------------------------------


def one() -> Mutant:
    return mutants("pgt_dsl/geometry/measures.py")[0]


def verdict(**said: object) -> Verdict:
    return replace(Verdict(one().name, source=source_hash(one())), **said)  # type: ignore[arg-type]


def test_a_verdict_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = verdict(asked=("functions and kinds", "oracle"), differs=True)
    Ledger(tmp_path / "l.jsonl").add(made)
    assert Ledger(tmp_path / "l.jsonl").get(one()) == made


def test_the_last_verdict_counts_and_a_line_that_was_cut_off_does_not(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    kept = Ledger(path)
    for by in ("", "specs"):
        kept.add(verdict(by=by))
    with path.open("a", encoding="utf-8") as out:
        out.write(kept.found[one().name].line()[:-9])
    read = Ledger(path)
    assert read.found == {one().name: verdict(by="specs")}
    read.tidy()
    assert path.read_text(encoding="utf-8") == verdict(by="specs").line() + "\n"


def test_mutants_that_are_gone_are_left_out_of_a_tidy_ledger(tmp_path: Path) -> None:
    kept = Ledger(tmp_path / "l.jsonl")
    kept.add(verdict())
    kept.add(Verdict("pgt_dsl/geometry/measures.py::gone#sign.1"))
    kept.tidy([one().name])
    assert set(Ledger(tmp_path / "l.jsonl").found) == {one().name}


def test_a_changed_function_makes_its_verdicts_stale_and_comments_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"a.py": "def f(x):\n    return x + 1\n\n\nB = 2 + 3\n"}
    mutant = Mutant("a.py", "f", "arithmetic", 1, "x + 1", "x - 1", 2)
    other = Mutant("a.py", "", "arithmetic", 1, "2 + 3", "2 - 3", 5)

    def hashes(text: str, line: int) -> tuple[str, str]:
        monkeypatch.setitem(texts, "a.py", text)
        for memo in (ledgers._tree, ledgers._hashes, ledgers._statement):
            memo.cache_clear()
        return source_hash(mutant), source_hash(replace(other, line=line))

    monkeypatch.setattr(ledgers, "source_text", texts.__getitem__)
    before = hashes(texts["a.py"], 5)
    assert hashes("# A comment.\ndef f(x):\n    return x + 1  # and one\n\n\nB = 2 + 3\n", 6) == before
    changed = hashes("def f(x):\n    return x + 1.5\n\n\nB = 2 + 3\n", 5)
    assert (changed[0] != before[0], changed[1] == before[1]) == (True, True)
    for memo in (ledgers._tree, ledgers._hashes, ledgers._statement):
        memo.cache_clear()


def test_states_are_told_apart() -> None:
    planted = [p for p in planted_set("measures") if p.mutant.function][:4]
    kept = Ledger(None)
    names = [p.mutant.name for p in planted]
    kept.add(Verdict(names[0], "specs", source=source_hash(planted[0].mutant)))
    kept.add(Verdict(names[1], source=source_hash(planted[1].mutant), asked=("functions and kinds",)))
    kept.add(Verdict(names[2], source="another"))
    found = rows_of(planted, kept)
    assert [row.state for row in found] == ["specs", "partly", "stale", "unjudged"]
    told = table(found).splitlines()
    assert told[0] == f"| target | planted | specs | no change | {' | '.join(OPEN)} |"
    assert told[2] == "| measures | 4 | 1 | 0 | 0 | 0 | 1 | 1 | 1 |"
