"""`cardwright doctor`: the score of a card, and what it says to do next.

A case is a card `data/doctor/<case>.md` with its score, gaps and costs in `<case>.json`; `_sections.json` has sections
under many headings, and whether they say anything.
"""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardwright.cli import main
from cardwright.doctor import CHECKS, COSTS, examine
from cardwright.doctor.topics import TOPICS, find_text, strip_filler
from cardwright.facts import inspect
from cardwright.gfm import read_body
from cardwright.site import read_cards
from tests.sites import MODEL, ROOT, write

DATA = Path(__file__).parent / "data" / "doctor"
CASES = sorted(path.stem for path in DATA.glob("*.md"))
SECTIONS = json.loads((DATA / "_sections.json").read_text(encoding="utf-8"))


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["doctor", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("name", CASES)
def test_card_is_examined(name: str, tmp_path: Path) -> None:
    write(tmp_path, {"cards/case.md": (DATA / f"{name}.md").read_bytes()})
    ((card,), expected) = (
        json.loads(run(tmp_path / "cards", "--json").stdout),
        json.loads((DATA / f"{name}.json").read_text()),
    )
    gaps = sorted((c for c in card["checks"] if c["next_step"]), key=lambda c: c["points"] - c["weight"])
    found = {"score": card["score"], "gaps": " ".join(check["id"] for check in gaps)}
    assert found == {"score": expected["score"], "gaps": expected["gaps"]}
    assert {cost["id"]: cost["points"] for cost in card["costs"]} == expected.get("costs", {})


@pytest.mark.parametrize("case", SECTIONS, ids=lambda case: f"{case['heading']}: {case['text'][:20]!r}")
def test_section_is_known_and_says_something(case) -> None:
    body = read_body(f"# Net\n\n## {case['heading']}\n\n{case['text']}\n\n## Next\n\nOther text.\n")
    assert bool(find_text(body, case["topic"])) == case["said"]


def test_every_topic_has_a_case() -> None:
    assert {case["topic"] for case in SECTIONS} == set(TOPICS)


@pytest.mark.parametrize("piece", ["[add", "(your ", "-:", "\n", "TODO ", "?", "- ", "* a:\n", "none\n", "<a ", "@a{"])
def test_text_made_to_hurt_is_stripped_soon(piece: str) -> None:
    strip_filler(piece * (200_000 // len(piece)))  # hangs when a pattern is quadratic


def test_weights_are_points_of_a_hundred() -> None:
    assert sum(check.weight for check in CHECKS) == 100
    assert [check.weight for check in CHECKS] == sorted((check.weight for check in CHECKS), reverse=True)
    for doc in (*(check.doc for check in CHECKS), *(cost.doc for cost in COSTS)):
        page, _, anchor = doc.partition("#")
        text = (ROOT / page).read_text()
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_checks_are_documented() -> None:
    text = (ROOT / "docs/guide/doctor.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \|", text, re.MULTILINE)
    assert rows == [(check.id, str(check.weight)) for check in CHECKS]
    words = [word for item in CHECKS for word in (item.id, item.label)] + [w for c in COSTS for w in (c.id, c.label)]
    assert not [word for word in words if word not in text]


def test_what_the_file_contradicts_costs(tmp_path: Path) -> None:
    card = "---\nfiles: [{path: m.onnx, opset: 7, ir_version: 2}]\n---\n# Net\n"
    write(tmp_path, {"a/README.md": card, "a/m.onnx": MODEL, "b/m.onnx": MODEL})
    write(tmp_path, {"b/README.md": card.replace("ir_version: 2", "accept: {opset: meant}")})
    (entries, _) = read_cards(tmp_path, "cards", inspect)
    a, b = map(examine, entries)
    assert [(loss.cost.id, loss.points) for loss in a.losses] == [("contradicted", 10)] and not b.losses
    assert a.score == b.score - 10


def test_report_of_one_card(tmp_path: Path) -> None:
    write(tmp_path, {"net/README.md": (DATA / "halves.md").read_bytes()})
    result = run(tmp_path / "net")
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines[0] == "Letters: 25 of 100" and "  ✓ One sentence" in lines
    assert lines.index("   -5  Errors") < lines.index("  +12  Limitations") < lines.index("   +2  File (in part)")
    gains = [int(match[1]) for line in lines if (match := re.match(r"  ([ +]\+?\d+)  ", line))]
    assert gains == sorted(gains, reverse=True)


def test_report_of_several_cards(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}.md": (DATA / f"{name}.md").read_bytes() for name in CASES})
    result = run(tmp_path)
    rows = [line.split() for line in result.stdout.split("\n\n")[0].splitlines()[1:]]
    assert [(int(row[0]), Path(row[1]).stem) for row in rows] == [
        (100, "full"), (48, "trainer"), (25, "halves"), (0, "empty"), (0, "template"),
    ]  # fmt: skip
    assert "     4 of 5  Limitations: Say below" in result.stdout
    assert result.stderr == "5 cards, 35 of 100 on average\n"


@pytest.mark.parametrize(
    ("minimum", "code", "said"), [("48", 1, "3 cards below 48\n"), ("0", 0, ""), ("100", 1, "4 cards below 100\n")]
)
def test_minimum(tmp_path: Path, minimum: str, code: int, said: str) -> None:
    write(tmp_path, {f"{name}.md": (DATA / f"{name}.md").read_bytes() for name in CASES})
    for options in ([], ["--json"]):
        result = run(tmp_path, "--min", minimum, *options)
        assert result.exit_code == code and result.stderr.endswith(said or "average\n")
    assert run(tmp_path / "full.md", "--min", "100").exit_code == 0
    assert run(tmp_path, "--min", "101").exit_code == 2


def test_no_card_is_said(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 cards\n")
    assert json.loads(run(tmp_path, "--json").stdout) == []
