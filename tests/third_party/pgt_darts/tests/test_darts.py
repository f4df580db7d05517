"""The suites of pgt-dsl on everything that this plugin gives."""

from pgt_darts.writer import read

from pgt_dsl.testing.backgrounds import check_background
from pgt_dsl.testing.formats import check_format
from pgt_dsl.testing.kinds import check_kind
from pgt_dsl.testing.measures import check_function


def test_the_kind() -> None:
    check_kind("dart", examples=20)


def test_the_measures() -> None:
    check_function("tip_angle", kinds=("dart",), examples=15)
    check_function("hits", kinds={"d": ("dart",), "target": ("circle", "rect", "dart")}, examples=15)


def test_the_background() -> None:
    check_background("ruled", examples=15)


def test_the_format() -> None:
    check_format("lines", read, kills=2)
