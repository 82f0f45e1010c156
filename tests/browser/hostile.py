"""Cards that try to run a script in the reader's browser, or to make it ask another host for something."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from onnx import TensorProto, helper

_ESCAPE = re.compile(r"\\(?:\\|n|t|x0[01]|u20[0-9a-f]{2})")
_LINES = (Path(__file__).parent.parent / "data/scripts/vectors.txt").read_text(encoding="utf-8").splitlines()
VECTORS = tuple(
    _ESCAPE.sub(
        lambda match: match[0][1:] if match[0] == r"\\" else json.loads(f'"{match[0].replace("x", "u00")}"'), line
    )
    for line in _LINES
    if not line.startswith("# ")
)
"""One a line, below the kind; of what a backslash begins, only a few are escapes, for some vectors hold backslashes."""

BODY = """
Text {v} in a line.

{v}

## Heading {v}

- item {v}

> [!NOTE]
> {v}

| {v} | b |
|---|---|
| {v} | `{v}` |

[{v}](x) ![{v}](x.png) [x]({v}) ![x]({v}) [x](<{v}>) [x][r] <b>{v}</b> **{v}** [^n]

```{v}
{v}
```

```html
{v}
```

<details><summary>{v}</summary>

{v}
</details>

[r]: {v}
[^n]: {v}
"""


def make_cards() -> dict[str, str | bytes]:
    """A card for each vector, with it in every field; then each other format with all of them."""
    cards: dict[str, str | bytes] = {}
    for number, vector in enumerate(VECTORS):
        front = json.dumps(make_fields(f"{vector} n{number:02}", vector))
        cards[f"v{number:02}/README.md"] = f"---\n{front}\n---\n# {vector}\n{BODY.replace('{v}', vector)}"
        cards[f"v{number:02}/model.onnx"] = make_model(vector)
        cards[f"v{number:02}/references.bib"] = make_bibtex(f"b{number}", vector)
    lines = [vector.replace("\n", " ").replace("|", "") for vector in VECTORS]
    cards |= {
        "modelhub/config.json": json.dumps(make_modelhub(lines)),
        "zoo/README.md": "\n".join(make_zoo(lines)),
        "marketplace/README.md": "\n".join(make_marketplace(lines)),
        "plain.md": "\n\n".join(["# Plain", *lines]),
        "torn/README.md": f"---\n[: {lines[1]}\n---\n",
        "misfit/README.md": f"---\n{json.dumps({'version': [*VECTORS], 'id': {v: v for v in VECTORS}})}\n---\n",
        "<img src=x onerror=pwned()>/README.md": "# Odd folder",
        '"><svg onload=pwned()>.md': "[it](<img src=x onerror=pwned()>/README.md)",
    }
    return cards


def make_fields(name: str, v: str) -> dict[str, object]:
    """Front matter with `v` in every field there is, as value and as key."""
    metric = {"type": v, "name": v, "value": v, "config": v, "args": {v: v}}
    result = {"task": {"type": v, "name": v}, "dataset": {"type": v, "name": v, "split": v}, "metrics": [metric]}
    person = {"name": v, "org": v, "email": v, "orcid": v, v: v}
    return {
        "model_name": name,
        "summary": v,
        **dict.fromkeys(("id", "version", "license_name", "license_link", "pipeline_tag", "library_name"), v),
        **{key: [v, v] for key in ("license", "tags", "datasets", "metrics", "developers", "language", "base_model")},
        "thumbnail": f"https://evil.example/{v}",
        "dataset_links": {v: f"https://x.example/{v}"},
        "model-index": [{"name": v, "results": [{**result, "source": {"name": v, "url": v}}]}],
        "contributors": [person, {**person, "url": v}, {**person, "url": f"https://x.example/{v}"}],
        "general": [{v: v}, {"Link": f"[{v}](javascript:pwned())"}],
        "publication": [
            {"title": v, "authors": [v], "source": v, "year": v, "doi": v, "arxiv": v, "abstract": v, v: v},
            {"title": v, "url": f"https://x.example/{v}", "bibtex": make_bibtex("k", v)},
            {"bibtex": v},
        ],
        "structure": [{"kind": "url", "label": v, "url": v}, {"kind": v, "label": v, "url": "javascript:pwned()"}],
        "files": [{"name": v, "path": v, "size": v, "opset": v, "note": v, v: v}, {"name": v, "url": v}],
        "io": {"inputs": [{"name": v, "format": v, "shape": v, "dtype": v, "description": v, v: v}]},
        "api": {"request": {"url": v, "method": v, "headers": [{v: v}], "example": v}, "response": {"example": v}},
        "support": {"issues": v, "email": v, v: v, "site": f"https://x.example/{v}"},
        v: v,
        "other": {v: [v, {v: v}]},
    }


def make_bibtex(key: str, text: str) -> str:
    fields = "title author journal year url doi eprint note howpublished publisher abstract keywords".split()
    return f"@article{{{key},\n" + "".join(f"  {name} = {{{text}}},\n" for name in fields) + "}\n"


def make_model(text: str) -> bytes:
    """An ONNX file with `text` for every name in it."""
    value = helper.make_tensor_value_info(text, TensorProto.FLOAT, [text, 4])
    node = helper.make_node(text, [text, "w"], ["out"], text, doc_string=text, domain=text)
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [0.0])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], text, [value], [out], [weight], doc_string=text)
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(text, 1)]
    model = helper.make_model(graph, producer_name=text, producer_version=text, domain=text, opset_imports=opsets)
    helper.set_model_props(model, {"author": text, text: text})
    return bytes(model.SerializeToString())


def make_modelhub(lines: list[str]) -> dict[str, object]:
    text = " ".join(lines)
    return {
        "id": text,
        "meta": {"name": text, "application_area": text, **{line: line for line in lines}},
        "publication": {"title": text, "url": lines[0], "authors": text, "abstract": text, "bibtex": text},
        "model": {"description": text, "io": {"input": {"format": lines}, "output": [{"name": text}]}, "license": text},
    }


def make_zoo(lines: list[str]) -> Iterator[str]:
    yield f"# {lines[1]}\n\n## Description\n{lines[0]}\n\n## Model\n"
    yield "|Model|Download|ONNX version|Opset version|Top-1 accuracy (%)|\n|---|---|---|---|---|"
    yield from (f"|{line}|[{line}](x.onnx)|{line}|{line}|{line}|" for line in lines)
    yield f"\n## Dataset\n{lines[2]}\n\n## Contributors\n* {lines[0]}\n\n## License\n{lines[0]}"


def make_marketplace(lines: list[str]) -> Iterator[str]:
    yield f"# {lines[1]}\n\n## Overview\n\n{lines[0]}\n\n**General information of {lines[0]}**\n"
    yield "| Key | Value |\n|--|--|"
    yield from (f"| {line} | {line} |" for line in lines)
    yield "\n## Benchmarking\n\n| Datasets | Categories | Metrics: Values |\n|--|--|--|"
    yield from (f"| {line} | {line} | {line}: 24.7% |" for line in lines)
    yield f"\n## Usage\n\n* {lines[0]}\n\n## Model support\n"
    yield from (f"* {line}" for line in lines)
