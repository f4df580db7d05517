"""A plugin of pgt-dsl: ``dart``, an arrowhead with a notch, two measures of it, striped paper, and lists of answers.

Only the declarations are here, so that listing plugins stays fast.
"""

from pgt_dsl.builtin.kinds import COMMON, PLACE
from pgt_dsl.plugins.extension import BackgroundKind, Extension, FieldSpec, FormatSpec, Function, Kind, Way

extension = Extension(
    name="darts",
    kinds=(
        Kind(
            name="dart",
            doc="An arrowhead with a notch; `at` is its middle, `turn` where it flies.",
            fields=(
                FieldSpec("length", "length", "~ 15vmin .. 30vmin", "from the tip to the line of its barbs"),
                FieldSpec("span", "length", None, "from barb to barb"),
                FieldSpec("tip", "angle", "~ 25deg .. 100deg", "the angle at its tip"),
                *COMMON,
            ),
            ways=(
                *PLACE,
                Way(("length", "tip"), {"span": "2 * length * tan(tip / 2)"}),
                Way(("length", "span"), {"tip": "angle_at((0px, 0px), (length, span / 2), (length, 0px - span / 2))"}),
            ),
            outline="pgt_darts.shapes:outline",
            oracle="pgt_darts.shapes:oracle",
            noun="dart",
        ),
    ),
    functions=(
        Function(
            name="tip_angle",
            signature="tip_angle(d: shape): angle",
            doc="The angle at the tip of a dart.",
            value="pgt_darts.measures:tip_angle",
            oracle="pgt_darts.measures:tip_angle_oracle",
            section="darts",
        ),
        Function(
            name="hits",
            signature="hits(d: shape, target: shape): bool",
            doc="Whether the tip of a dart lies in a target; its margin is the distance to the target's outline.",
            value="pgt_darts.measures:hits",
            oracle="pgt_darts.measures:hits_oracle",
            slack="pgt_darts.measures:hits_slack",
            slack_unit="length",
            tolerance=1e-3,
            section="darts",
        ),
    ),
    backgrounds=(
        BackgroundKind(
            name="ruled",
            doc="Paper with level lines.",
            fields=(
                FieldSpec("color", "color", "~ pastel", "the paper"),
                FieldSpec("step", "length", "= 12px", "from line to line"),
            ),
            paint="pgt_darts.paper:ruled",
        ),
    ),
    formats=(
        FormatSpec(
            name="lines",
            doc="A text with a line of JSON for each sample, beside a folder of images.",
            make="pgt_darts.writer:make",
        ),
    ),
)
