"""The texts of the shipped modules in the language, by the name after ``pgt/``."""

from __future__ import annotations

from pgt_dsl.resources import module_text


def prelude() -> str:
    """Everyday relations, which every task sees."""
    return module_text("prelude.pgt")


def dials() -> str:
    """Clocks, gauges, rulers, bars."""
    return module_text("dials.pgt")


def dice() -> str:
    """Dice."""
    return module_text("dice.pgt")


def ground() -> str:
    """A level camera above flat ground."""
    return module_text("ground.pgt")


def panels() -> str:
    """Two panels side by side."""
    return module_text("panels.pgt")


def mazes() -> str:
    """Mazes on a grid of cells."""
    return module_text("mazes.pgt")


def things() -> str:
    """Everyday things seen from the side."""
    return module_text("things.pgt")


def charts() -> str:
    """Tables, axes, lines of charts, keys."""
    return module_text("charts.pgt")


def patterns() -> str:
    """Surfaces with a pattern."""
    return module_text("patterns.pgt")


def palettes() -> str:
    """Lists of colours for special ends."""
    return module_text("palettes.pgt")
