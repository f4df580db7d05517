"""The built-in backgrounds, the reference renderer and the writers of data sets."""

from __future__ import annotations

from pgt_dsl.plugins.extension import BackgroundKind, FieldSpec, FormatSpec, RendererSpec

BACKGROUNDS = (
    BackgroundKind(
        "plain",
        "One colour all over.",
        (FieldSpec("color", "color", "~ pastel", "the colour"),),
        "pgt_dsl.paint.backgrounds:plain",
    ),
    BackgroundKind(
        "gradient",
        "From one colour to another.",
        (
            FieldSpec("from_color", "color", "~ pastel", "the colour at the start"),
            FieldSpec("to_color", "color", "~ pastel", "the colour at the end"),
            FieldSpec("turn", "angle", "~ 0deg .. 360deg", "the direction from one to the other"),
        ),
        "pgt_dsl.paint.backgrounds:gradient",
    ),
    BackgroundKind(
        "noise",
        "One colour with grains of other lightness.",
        (
            FieldSpec("color", "color", "~ pastel", "the mean colour"),
            FieldSpec("grain", "length", "= 2px", "the size of a grain"),
            FieldSpec("strength", "number", "~ 5% .. 20%", "how much the lightness varies"),
        ),
        "pgt_dsl.paint.backgrounds:noise",
    ),
    BackgroundKind(
        "photo",
        "A real photograph; `objects` are its annotated things.",
        (
            FieldSpec("source", "text", '= "any"', "which collection of photos"),
            FieldSpec("fit", "text", '= "cover"', "how the photo fills the canvas"),
            FieldSpec("zoom", "number", "= 1", "how much larger than needed to fill the canvas"),
        ),
        "pgt_dsl.paint.backgrounds:photo",
    ),
)

RENDERERS = (
    RendererSpec("pillow", "The reference painter: Pillow, 16 samples to a pixel.", "pgt_dsl.paint.reference:make", 50),
)

FORMATS = (
    FormatSpec("parquet", "Parquet files that `datasets.load_dataset` opens, images inside.",
               "pgt_dsl.dataset.formats.parquet:make"),
    FormatSpec("llava", "LLaVA-v1.5 conversations as JSON, with a folder of images.",
               "pgt_dsl.dataset.formats.llava:make"),
    FormatSpec("imagefolder", "A folder of images with metadata.jsonl.", "pgt_dsl.dataset.formats.imagefolder:make"),
)  # fmt: skip
