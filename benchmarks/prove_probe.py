"""10,000 questions to a server that fails half of the time, through two kills and a full disk: is anything lost?

    python benchmarks/prove_probe.py            # 10,000 questions, some minutes
    python benchmarks/prove_probe.py --quick    # 400

The server answers right to 70 % of the questions, which are chosen by their hash; every second request ends in a 500, a
429, a dropped connection or a reply without a message. ``pgt probe`` is killed (SIGKILL) at a third and at two thirds,
and in between its disk is full (a limit of the system on the size of its files). Counted are questions that the server
answered more than once after their reply was in the journal, replies that are not in it, and the accuracy that comes
out. Of what is under way at a kill (16 questions) nobody can know the reply, so it is asked again and told apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from pgt_dsl.api import load_all
from pgt_dsl.dataset.build import build
from pgt_dsl.plugins.registry import registry
from pgt_dsl.probe.question import open_questions
from pgt_dsl.resources import data_path
from pgt_dsl.scoring.subject import asked
from tests.probe.server import Ask, Server, seen

AT_ONCE = 16
THOUGHT = "It may be. " * 20


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="400 questions")
    count = 400 if parser.parse_args(argv).quick else 10_000
    with tempfile.TemporaryDirectory() as name:
        return prove(Path(name), count)


def prove(folder: Path, count: int) -> int:
    specs = [data_path("task_specs") / f"{name}.pgt" for name in ("spatial/left_of", "counting/all", "size/larger")]
    build(load_all(specs), count, folder / "data", size=64, styles={"short": 1, "options": 1})
    known: dict[Ask, str] = {}
    for question in open_questions(folder / "data", registry()):
        about = asked(question.row, question.ask).ask
        ask = seen(list(question.images), question.text)
        letters = asked(question.row, question.ask).style == "options"
        known[ask] = "ABCDEFGHIJ"[about.correct or 0] if letters else about.text
    able = {ask for ask in known if int(ask[0][:8], 16) % 10 < 7}

    def answer(ask: Ask) -> str:
        return f"<think>{THOUGHT}</think>{known[ask]}" if ask in able else "I cannot tell."

    began = time.monotonic()
    with Server(answer, failing=0.5) as server:
        killed = _killed(folder, server, count // 3)
        full = _run(folder, server, limit=_size(folder) + 1_400_000 + 120 * count)
        killed += _killed(folder, server, 2 * count // 3)
        runs = 0
        while (code := _run(folder, server)) and runs < 20:
            runs += 1
    summary = json.loads((folder / "out/summary.json").read_text())["all"]
    twice = sum(times - 1 for times in server.answered.values())
    right = sum(1 for ask in known if ask in able)
    ok = (
        code == 0 and summary["asked"] == count == len(server.answered) and twice <= 2 * AT_ONCE
        and summary["right"] == right and killed == 2 and full
    )  # fmt: skip
    print(f"{'ok' if ok else 'FAULTY'}: {count:,} questions, {server.requests:,} requests, {killed} kills, "
          f"{'a full disk' if full else 'the disk was never full'}; {summary['asked']:,} replies in the journal, "
          f"{twice} questions answered twice (at most {2 * AT_ONCE} were under way at the kills), "
          f"{summary['right']:,} right of {right:,} that the server knows; "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    return int(not ok)


def _command(folder: Path, server: Server) -> list[str]:
    return [sys.executable, "-m", "pgt_dsl.cli.main", "probe", str(folder / "data"), "-m", server.url, "--name", "m",
            "-o", str(folder / "out"), "-q", "--at-once", str(AT_ONCE), "--reply-tokens", "64"]  # fmt: skip


def _size(folder: Path) -> int:
    """The bytes of the lines that are in the journal."""
    path = folder / "out/replies.jsonl"
    return len(path.read_bytes().rstrip(b"\0")) if path.exists() else 0


def _killed(folder: Path, server: Server, at: int) -> int:
    """Start, and kill when the server has answered so many questions; 1 when it was still at work."""
    process = subprocess.Popen(_command(folder, server), stderr=subprocess.DEVNULL)
    while len(server.answered) < at and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    return int(process.wait() == -signal.SIGKILL)


def _run(folder: Path, server: Server, limit: int | None = None) -> Any:
    """Run to the end; with a limit on the size of files whether that stopped it."""

    def bound() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(_command(folder, server), capture_output=True, text=True, preexec_fn=bound, check=False)
    if limit is None:
        return done.returncode
    return done.returncode == 1 and "there is no room" in " ".join(done.stderr.split())


if __name__ == "__main__":
    sys.exit(main())
