"""`cardwright diff` and its two sides: git revisions and folders, also such as mean harm."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from onnx import parser

from cardwright.diff import compare, find_difference
from cardwright.diff.repository import Repository
from cardwright.load import load_entry
from tests.sites import MODEL, write
from tests.test_diff import SITE, commit, history, run
from tests.test_history import git

__all__ = ["history"]


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (["nope"], "Error: `nope` is neither a folder nor a revision of "),
        (["start", "--", "--upload-pack=x"], "Error: `--upload-pack=x` is neither a folder nor a revision of "),
        (["start", "HEAD:birds"], "Error: `HEAD:birds` is neither a folder nor a revision of "),
        (["start", "a\nb"], "Error: `a b` is neither a folder nor a revision of "),
        (["mkdocs.yml"], "Error: `mkdocs.yml` is neither a folder nor a revision of "),
        ([], "Usage: diff [OPTIONS] BASE [HEAD]"),
        (["start", "--json", "--markdown"], "Usage: diff [OPTIONS] BASE [HEAD]"),
    ],
)
def test_wrong_use_is_one_line(history: Path, sides: list[str], message: str) -> None:
    result = run(history, *sides)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message.replace("Usage: diff", "Usage: main diff"))
    assert message.startswith("Usage") or len(result.stderr.splitlines()) == 1


def test_without_git_or_cards(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    result = run(tmp_path, "main")
    assert result.stderr == "Error: `main` is no folder, and . is in no git repository\n"
    assert run(tmp_path, "one", "two").stderr == "Error: no card in one, and none in two\n"
    write(tmp_path / "two", {"net.md": "# Net\n"})
    assert run(tmp_path, "one", "two").stdout.endswith("1 card added, 0 as before\n")
    write(tmp_path / "one", {"mkdocs.yml": "extra: {cardwright: {cards_dir: ../two}}\n"})
    assert run(tmp_path, "one", "two").stderr == "Error: the cards of one lie outside of that folder\n"
    write(tmp_path / "one", {"mkdocs.yml": "extra: {cardwright: {cards_dri: x}}\n"})
    result = run(tmp_path, "one", "two")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "did you mean cards_dir?" in result.stderr


@pytest.mark.parametrize(("tag", "code"), [("metric-worse", 3), ("metric-better", 0), ("metric-unknown", 0)])
def test_a_worse_metric_has_its_exit_code(history: Path, tag: str, code: int) -> None:
    for form in ([], ["--json"], ["--markdown"]):
        assert run(history, f"{tag}~1", tag, "--fail-on-worse", *form).exit_code == code
        assert run(history, f"{tag}~1", tag, *form).exit_code == 0


def test_the_metrics_of_base_count(tmp_path: Path) -> None:
    better = '[[metric]]\nname = "beakiness"\nbetter = "{}"\n'
    for side, value, direction in (("base", 17, "higher"), ("head", 12, "lower")):
        card = f"---\nmodel-index: [{{results: [{{metrics: [{{type: beakiness, value: {value}}}]}}]}}]\n---\n# Net\n"
        site = "extra: {cardwright: {metrics: m.toml}}\n"
        write(tmp_path / side, {"cards/net.md": card, "mkdocs.yml": site, "m.toml": better.format(direction)})
    assert "worse  beakiness: 17 → 12 (-5)" in run(tmp_path, "base", "head").stdout
    (tmp_path / "base/mkdocs.yml").unlink()
    assert "better  beakiness: 17 → 12 (-5)" in run(tmp_path, "base", "head").stdout


def test_a_folder_that_moved(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"cards/net.md": "---\nlicense: mit\n---\n# Net\n"})
    commit(tmp_path, "before")
    git(tmp_path, "mv", "cards", "birds")
    write(tmp_path, {"mkdocs.yml": SITE})
    commit(tmp_path, "after")
    assert run(tmp_path, "before").stdout == run(tmp_path, "before", "after").stdout == "1 card as before\n"
    assert run(tmp_path / "birds", "after").stdout == "1 card as before\n"
    assert run(tmp_path, "after", "before").stdout == "1 card as before\n"


def test_cards_of_one_name_are_told_apart_by_their_text(tmp_path: Path) -> None:
    for number in range(5):
        card = f"# Agent\n\nIt was made by a template.\n\nIt won {number * 111} games of {number * 7}.\n"
        write(tmp_path, {f"base/a{number}/README.md": card, f"head/b{(number * 3) % 5}/README.md": f"{card}\n"})
    found = find_difference(str(tmp_path / "base"), str(tmp_path / "head"))
    assert {(card.old_slug, card.slug) for card in found.cards} == {(f"a{n}", f"b{n * 3 % 5}") for n in range(5)}
    assert not [change for card in found.cards for change in card.changes if change.kind != "address"]


# Repositories that mean harm ------------------------------------------------------------------------------------------


def test_nothing_of_a_repository_runs(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"cards/net/README.md": "# Net\n\n$Format:%H$\n", "cards/hidden/README.md": "# Hidden\n"})
    attributes = "*.md filter=x diff=x export-subst\nhidden export-ignore\n"
    write(tmp_path, {"cards/.gitattributes": attributes, ".gitattributes": attributes})
    commit(tmp_path, "before")
    mark = tmp_path / "ran"
    for key in ("filter.x.smudge", "filter.x.clean", "diff.x.textconv", "diff.x.command", "core.fsmonitor"):
        git(tmp_path, "config", key, f"touch {mark}; cat")
    for hook in ("post-checkout", "post-index-change", "pre-auto-gc"):
        write(tmp_path, {f".git/hooks/{hook}": f"#!/bin/sh\ntouch {mark}\n"})
        (tmp_path / f".git/hooks/{hook}").chmod(0o755)
    assert run(tmp_path, "before").stdout == "2 cards as before\n"
    write(tmp_path, {"cards/net/README.md": "# Net\n\nIt is new.\n", "cards/hidden/README.md": "# Seen\n"})
    assert run(tmp_path, "before").stdout.endswith("2 cards changed, 0 as before\n")
    assert not mark.exists()


def test_links_and_submodules_lead_nowhere(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    git(tmp_path, "init", "-q", "repository")
    write(tmp_path, {"secret.md": "# Secret\n", "secret/README.md": "# Secret\n"})
    write(top, {"cards/net/README.md": "# Net\n", "outside.md": "# Outside\n"})
    links = {
        "a.md": f"{tmp_path}/secret.md", "b.md": "../../secret.md", "c.md": "../outside.md", "d": "../../secret",
        "e": "/etc", "loop.md": "loop.md", "net/f.md": "/dev/zero", "linked.md": "net/README.md",
    }  # fmt: skip
    for name, target in links.items():
        (top / "cards" / name).symlink_to(target)
    commit(top, "links")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=top, capture_output=True, text=True, check=True).stdout
    git(top, "update-index", "--add", "--cacheinfo", f"160000,{head.strip()},cards/module")
    git(top, "commit", "-qm", "module", GIT_AUTHOR_NAME="A")
    write(tmp_path, {"empty/mkdocs.yml": "", "empty/cards/other.md": "# Other\n"})
    for side in ("HEAD", str(top)):
        found = find_difference(str(tmp_path / "empty"), side, project=top)
        named = sorted((card.slug, card.how) for card in found.cards)
        assert named == [("linked", "added"), ("net", "added"), ("other", "removed")]


def test_pipes_and_links_of_a_folder_are_not_opened(tmp_path: Path) -> None:
    write(tmp_path, {"base/cards/net/README.md": "# Net\n", "head/cards/net/README.md": "# Net\n\nMore.\n"})
    write(tmp_path, {"secret/README.md": "# Secret\n", "head/cards/net/x.onnx": b""})
    for name in ("mkdocs.yml", "cards/pipe.md", "cards/net/pipe.onnx", "cards/net/pipe.bib"):
        os.mkfifo(tmp_path / "head" / name)
    (tmp_path / "head/cards/linked").symlink_to(tmp_path / "secret")
    result = run(tmp_path, "base", "head")
    assert result.stdout.splitlines()[-1].startswith("1 card changed, 0 as before")
    shutil.rmtree(tmp_path / "head/cards")
    (tmp_path / "head/mkdocs.yml").unlink()
    (tmp_path / "head/cards").symlink_to(tmp_path / "secret")
    assert run(tmp_path, "base", "head").stderr.startswith("Error: the cards of head lie outside of that folder")


def test_the_repository_is_the_one_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"cards/net/README.md": "# Net\n"})
    commit(tmp_path, "before")
    git(tmp_path, "init", "-q", "--bare", "cards/net/evil")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, "elsewhere")
    assert run(tmp_path, "before").stdout.startswith("Net: changed\n")


def test_names_that_no_checkout_takes(tmp_path: Path) -> None:
    """Trees that git itself would not write: a way up, `.git`, one name twice, a name that is too long."""
    git(tmp_path, "init", "-q")

    def make(kind: str, data: bytes) -> bytes:
        command = ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
        done = subprocess.run(command, cwd=tmp_path, input=data, capture_output=True, check=True)
        return bytes.fromhex(done.stdout.decode())

    card, link = make("blob", b"# Net\n"), make("blob", b"/tmp")
    folder = make("tree", b"100644 README.md\0" + card)
    rows = [
        (b"40000", b"..", folder), (b"40000", b".git", folder), (b"40000", b"twice", folder),
        (b"120000", b"twice", link), (b"40000", b"net", folder),
        (b"40000", b"x" * 300, folder), (b"40000", b"caf\xe9", folder),
    ]  # fmt: skip
    tree = make("tree", b"".join(mode + b" " + name + b"\0" + id for mode, name, id in rows))
    top = make("tree", b"40000 cards\0" + tree).hex()
    who = "A <a@a.a> 1 +0000"
    made = make("commit", f"tree {top}\nauthor {who}\ncommitter {who}\n\nx\n".encode()).hex()
    write(tmp_path, {"cards/net/README.md": "# Net\n\nMore.\n"})
    result = run(tmp_path, made)
    assert result.exit_code == 0
    assert "Net: changed" in result.stdout
    assert not (tmp_path.parent / "README.md").exists()


def test_what_this_clone_lacks_is_one_line(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"cards/net/README.md": "# Net\n"})
    commit(tmp_path, "whole")
    blob = subprocess.run(
        ["git", "rev-parse", "whole:cards/net/README.md"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.strip()
    (tmp_path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    result = run(tmp_path, "whole")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "this clone" in result.stderr


# Only what changed ----------------------------------------------------------------------------------------------------


def test_only_what_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    text = "---\nlicense: mit\n---\n# Net {}\n"
    large = MODEL + b"\x7a\x80\x80\x80\x02" + bytes(4 * 1024**2)  # a field that no model has, of 4 MiB
    write(tmp_path, {f"cards/n{number}/README.md": text.format(number) for number in range(1000)})
    write(tmp_path, {"cards/n7/model.onnx": large, "cards/n8/model.onnx": large + b"\x7a\x00"})
    commit(tmp_path, "all")
    write(tmp_path, {"cards/n7/README.md": text.format(7).replace("mit", "apache-2.0")})
    commit(tmp_path, "one")
    loaded, written = list[str](), list[int]()
    write_blob = Repository.write

    def note_card(*given: object) -> object:
        loaded.append(given[2].slug)  # type: ignore[attr-defined]
        return load_entry(*given)  # type: ignore[arg-type]

    def note_blob(self: Repository, id: str, path: Path) -> None:
        write_blob(self, id, path)
        written.append(path.stat().st_size)

    monkeypatch.setattr(compare, "load_entry", note_card)
    monkeypatch.setattr(Repository, "write", note_blob)
    for sides, models in ((["all"], 0), (["all", "one"], 1)):
        loaded.clear()
        written.clear()
        lines = run(tmp_path, *sides).stdout.splitlines()
        assert lines[2:] == ["  changed  License: mit → apache-2.0", "", "1 card changed, 999 as before"]
        assert loaded == ["n7", "n7"]
        assert sum(size > 1_000_000 for size in written) == models


def test_git_lfs_is_followed_to_its_store(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    sha256 = hashlib.sha256(MODEL).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(MODEL)}\n"
    write(tmp_path, {"cards/net/README.md": "# Net\n", "cards/net/model.onnx": pointer})
    commit(tmp_path, "pointer")
    write(tmp_path, {"cards/net/model.onnx": MODEL})
    assert run(tmp_path, "pointer").stdout == "1 card as before\n"
    other = parser.parse_model('<ir_version: 9, opset_import: ["": 13]> g (float[1] x) => (float[1] y) { y = Relu(x) }')
    write(tmp_path, {"cards/net/model.onnx": other.SerializeToString()})
    assert "IR version" not in run(tmp_path, "pointer").stdout
    write(tmp_path, {f".git/lfs/objects/{sha256[:2]}/{sha256[2:4]}/{sha256}": MODEL})
    assert "changed  IR version: 8 → 9" in run(tmp_path, "pointer").stdout
