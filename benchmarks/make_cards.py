"""Make N model cards as teams write them, each with a small ONNX file: `python benchmarks/make_cards.py N DIR`.

The same N gives the same bytes. Nine cards of ten are Hugging Face cards of about 6 kB; the tenth is a README of the
ONNX Model Zoo. All are made up.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from onnx import TensorProto, helper

FAMILIES = ("Wren", "Finch", "Heron", "Plover", "Dunlin", "Siskin", "Tern", "Skylark", "Bunting", "Dipper")
SIZES = ("nano", "tiny", "small", "base", "large")
TASKS = (
    ("image-classification", "imagenet-1k", (("Top-1 accuracy", "%", 60, 90), ("Top-5 accuracy", "%", 80, 99))),
    ("object-detection", "coco", (("mAP", "", 20, 60),)),
    ("image-segmentation", "cityscapes", (("mIoU", "%", 50, 85),)),
    ("text-classification", "glue", (("accuracy", "", 0.7, 0.97), ("f1", "", 0.6, 0.97))),
    ("automatic-speech-recognition", "librispeech_asr", (("wer", "", 2, 30),)),
    ("translation", "wmt16", (("bleu", "", 15, 42),)),
    ("question-answering", "squad", (("exact_match", "", 60, 90), ("f1", "", 70, 95))),
)
LICENSES = ("apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0", "cc-by-nc-4.0", "openrail")
WORDS = (
    "model data training image speech text layer block attention residual batch rate schedule warm cosine weight decay"
    " epoch label noise subset crop resize token vocabulary corpus domain shift robust sensor night rain street edge"
    " device latency memory quantised pruned distilled teacher student head backbone feature map stride kernel pool"
).split()


def main() -> None:
    """Make the cards that the command line asks for."""
    if len(sys.argv) != 3 or not sys.argv[1].isdecimal():
        sys.exit(f"usage: python {sys.argv[0]} N DIR")
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    for number in range(count):
        make_card(folder / name_of(number), number)
    print(f"{count:,} cards in {folder}")


def name_of(number: int) -> str:
    """The folder of a card, and so its name in addresses: `wren-tiny-00012`."""
    family, size = FAMILIES[number % len(FAMILIES)], SIZES[number // len(FAMILIES) % len(SIZES)]
    return f"{family.lower()}-{size}-{number:05}"


def make_card(folder: Path, number: int) -> None:
    """Write a card's folder: README.md, model.onnx, references.bib."""
    chance = random.Random(number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(make_model(chance, number))
    (folder / "references.bib").write_text(make_bibtex(number), encoding="utf-8")
    write = write_zoo_card if number % 10 == 9 else write_card
    (folder / "README.md").write_text("\n".join(write(chance, number)) + "\n", encoding="utf-8")


def write_card(chance: random.Random, number: int) -> Iterator[str]:
    """A Hugging Face card, line by line."""
    task, dataset, metrics = chance.choice(TASKS)
    name = name_of(number)
    yield from ("---", f"model_name: {name.title()}", f"summary: {sentence(chance, 12)}", f"pipeline_tag: {task}")
    yield from (f"license: {chance.choice(LICENSES)}", "library_name: onnx", "language: en", f"datasets: [{dataset}]")
    yield from ("tags:", f"  - {FAMILIES[number % 10].lower()}", *(f"  - {chance.choice(WORDS)}" for _ in range(4)))
    if number >= 50:
        yield f"base_model: {name_of(number - 50)}"
    yield from ("model-index:", f"  - name: {name}", "    results:", f"      - task: {{type: {task}}}")
    yield from (f"        dataset: {{type: {dataset}, name: {dataset}, split: test}}", "        metrics:")
    for metric, unit, low, high in metrics:
        yield f'          - {{type: {metric}, value: "{chance.uniform(low, high):.2f}{unit}"}}'
    yield from (
        "files:",
        "  - path: model.onnx",
        "    opset: 17",
        "    precision: float32",
        "---",
        f"# {name.title()}",
        "",
    )
    yield from text(chance, name)


def write_zoo_card(chance: random.Random, number: int) -> Iterator[str]:
    """A card in the form of the ONNX Model Zoo, line by line."""
    name = name_of(number).title()
    yield from (f"# {name}", "", "## Description", sentence(chance, 14).replace("A model", f"{name} is a model"), "")
    yield from ("## Model", "|Model|Download|ONNX version|Opset version|Top-1 accuracy (%)|", "|-|:-:|:-:|:-:|:-:|")
    yield f"|{name}|[{chance.uniform(1, 90):.1f} kB](model.onnx)|1.12|17|{chance.uniform(60, 90):.2f}|"
    yield from ("", "## Dataset", "[ImageNet data set](https://data.example/imagenet)", "")
    yield from text(chance, name)
    yield from ("## License", "Apache 2.0")


def text(chance: random.Random, name: str) -> Iterator[str]:
    """About 4 kB of Markdown: paragraphs, lists, a table, code."""
    yield from (paragraph(chance), "", "## Intended use", paragraph(chance), "")
    yield from (f"- {sentence(chance, 9)}" for _ in range(4))
    yield from (
        "",
        "## Usage",
        "```python",
        "import onnxruntime",
        "",
        'session = onnxruntime.InferenceSession("model.onnx")',
    )
    yield from ('outputs = session.run(None, {"input": image})', "```", "", "## Training", paragraph(chance), "")
    yield from (
        "| Setting | Value |",
        "|---|---:|",
        *(f"| {chance.choice(WORDS)} | {chance.randint(1, 999)} |" for _ in range(8)),
    )
    yield from (
        "",
        "## Limitations",
        paragraph(chance),
        "",
        paragraph(chance),
        "",
        f"See also [notes on {name}](#training).",
    )


def sentence(chance: random.Random, words: int) -> str:
    """So many words, as a sentence."""
    return f"A model of {' '.join(chance.choice(WORDS) for _ in range(words))}."


def paragraph(chance: random.Random) -> str:
    """Seven sentences."""
    return " ".join(sentence(chance, chance.randint(8, 16)) for _ in range(7))


def make_bibtex(number: int) -> str:
    """One entry; each family has its own, so that many cards cite the same."""
    family = FAMILIES[number % len(FAMILIES)]
    return (
        f"@inproceedings{{{family.lower()}2024,\n  author = {{Doe, Jane and Roe, Richard}},\n"
        f"  title = {{{family}: Nets that sing}},\n  booktitle = {{Proceedings of the Example Conference}},\n"
        "  year = {2024}\n}\n"
    )


def make_model(chance: random.Random, number: int) -> bytes:
    """A small network of convolutions with shortcuts; no two are equal."""
    channels, depth = chance.choice((2, 3, 4, 6)), chance.randint(2, 8)
    nodes, weights, last = [], [], "input"
    for layer in range(depth):
        shape = (channels, 3 if layer == 0 else channels, 3, 3)
        values = [chance.uniform(-1, 1) for _ in range(shape[0] * shape[1] * 9)]
        weights.append(helper.make_tensor(f"w{layer}", TensorProto.FLOAT, shape, values))
        nodes.append(helper.make_node("Conv", [last, f"w{layer}"], [f"c{layer}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"]))
        last = f"r{layer}"
        if layer % 2 == 1:
            nodes.append(helper.make_node("Add", [last, f"r{layer - 1}"], [f"a{layer}"]))
            last = f"a{layer}"
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, (1, 3, 32, 32))]
    outputs = [helper.make_tensor_value_info(last, TensorProto.FLOAT, (1, channels, 32, 32))]
    graph = helper.make_graph(nodes, f"net{number}", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


if __name__ == "__main__":
    main()
