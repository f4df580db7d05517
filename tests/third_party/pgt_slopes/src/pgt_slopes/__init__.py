"""A plugin with a fault that is meant: `steepness`, how steep the way from one shape to another is."""

from pgt_dsl.plugins.extension import Extension, Function

extension = Extension(
    name="slopes",
    functions=(
        Function(
            name="steepness",
            signature="steepness(a: shape, b: shape): angle",
            doc="How steep the straight way from a to b is: 0 is level, 90 is upright.",
            value="pgt_slopes.measures:steepness",
            oracle="pgt_slopes.measures:steepness_oracle",
        ),
    ),
)
