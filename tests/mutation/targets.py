"""What is mutated: the files of each target, and the tests of the rooms that are asked last."""

from __future__ import annotations

TARGETS: dict[str, tuple[str, ...]] = {
    "measures": (
        "geometry/measures", "geometry/distance", "geometry/lines", "geometry/hulls", "geometry/arrangements",
        "geometry/unions", "geometry/color", "program/functions", "program/photo_functions", "program/graphs",
        "program/lists", "program/loops", "program/ops",
        "program/shapes", "program/margins", "program/list_margins", "program/evaluate", "program/running",
    ),
    "kinds": (
        "geometry/outlines", "geometry/loops", "geometry/forms", "geometry/pieces", "geometry/outline",
        "program/outlines",
    ),
    "scene": (
        "scene/options", "scene/asking", "scene/phrases", "scene/parse_answer", "scene/answers", "scene/rows",
        "program/formats", "program/phrase_reading", "scene/assemble",
    ),
    "oracle": (
        "geometry/oracle", "geometry/oracle_functions", "geometry/oracle_lines", "geometry/oracle_outlines",
        "geometry/oracle_photos", "program/oracle_photos", "program/oracle_graphs",
        "program/oracle_plain", "program/oracle_ops", "program/oracle_values", "program/oracle_verdict",
        "program/oracle_shapes", "program/oracle_plan", "program/oracle_eval", "scene/certify", "scene/certify_laws",
        "scene/certify_phrases", "scene/certify_texts", "scene/certify_words", "geometry/oracle_cores",
        "dataset/pixel_check",
    ),
    "display": ("paint/scene_display", "paint/columns", "paint/shapes", "paint/labels", "paint/pool"),
    "reference": ("paint/reference",),
    "numba": (
        "paint/numba_edges", "paint/numba_rows", "paint/numba_discs", "paint/numba_items", "paint/numba_outlines",
        "paint/numba_blend", "paint/numba_renderer",
    ),
    "torch": ("paint/torch_painter", "paint/torch_layers", "paint/torch_sides", "paint/torch_spans"),
}  # fmt: skip
PAINTERS = ("reference", "numba", "torch")

TESTS: dict[str, tuple[str, ...]] = {
    "geometry/oracle": ("tests/oracle/test_oracle_geometry.py", "tests/oracle/test_area_tolerance.py"),
    "geometry/oracle_cores": ("tests/oracle/test_boxes.py", "tests/oracle/test_oracle_geometry.py"),
    "geometry/color": ("tests/geometry/test_color.py",),
    "geometry/lines": ("tests/geometry/test_lines.py",),
    "geometry/unions": ("tests/geometry/test_unions.py",),
    "geometry/measures": ("tests/geometry/test_functions.py", "tests/geometry/test_distance.py"),
    "geometry/outline": ("tests/geometry/test_outlines.py", "tests/geometry/test_pieces.py"),
    "geometry": ("tests/geometry",),
    "program/oracle": ("tests/oracle",),
    "program/functions": ("tests/geometry/test_functions.py", "tests/program/test_undefined_calls.py"),
    "program/margins": ("tests/program/test_margins.py",),
    "program/list_margins": ("tests/program/test_margins.py",),
    "program": ("tests/program", "tests/geometry/test_functions.py"),
    "scene/certify": ("tests/oracle/test_certify.py", "tests/scene/test_phrase_reading.py"),
    "scene/certify_texts": ("tests/oracle/test_certify_texts.py",),
    "scene/certify_words": ("tests/oracle/test_certify_texts.py",),
    "scene/options": ("tests/scene/test_options.py",),
    "scene/asking": ("tests/scene/test_asking.py", "tests/scene/test_coordinates.py"),
    "scene/phrases": ("tests/scene/test_phrase_reading.py", "tests/scene/test_english.py"),
    "scene/parse_answer": ("tests/scene/test_parse_answer.py",),
    "scene/answers": ("tests/scene/test_options.py", "tests/scene/test_parse_answer.py"),
    "scene": ("tests/scene/test_assemble.py", "tests/scene/test_columns.py", "tests/oracle/test_paint_order.py"),
    "program/formats": ("tests/scene/test_formats.py", "tests/scene/test_english.py"),
    "program/phrase_reading": ("tests/scene/test_phrase_reading.py",),
    "paint": ("tests/paint/test_scene_display.py",),
    "paint/pool": ("tests/paint/test_pool.py",),
    "paint/reference": ("tests/paint/test_reference.py",),
    "paint/numba": (),  # compiled, as its tests are about
    "paint/torch": ("tests/paint/test_torch.py",),
    "dataset": ("tests/dataset/test_pixel_check.py",),
}
"""Tests by how the names of the files begin that they are about; the longest beginning counts."""


def files(target: str) -> list[str]:
    """The files of a target from the root of the source tree; ``painters`` and ``all`` are several targets."""
    if target == "all":
        names = [name for group in TARGETS.values() for name in group]
    elif target == "painters":
        names = [name for painter in ("display", *PAINTERS) for name in TARGETS[painter]]
    else:
        names = list(TARGETS[target])
    return [f"pgt_dsl/{name}.py" for name in names]


def tests_of(file: str) -> tuple[str, ...]:
    """The tests of the room that a file belongs to."""
    name = file.removeprefix("pgt_dsl/")
    return TESTS[max((start for start in TESTS if name.startswith(start)), key=len)]
