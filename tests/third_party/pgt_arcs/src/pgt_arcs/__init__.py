"""A plugin of pgt-dsl: ``wedge``, a slice of a disc, and ``opening``, the angle between its straight sides.

Only the declarations are here, so that listing plugins stays fast; the geometry is in ``pgt_arcs.shapes``.
"""

from pgt_dsl.builtin.kinds import COMMON, PLACE
from pgt_dsl.plugins.extension import Extension, FieldSpec, Function, Kind

extension = Extension(
    name="arcs",
    kinds=(
        Kind(
            name="wedge",
            doc="A slice of a disc; `at` is the tip, `turn` the direction of its first side.",
            fields=(
                FieldSpec("radius", "length", "~ 10vmin .. 20vmin", "length of the straight sides"),
                FieldSpec("sweep", "angle", "~ 30deg .. 150deg", "angle between the straight sides"),
                *COMMON,
            ),
            ways=PLACE,
            outline="pgt_arcs.shapes:outline",
            oracle="pgt_arcs.shapes:oracle",
            noun="wedge",
        ),
    ),
    functions=(
        Function(
            name="opening",
            signature="opening(s: shape): angle",
            doc="The angle between the straight sides of a wedge.",
            value="pgt_arcs.shapes:opening",
            oracle="pgt_arcs.shapes:opening_oracle",
            slack="pgt_arcs.shapes:opening",
            slack_unit="angle",
            section="wedges",
        ),
    ),
    colors={"teal": "#0f8b8d"},
)
