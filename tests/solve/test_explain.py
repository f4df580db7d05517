"""Proofs of impossibility: exactly the planted core, minimal by deletion, told with lines, sums and loosenings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pgt_dsl.api import load
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.pipeline import open_photos
from pgt_dsl.dataset.sizes import sizes_of
from pgt_dsl.dataset.worker import Job, Setup, Worker
from pgt_dsl.report import render_text
from pgt_dsl.solve.canvas import canvas_size
from pgt_dsl.solve.explain import Impossible, prove, prove_at_any_size
from pgt_dsl.solve.verdict import verdict
from pgt_dsl.solve.words import diagnostics

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from impossible_specs import PLANTS, impossible

ASK = 'ask "How many?"\n  answer count(shapes)\n'
THREE = "shape a: circle\nshape b: circle\nshape c: circle\n"


def task(body: str, ask: str = ASK):
    return load(f'task "x/y"\n{body}\n{ask}')


def proved(body: str, ask: str = ASK):
    made = task(body, ask)
    return made, prove_at_any_size(made.program, made.registry, canvas_size(made.program, 336))


def report(body: str, ask: str = ASK) -> str:
    made, proof = proved(body, ask)
    return "\n".join(render_text(d) for d in diagnostics(proof, made.source))


@pytest.mark.parametrize("seed", range(100))
def test_a_planted_core_is_found(seed):
    text, planted = impossible(seed, 60)
    made = load(text)
    proof = prove(made.program, made.registry, canvas_size(made.program, 336))
    assert proof.core is not None
    assert {s.origin.line for s in proof.core} == planted
    for left_out in proof.core:  # minimal: the rest is not refuted
        assert not proof.contractor.refuted([s for s in proof.core if s is not left_out])


@pytest.mark.parametrize("plant", PLANTS, ids=lambda p: p.__name__)
def test_a_plant_less_one_line_has_scenes(plant):
    """What is planted is minimal in truth, not only for the prover: without a line there is a scene."""
    import random

    declared, core = plant(random.Random(3))
    for k in range(len(core)):
        made = task("\n".join([*declared, *core[:k], *core[k + 1 :], "shape z: circle { radius = 1vmin }"]))
        found = verdict(made.program, made.registry)
        assert found.what in ("feasible", "not found")


@pytest.mark.parametrize(
    "body",
    [
        "require distance(a, b) > 60vmin",
        "require left_of(a, b) and left_of(b, c)",
        "require gap_x(a, b) >= 30vmin and gap_x(b, c) >= 20vmin",
        "require apart([a, b, c]) >= 20vmin",
        "require a.x < 20vw or a.x > 80vw\nrequire a.x > 15vw",
        "require some(s in [a, b, c]: s.color == red) and count(s in [a, b, c] where s.color == red) < 3",
        "require abs(a.x - b.x) >= 70vmin",
    ],
)
def test_what_is_possible_is_not_refuted(body):
    made, proof = proved(THREE + body)
    assert not proof.found
    assert not diagnostics(proof, made.source)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("require left_of(a, b)\nrequire a.color == red\nrequire left_of(b, a)", {5, 7}),
        ("require a.x < 10vw\nrequire a.y < 50vh\nrequire a.x >= 10vw", {5, 7}),
        ("require a.color == red\nrequire a.color in [blue, green]", {5, 6}),
        ("require not (a.radius < 11vmin)", {5}),
        ("require all(s in [a, b, c]: s.radius > 7vmin)\nrequire some(s in [a, b, c]: s.radius < 6vmin)", {5, 6}),
        ("require gap_x(a, b) > 40vmin\nrequire gap_x(b, c) > 40vmin\nrequire gap_x(c, a) > 40vmin", {5, 6, 7}),
        ("require a.radius + b.radius + c.radius < 12vmin", {5}),
        ("require inside(a, canvas, 47vmin)", {5}),
        ("require count(s in [a, b, c] where s.color == red) == 2\nrequire a.color != red\nrequire b.color != red",
         {5, 6, 7}),
    ],
)  # fmt: skip
def test_cores(body, lines):
    _, proof = proved(THREE + body)
    assert proof.core is not None
    assert {s.origin.line for s in proof.core} == lines


def test_a_sum_is_told_with_what_would_be_possible():
    said = report(THREE + "require b.left - a.right >= 40vmin\nrequire c.left - b.right >= 40vmin")
    assert "error[S501]: these 2 can never hold in one scene" in said
    assert "= 104vmin, but there is only 100vmin" in said
    assert "at most 36vmin is possible here" in said
    assert said.count("cannot hold with the rest") == 2


def test_values_that_can_never_be():
    sizes = "shape a: circle { radius ~ 4vmin .. 6vmin }\nshape b: circle { radius ~ 7vmin .. 9vmin }"
    said = report(sizes, 'ask "Which is larger, {a} or {b}?"\n  answer largest([a, b]) even\n')
    assert "error[S505]: no scene can have `a` as the answer" in said
    said = report(sizes, 'ask "Is {a} larger than {b}?"\n  answer a.radius > b.radius even\n')
    assert "error[S505]: no scene can have the answer yes" in said
    said = report("pick n ~ 1 .. 5\nshape xs: circle[n]\nrequire count(xs) > 2")
    assert not said  # requirements on picks alone rule out values on purpose
    said = report("pick n ~ 1 .. 5\nlet k ~ 2 .. 3\nshape xs: circle[n]\nrequire count(xs) > k")
    assert "error[S505]: no scene can have `n` = 1 or `n` = 2" in said


def test_a_combination_that_can_never_be():
    said = report(
        "pick big ~ coin\npick n ~ 1 .. 2\nshape xs: circle[2] { radius ~ 1vmin .. 40vmin }\n"
        "require (xs[0].radius > 30vmin) == big\nrequire n == 1 or xs[0].radius < 20vmin"
    )
    assert "no scene can have `big` = yes with `n` = 2" in said


def test_the_picture_size_is_no_proof():
    """Lengths in px are compared on the canvas at hand; another one may have room."""
    _, proof = proved(THREE + "require gap_x(a, b) > 500px")
    assert not proof.found
    made = task("canvas 300px by 300px\n" + THREE + "require gap_x(a, b) > 500px")
    assert prove_at_any_size(made.program, made.registry, canvas_size(made.program, 336)).core is not None


def test_verdicts():
    made = task(THREE + "require distance(a, b) > 300vmin")
    assert verdict(made.program, made.registry).what == "impossible"
    made = task(THREE + "require left_of(a, b)")
    found = verdict(made.program, made.registry)
    assert (found.what, found.witness) == ("feasible", 0)
    made = task("shape xs: circle[40]\nrequire apart(xs) >= 12vmin")
    found = verdict(made.program, made.registry)
    assert found.what == "not found"
    assert found.report is not None and found.report.attempts == 64


def test_the_command_tells_it(tmp_path, capsys):
    spec = tmp_path / "a.pgt"
    spec.write_text(f'task "x/y"\n{THREE}require gap_x(a, b) >= 90vmin\n{ASK}', encoding="utf-8")
    assert run(["check", "--json", str(spec)]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["code"], found["line"], found["severity"]) == ("S501", 5, "error")
    spec.write_text(f'task "x/y"\nshape xs: circle[40]\nrequire apart(xs) >= 12vmin\n{ASK}', encoding="utf-8")
    assert run(["check", str(spec)]) == 0
    capsys.readouterr()
    assert run(["check", "--solve", "--json", str(spec)]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["code"], found["severity"], found["line"]) == ("S506", "warning", 3)


def test_sampling_an_impossible_task_says_why():
    made = task(THREE + "require left_of(a, b)\nrequire left_of(b, a)")
    with pytest.raises(Impossible, match=r"error\[S501\]: these 2 can never hold in one scene\n.*:5: require"):
        made.sample()
    setup = Setup((made.program,), made.registry, open_photos(None), 0, sizes_of(336), ({"short": 1.0},), None)
    assert "error[S501]" in Worker(setup).run(Job(0, 0, 4)).error


def test_proving_draws_nothing(tmp_path):
    """`pgt check` stays fast: a proof imports no arrays."""
    spec = tmp_path / "a.pgt"
    spec.write_text(f'task "x/y"\n{THREE}require gap_x(a, b) >= 90vmin\n{ASK}', encoding="utf-8")
    script = (f"import sys; from pathlib import Path; from pgt_dsl.cli.check import check_paths\n"
              f"assert check_paths((Path({str(spec)!r}),))[1]; print('numpy' in sys.modules)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
