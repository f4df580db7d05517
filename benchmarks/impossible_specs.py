"""Impossible specs at random: a planted minimal set of requirements that contradict each other, among harmless ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

Lines = list[str]
Made = tuple[Lines, Lines]  # declarations, the core's requirements


def chain(rng: random.Random) -> Made:
    """Shapes in a row whose gaps and sizes are wider than the picture, but not without any one of them."""
    count = rng.randint(3, 6)
    size = rng.uniform(4, 8)
    names = [f"c{k}" for k in range(count)]
    free = 100 - count * size
    least = free / (count - 1) * rng.uniform(1.02, 1.15)
    axis = rng.choice([("left", "right"), ("top", "bottom")])
    shapes = [f"shape {n}: square {{ size = {size:.3f}vmin }}" for n in names]
    return shapes, [f"require {axis[0]}({b}) - {axis[1]}({a}) >= {least:.3f}vmin" for a, b in pairwise(names)]


def circle(rng: random.Random) -> Made:
    """Each to the left of the next, and the last to the left of the first."""
    count = rng.randint(2, 7)
    names = [f"o{k}" for k in range(count)]
    word = rng.choice(["left_of", "above", "right_of", "below"])
    shapes = [f"shape {n}: circle {{ radius ~ 2vmin .. 5vmin }}" for n in names]
    return shapes, [f"require {word}({a}, {b})" for a, b in zip(names, names[1:] + names[:1], strict=True)]


def total(rng: random.Random) -> Made:
    """Numbers that must each be large while their sum is small."""
    count = rng.randint(2, 6)
    names = [f"t{k}" for k in range(count)]
    floor = rng.randint(3, 7)
    lets = [f"let {n} ~ 0 .. 10" for n in names]
    return lets, [
        *(f"require {n} >= {floor}" for n in names),
        f"require {' + '.join(names)} < {floor * count}",
    ]


def counts(rng: random.Random) -> Made:
    """More of one colour than is left beside another."""
    n = rng.randint(4, 8)
    some = rng.randint(2, n - 1)
    rest = n - some + 1
    return [f"shape xs: circle[{n}] {{ radius = 2vmin }}"], [
        f"require count(x in xs where x.color == red) >= {some}",
        f"require count(x in xs where x.color != red) >= {rest}",
    ]


def distances(rng: random.Random) -> Made:
    """Near to one that is far from the other, and near to the other."""
    near = rng.uniform(10, 20)
    far = rng.uniform(2 * near + 1, near + 25)
    return ["shape d: circle { radius ~ 2vmin .. 4vmin }", "shape e: circle { radius ~ 2vmin .. 4vmin }"], [
        f"require abs(d.x - 50vw) <= {near:.3f}vmin", f"require abs(e.x - 50vw) <= {near:.3f}vmin",
        f"require abs(d.x - e.x) >= {far:.3f}vmin",
    ]  # fmt: skip


def sizes(rng: random.Random) -> Made:
    """A ratio of sizes that the sizes do not allow."""
    low = rng.uniform(8, 10)
    return ["shape g: square { size ~ 5vmin .. 20vmin }", "shape h: square { size ~ 5vmin .. 20vmin }"], [
        f"require g.size >= {low:.3f}vmin", f"require h.size / g.size >= {rng.uniform(2.6, 3.5):.3f}",
    ]  # fmt: skip


def cases(rng: random.Random) -> Made:
    """Two cases, each of which one requirement excludes."""
    cut = rng.uniform(3, 6)
    return ["let u ~ 0.0 .. 10.0", "let v ~ 0.0 .. 10.0"], [
        f"require u > {cut + 1:.3f} or v > {cut + 2:.3f}", f"require u < {cut:.3f}", f"require v < {cut:.3f}",
    ]  # fmt: skip


PLANTS: tuple[Callable[[random.Random], Made], ...] = (chain, circle, total, counts, distances, sizes, cases)


def harmless(rng: random.Random, count: int) -> Made:
    """Requirements about other things, all of which can hold together."""
    lines, asked = [], []
    for k in range(count):
        kind = k % 5
        if kind == 0:
            lines.append(f"let f{k} ~ 0 .. 20")
            asked.append(f"require f{k} <= {rng.randint(5, 20)}")
        elif kind == 1:
            lines.append(f"shape f{k}: circle {{ radius ~ 1vmin .. 3vmin }}")
            asked.append(f"require f{k}.radius > {rng.uniform(1, 2.5):.2f}vmin")
        elif kind == 2:
            asked.append(
                f"require f{k - 1}.x < {rng.uniform(30, 90):.2f}vw or f{k - 1}.y < {rng.uniform(30, 90):.2f}vh"
            )
        elif kind == 3:
            asked.append(f"require distance(f{k - 2}.at, (50vw, 50vh)) <= {rng.uniform(30, 60):.2f}vmin")
        else:
            asked.append(f"require f{k - 4} + 1 > {rng.randint(0, 4)} and f{k - 3}.color != red")
    return lines, asked


def impossible(seed: int, most: int) -> tuple[str, set[int]]:
    """A spec with at most ``most`` requirements, and the numbers of the lines of its planted core."""
    rng = random.Random(seed)
    declared, core = PLANTS[seed % len(PLANTS)](rng)
    more, asked = harmless(rng, rng.randint(5, most - len(core)))
    requirements = [*core, *asked]
    rng.shuffle(requirements)
    lines = ['task "test/impossible"', *declared, *more, *requirements]
    numbers = {k + 1 for k, line in enumerate(lines) if line in core}
    lines += ['shape last: circle { radius = 1vmin, label = "Z" }', 'ask "How many?"', "  answer count(shapes)"]
    return "\n".join(lines) + "\n", numbers
