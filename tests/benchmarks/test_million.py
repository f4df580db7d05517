"""The proof that can be stopped: what is done is not done again, a half line is, and another plan is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import prove_million
from benchmarks.prove_scenes import Job, Outcome, prove
from pgt_dsl.resources import data_path

SPECS = [str(data_path("task_specs") / name) for name in ("spatial/left_of.pgt", "size/larger.pgt")]


def run(journal: Path, *more: str, scenes: str = "48") -> int:
    return prove_million.main(["--scenes", scenes, "--chunk", "8", "--size", "64", "--workers", "1", "--journal",
                               str(journal), *more, "--specs", *SPECS])  # fmt: skip


def test_it_goes_on_where_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    journal, did = tmp_path / "j.jsonl", []

    def counted(job: Job) -> Outcome:
        did.append(prove_million.key(job))
        if len(did) == 4:
            raise KeyboardInterrupt
        return prove(job)

    monkeypatch.setattr(prove_million, "prove", counted)
    assert run(journal) == 130
    kept = journal.read_bytes()
    journal.write_bytes(kept[:-20])  # as a kill leaves it
    assert run(journal) == 0
    assert len(did) == 4 + 4 and did[4] == did[2] and len(set(did)) == 6
    said = capsys.readouterr().out
    assert "ok: 48 scenes of 2 specs" in said and "0 disagreements" in said and "0 deviations of quotas" in said
    assert run(journal) == 0 and len(did) == 8
    with pytest.raises(SystemExit, match="another proof"):
        run(journal, scenes="32")
    assert run(journal, "--restart", scenes="16") == 0 and len(did) == 10


def test_faults_are_counted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(job: Job) -> Any:
        return Outcome("t", job.scenes, 1.0, 2, 1, 0.5, tuple(f"fault {k}" for k in range(9)), 1, 1, 1)

    monkeypatch.setattr(prove_million, "prove", faulty)
    assert run(tmp_path / "j.jsonl", scenes="16") == 1
    entry = json.loads((tmp_path / "j.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert entry["faults"] == 9 and len(entry["outcome"]["faults"]) == 5
    assert run(tmp_path / "j.jsonl", scenes="16") == 1
