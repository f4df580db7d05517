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
    RendererSpec(
        "numba",
        "Compiled: the exact share of every pixel, and the fastest on a CPU.",
        "pgt_dsl.paint.numba_renderer:make",
        10,
        needs=("numba",),
        extra="pgt-dsl[fast]",
    ),
    RendererSpec("pillow", "The reference painter: Pillow, 16 samples to a pixel.", "pgt_dsl.paint.reference:make", 50),
    RendererSpec(
        "torch",
        "The exact share of every pixel by operations of torch, on any device.",
        "pgt_dsl.paint.torch_painter:make",
        80,
        needs=("torch",),
        extra="pgt-dsl[torch]",
    ),
    RendererSpec(
        "triton",
        "Pictures in one kernel on a CUDA device, the same bytes as `torch`.",
        "pgt_dsl.paint.triton_painter:make",
        90,
        needs=("torch", "triton"),
        extra="pgt-dsl[triton]",
    ),
)

_INSIDE = ("records", "system")

FORMATS = (
    FormatSpec("parquet", "Parquet files that `datasets.load_dataset` opens, images inside.",
               "pgt_dsl.dataset.formats.parquet:make", "pgt_dsl.dataset.formats.parquet_reader:read", splits=True,
               keeps=_INSIDE),
    FormatSpec("llava", "LLaVA-v1.5 conversations as JSON, with a folder of images.",
               "pgt_dsl.dataset.formats.llava:make", "pgt_dsl.dataset.formats.llava_reader:read", splits=True,
               keeps=("records", "places")),
    FormatSpec("imagefolder", "A folder of images with metadata.jsonl.",
               "pgt_dsl.dataset.formats.imagefolder:make", "pgt_dsl.dataset.formats.imagefolder_reader:read",
               splits=True, keeps=_INSIDE),
    FormatSpec("sharegpt", "ShareGPT conversations with dataset_info.json, for LLaMA-Factory.",
               "pgt_dsl.dataset.formats.sharegpt:make", "pgt_dsl.dataset.formats.sharegpt_reader:read", splits=True,
               keeps=("records", "places", "system"), reserved=("<video>", "<audio>")),
    FormatSpec("messages", "Messages as JSON lines, with places as objects, for ms-swift.",
               "pgt_dsl.dataset.formats.messages:make", "pgt_dsl.dataset.formats.messages_reader:read", splits=True,
               keeps=("records", "places", "system", "objects"),
               reserved=("<video>", "<audio>", "<bbox>", "<ref-object>")),
    FormatSpec("trl_sft", "Parquet with whole conversations, for TRL's SFTTrainer.",
               "pgt_dsl.dataset.formats.trl:make_sft", "pgt_dsl.dataset.formats.trl_reader:read_sft", splits=True),
    FormatSpec("trl_grpo", "Parquet with prompts and what the reward reads, for TRL's GRPOTrainer.",
               "pgt_dsl.dataset.formats.trl:make_grpo", "pgt_dsl.dataset.formats.trl_reader:read_grpo", splits=True),
    FormatSpec("verl", "Parquet with prompts and what the reward reads, for verl.",
               "pgt_dsl.dataset.formats.verl:make", "pgt_dsl.dataset.formats.verl_reader:read"),
    FormatSpec("webdataset", "WebDataset's tar files.",
               "pgt_dsl.dataset.formats.webdataset:make", "pgt_dsl.dataset.formats.webdataset_reader:read",
               splits=True, keeps=_INSIDE),
    FormatSpec("vlmevalkit", "Tables of questions for VLMEvalKit.",
               "pgt_dsl.dataset.formats.vlmevalkit:make", "pgt_dsl.dataset.formats.vlmevalkit_reader:read"),
    FormatSpec("lmms_eval", "A task of lmms-eval: its YAML, its functions, Parquet files of questions.",
               "pgt_dsl.dataset.formats.lmms_eval:make", "pgt_dsl.dataset.formats.lmms_eval_reader:read"),
)  # fmt: skip
