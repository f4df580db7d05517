"""The renderer `skia`, declared for pgt-dsl."""

from pgt_dsl.plugins.extension import Extension, RendererSpec

extension = Extension(
    name="skia",
    renderers=(
        RendererSpec(
            name="skia",
            doc="Shapes antialiased by Skia.",
            make="pgt_skia.painter:make",
            rank=200,
            needs=("skia",),
            extra="pgt-skia",
        ),
    ),
)
