"""What a card brings is published under a name by which no browser runs it."""

from pathlib import Path

import pytest

from cardwright.published import published_name

STILL = {
    "drawing": '<svg xmlns="http://www.w3.org/2000/svg"><title>one</title><path d="M0 0h9"/></svg>',
    "declared": '<?xml version="1.0" encoding="UTF-8"?>\n<svg><text>conversion = on</text></svg>',
    "picture inside": '<svg><image href="data:image/png;base64,AAAA"/></svg>',
    "style": "<svg><style>.a { fill: red }</style></svg>",
}
ACTIVE = {
    "script": "<svg><script>alert(1)</script></svg>",
    "namespaced script": '<svg xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></svg>',
    "handler": '<svg onload="alert(1)"/>',
    "handler after slash": "<svg/onload=alert(1)>",
    "handler after line break": "<svg\nonload\n=\n'alert(1)'/>",
    "link": '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>',
    "link in entities": '<svg><a href="jav&#x61;script:alert(1)"><text>x</text></a></svg>',
    "link in pieces": '<svg><a href="java&#10;script:alert(1)"><text>x</text></a></svg>',
    "animated link": '<svg><a><animate attributeName="href" to="x"/></a></svg>',
    "foreign page": "<svg><foreignObject><p/></foreignObject></svg>",
    "entity": '<!DOCTYPE svg [<!ENTITY a "<script/>">]><svg>&a;</svg>',
    "stylesheet": '<?xml-stylesheet href="a.xsl"?><svg/>',
    "page in data": '<svg><use href="data:image/svg+xml,x"/></svg>',
    "other encoding": '<?xml version="1.0" encoding="UTF-7"?><svg/>',
}


@pytest.mark.parametrize(("text", "ending"), [(t, "") for t in STILL.values()] + [(t, ".txt") for t in ACTIVE.values()])
def test_svg_is_an_image_only_when_it_is_still(tmp_path: Path, text: str, ending: str) -> None:
    (tmp_path / "it.svg").write_text(text, encoding="utf-8")
    assert published_name(tmp_path, "it.svg") == f"it.svg{ending}"


@pytest.mark.parametrize("data", [b"\xff\xfe<\0s\0v\0g\0", b"<svg>" + b" " * 2_000_001])
def test_svg_that_cannot_be_looked_through_is_text(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "it.svg").write_bytes(data)
    assert published_name(tmp_path, "it.svg") == "it.svg.txt"


def test_other_files_keep_their_names(tmp_path: Path) -> None:
    assert published_name(tmp_path, "a/model.onnx") == "a/model.onnx"
    assert published_name(tmp_path, "a/labels.HTML") == "a/labels.HTML.txt"
