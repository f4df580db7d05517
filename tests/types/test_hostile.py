"""Odd and hostile specs: a program or diagnostics, within seconds, and never another exception."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from pgt_dsl.compile import compile_source
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.report import render_all
from pgt_dsl.resources import data_path
from pgt_dsl.source import Source

GOLDEN = Path(__file__).parent / "golden"
ASK = '\nshape z: circle\nask "How many?"\n  answer count(shapes)\n'
MOST_SECONDS = 5.0


def codes(text: str, head: str = 'task "t"\n') -> set[str]:
    """The codes of what is wrong with a text (empty: it compiles); anything but a diagnostic fails the test."""
    began = time.process_time()
    try:
        compile_source(Source("t.pgt", head + text), registry())
        found: set[str] = set()
    except SpecError as error:
        assert render_all(error.diagnostics)
        assert all(d.label is not None for d in error.diagnostics)
        found = {d.code for d in error.diagnostics}
    assert time.process_time() - began < MOST_SECONDS
    return found


def chain(n: int, back: bool) -> str:
    links = ["let a0 = 1", *(f"let a{k} = a{k - 1} + 1" for k in range(1, n))]
    return "\n".join(reversed(links) if back else links)


HOSTILE = {
    "a million dots": ("shape xs: dot[1000000]", {"L610"}),
    "kinds that multiply": (
        "kind b(at: point) { shape c: dot[200] { at = at } }\nkind a(at: point) { shape b: b[200] { at = at } }\n"
        "shape x: a { at = (50vw, 50vh) }", {"L611"}),
    "kinds that double": (
        "kind k0(at: point) { shape a: dot { at = at } }\n" + "\n".join(
            f"kind k{n}(at: point) {{ shape a: k{n - 1} {{ at = at }}\nshape b: k{n - 1} {{ at = at }} }}"
            for n in range(1, 11)) + "\nshape x: k10 { at = (1vw, 1vh) }", {"L611"}),
    "a kind within itself": ("kind k(at: point) { shape s: k { at = at } }\nshape x: k { at = (1vw, 1vh) }", {"N304"}),
    "two kinds within each other": (
        "kind k(at: point) { shape s: l { at = at } }\nkind l(at: point) { shape s: k { at = at } }\n"
        "shape x: k { at = (1vw, 1vh) }", {"N304"}),
    "functions that double": (
        "def f0(x: length): length = x\n" + "\n".join(
            f"def f{n}(x: length): length = f{n - 1}(x) + f{n - 1}(x)" for n in range(1, 23))
        + "\nlet a = f22(2px)", {"L609"}),
    "a list that doubles": (
        "let a0 = [1, 2]\n" + "\n".join(f"let a{n} = a{n - 1} + a{n - 1}" for n in range(1, 30)), {"L613"}),
    "a pick over lets that double": (
        "pick n ~ 0 .. 1\nlet a0 = n\n" + "\n".join(
            f"let a{n} = a{n - 1} * 1 + a{n - 1} * 0" for n in range(1, 24))
        + "\npick m ~ a23 .. a23 + 1\nshape xs: dot[m + n]", set()),
    "five hundred lets": (chain(500, False), set()),
    "five hundred lets backwards": (chain(500, True), set()),
    "texts in texts": (
        'let a0 = "x"\n' + "\n".join(f'let a{n} = "{{a{n - 1}}}{{a{n - 1}}}"' for n in range(1, 40)),
        {"L604"}),
    "nested ifs": (
        "let a0 = red\n" + "\n".join(f"let a{n} = if z.x > {n}px then a{n - 1} else a{n - 1}" for n in range(1, 60)),
        set()),
    "an answer of nested ifs": (
        "let a0 = red\n" + "\n".join(f"let a{n} = if z.x > {n}px then a{n - 1} else a{n - 1}" for n in range(1, 60))
        + '\nask "Which?"\n  answer a59', set()),
    "a huge loop": ("shape xs: dot[200]\nrequire all(a in xs, b in xs, c in xs: true)", {"L613"}),
    "huge nested loops": (
        "shape xs: dot[200]\nrequire all(a in xs: all(b in xs: all(c in xs: a.x + b.x + c.x > 3px)))", {"L613"}),
    "a path as a module": ('use "../../etc/passwd"\nuse "/etc/passwd"\nuse "~/x.pgt"\nuse ""', {"N306"}),
    "a module that uses nothing": ('use "pgt/prelude"', set()),
    "empty lists": ("let a = []\nlet b = count([])\nlet c = [] + []\nlet d = [[], [1]]\nlet e = max([])", set()),
    "drawn from nothing": ("let a ~ []\npick b ~ []\nlet c ~ sample([], 0)", {"T204"}),
    "a negative count": ("shape xs: dot[-3]", {"T207"}),
    "no shapes": ("shape xs: dot[0]", set()),
    "a count of all shapes": ("shape xs: dot[count(shapes)]", {"N304"}),
    "a range of everything": ("let xs = [x in 0 .. 1000000: x]", {"L606"}),
    "a huge number": ("let a = 999999999px", {"L605"}),
    "words as names": (
        "let red = 1\nlet shapes = 2\nlet canvas = 3\nlet true = 4\nlet forms = 5\nlet none = 6", {"N307"}),
    "words of the host": ("let None = 1\nlet self = 2\nlet __class__ = 3\nlet lambda = 4", {"P126"}),
    "a room in itself": ("shape a: square { room = a }", set()),
    "many strata": ("\n".join(f"pick p{n} ~ 0 .. 999" for n in range(6)), set()),
    "many shapes": ("\n".join(f"shape s{n}: dot" for n in range(700)), {"L611"}),
    "division by zero": ("let a = 1 / 0\nlet b = mod(3, 0)\nshape xs: dot[round(3 / 0)]", {"T212"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    text, wanted = HOSTILE[name]
    found = codes(text + ASK)
    assert wanted <= found if wanted else not found


def specs() -> list[Path]:
    shipped = sorted(data_path("task_specs").rglob("*.pgt"))[::3][:12]
    return [*shipped, *sorted(data_path("grammar").glob("*.pgt")), *sorted(GOLDEN.glob("t21*.pgt"))[:4]]


_TOKEN = re.compile(r'"[^"\n]*"|[0-9.]+[a-z%]*|[A-Za-z_]\w*|\.\.|[=!<>]=|\s+|.', re.S)


def mutated(luck: random.Random, text: str, words: list[str]) -> str:
    """A text with one to three changes to its tokens or characters."""
    for _ in range(luck.randint(1, 3)):
        if luck.random() < 0.75:
            tokens = _TOKEN.findall(text)
            at = luck.randrange(len(tokens))
            what = luck.random()
            if what < 0.6:
                tokens[at] = luck.choice(words)
            elif what < 0.8:
                del tokens[at : at + luck.choice((1, 2, 5))]
            else:
                tokens.insert(at, luck.choice(words))
            text = "".join(tokens)
        else:
            at = luck.randrange(len(text))
            text = text[:at] + luck.choice('(){}[]=~.,:<>+-*/ 09axs"#\n') + text[at + luck.randint(0, 2) :]
    return text


@pytest.mark.parametrize("path", specs(), ids=lambda p: p.stem)
def test_mutated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = [*{t for t in _TOKEN.findall(text) if t.strip()}, "xs", "a", "shapes", "count", "[]", "red", "3",
             "2vmin", "index", "answer", "~", "=", "canvas", "true", "0", "20%", "9deg",
             "1 .. 3", "(1px, 2px)", ".x", "[0]"]  # fmt: skip
    luck = random.Random(path.stem)
    for _ in range(25):
        codes(mutated(luck, text, words), "")
