"""The programs of the workflow, one by one: what they take for whose, and what they write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.previews import build, comment
from scripts.previews.comment import MARKER, comment_all, fence, wait_for_page, write_body
from scripts.previews.fetch import fetch
from scripts.previews.github import Api, ApiError
from scripts.previews.place import place
from scripts.previews.pulls import Plan, Pull, Report, one_line, read_plan, read_report, write_plan, write_report
from tests.fake_github import BOT, REPOSITORY, GitHub, serve
from tests.poisoned import CARD, pack
from tests.sites import files_of, write

SHA = hashlib.sha1(b"7").hexdigest()
PULL = Pull(7, SHA, "https://github.com/owner/models/pull/7", "ready", "https://github.com/owner/models/actions/runs/1")
TOKEN = "token"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHub]:
    """With one pull request, its run and its artifact."""
    with serve(tmp_path / "pages") as github:
        github.rights[TOKEN] = {"actions": "read", "pull-requests": "write"}
        github.pulls[7] = {"sha": SHA, "repo": 2, "open": True, "changed": ["cards/a/README.md"]}
        ids = {"id": 1, "head_sha": SHA}
        run = {"status": "completed", "conclusion": "success", "html_url": PULL.run_url, "head_repository": {"id": 2}}
        github.runs.append(ids | run)
        github.zips[5] = pack(("cards/a/README.md", CARD))
        artifact = {"id": 5, "name": "cards-and-docs", "expired": False, "size_in_bytes": 9, "workflow_run": ids}
        github.artifacts.append(artifact)
        yield github


def api(github: GitHub) -> Api:
    return Api(github.url, REPOSITORY, TOKEN, pause=0)


def fetched(github: GitHub, out: Path) -> Pull:
    out.mkdir()
    plan = fetch(api(github), out)
    assert read_plan(out / "plan.json") == plan
    return plan.pulls[0]


def test_pull_request_is_fetched(github: GitHub, tmp_path: Path) -> None:
    assert fetched(github, tmp_path / "out").state == "ready"
    assert list(files_of(tmp_path / "out/data")) == ["7/cards/a/README.md"]


@pytest.mark.parametrize(
    ("where", "change", "state"),
    [
        ("runs", {"head_sha": "0" * 40}, "waiting"),
        ("runs", {"head_repository": {"id": 3}}, "waiting"),  # of another fork, which has the same commit
        ("runs", {"head_repository": None}, "waiting"),
        ("runs", {"status": "in_progress"}, "waiting"),
        ("runs", {"conclusion": "cancelled"}, "waiting"),
        ("runs", {"conclusion": "failure"}, "ready"),
        ("artifacts", {"expired": True}, "missing"),
        ("artifacts", {"name": "site"}, "missing"),
        ("artifacts", {"workflow_run": {"id": 1, "head_sha": "0" * 40}}, "missing"),
        ("artifacts", {"workflow_run": {"id": 2, "head_sha": SHA}}, "missing"),
        ("artifacts", {"size_in_bytes": 10**9}, "refused"),
        ("pulls", {"changed": ["docs/index.md", "mkdocs.yml"]}, "code"),
        ("pulls", {"changed": ["cards"]}, "code"),
        ("pulls", {"changed": ["cards/../x", "Cards/x"]}, "code"),
        ("pulls", {"changed": [f"cards/{number}" for number in range(3000)]}, "code"),
        ("pulls", {"changed": []}, "ready"),
    ],
)
def test_state_is_what_the_api_says(
    github: GitHub, tmp_path: Path, where: str, change: dict[str, Any], state: str
) -> None:
    known = getattr(github, where)
    known[7 if where == "pulls" else 0].update(change)
    assert fetched(github, tmp_path / "out").state == state
    assert (tmp_path / "out/data/7").exists() == (state == "ready")


def test_newest_run_counts(github: GitHub, tmp_path: Path) -> None:
    github.runs.append(github.runs[0] | {"id": 2, "conclusion": "failure"})
    assert fetched(github, tmp_path / "out").state == "missing"


def test_head_that_is_no_commit_ends_the_run(github: GitHub, tmp_path: Path) -> None:
    github.pulls[7]["sha"] = "../../x"
    with pytest.raises(ApiError, match="its head is no commit"):
        fetched(github, tmp_path / "out")


def test_errors_do_not_tell_the_token(github: GitHub) -> None:
    github.broken = True
    with pytest.raises(ApiError) as caught:
        api(github).get("pulls")
    assert "500" in str(caught.value) and TOKEN not in str(caught.value)


# Places --------------------------------------------------------------------------------------------------------------


def test_previews_have_their_places_while_there_is_room(tmp_path: Path) -> None:
    site = write(tmp_path / "site", {"index.html": "home"})
    write(tmp_path / "previews/pr", {f"{number}/index.html": "x" * 10_000 for number in (1, 2, 3, 9)})
    placed = place(site, tmp_path / "previews", [3, 2, 1, 4], most_bytes=25_000)
    assert placed == {3: "", 2: "", 1: "it has 0 MB, and newer previews leave room for 0 MB"}
    assert sorted(files_of(site)) == ["index.html", "pr/2/index.html", "pr/3/index.html"]


@pytest.mark.parametrize("harm", ["symlink", "folder link", "pipe", "name", "link for all"])
def test_only_plain_files_have_a_place(harm: str, tmp_path: Path) -> None:
    site = write(tmp_path / "site", {"index.html": "home"})
    preview = write(tmp_path / "previews/pr/1", {"index.html": "x"})
    match harm:
        case "symlink":
            (preview / "a.html").symlink_to("/etc/passwd")
        case "folder link":
            (preview / "a").symlink_to("/etc")
        case "pipe":
            os.mkfifo(preview / "a")
        case "name":
            (preview / "a\nb").touch()
        case "link for all":
            shutil.move(preview, tmp_path / "elsewhere")
            preview.symlink_to(tmp_path / "elsewhere")
    assert place(site, tmp_path / "previews", [1]).get(1, "no folder") != ""
    assert files_of(site) == {"index.html": b"home"}


def test_site_with_a_page_of_that_name_stays(tmp_path: Path) -> None:
    site = write(tmp_path / "site", {"pr/index.html": "ours"})
    write(tmp_path / "previews/pr/1", {"index.html": "x"})
    assert place(site, tmp_path / "previews", [1]) == {1: "the site has a page of its own at pr/"}
    assert files_of(site) == {"pr/index.html": b"ours"}


# Building ------------------------------------------------------------------------------------------------------------


def test_build_has_no_token_and_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    (tmp_path / "ask.py").write_text("import os; print(sorted(os.environ)); os.system('git log')")
    code, output = build.run("ask", folder=tmp_path, root=tmp_path)
    assert code == 0 and "TOKEN" not in output and "not a git repository" in output
    (tmp_path / "wait.py").write_text("import os, time; os.fork(); time.sleep(60)")
    start = time.monotonic()
    code, output = build.run("wait", folder=tmp_path, root=tmp_path, seconds=1)
    assert (code, time.monotonic() - start < 30) == (1, True)
    assert build.find_problems(output) == ("ERROR   -  it took longer than 1 seconds",)


def test_nothing_active_comes_from_a_pull_request(tmp_path: Path) -> None:
    active = ("x.js", "x.css", "x.html", "x.svg", "x.xml", "x.mjs", "CNAME", "x.htm", "x.wasm", "a/.htaccess", "x.JS")
    root = write(tmp_path / "root", {"mkdocs.yml": "", "docs/x.js": "ours", "docs/gone.md": "", "hooks/h.py": "ours"})
    theirs: dict[str, str | bytes] = {f"docs/{name}": "theirs" for name in (*active, "new.md", "a/picture.PNG")}
    data = write(tmp_path / "data/7", theirs | {"cards/a/README.md": "# A"})
    (data / "docs/link.md").symlink_to("/etc/passwd")
    project = tmp_path / "data/7-project"
    build.make_project(PULL, data, project, root, tmp_path / "site")
    assert files_of(project / "docs") == {"x.js": b"ours", "new.md": b"theirs", "a/picture.PNG": b"theirs"}
    assert (project / "hooks/h.py").read_text() == "ours"
    assert (project / "cards/a/README.md").read_text() == "# A"


def test_changes_are_asked_of_cardwright(tmp_path: Path) -> None:
    program = "import sys; print(' '.join(sys.argv[1:])); sys.exit(sys.argv[3].endswith('broken'))"
    root = write(tmp_path, {"hooks/cardwright/__init__.py": "", "hooks/cardwright/__main__.py": program})
    assert build.find_changes(Path("theirs"), root) == "diff ./cards theirs --markdown\n"
    assert build.find_changes(Path("broken"), root) == ""


def test_page_of_a_failed_build_is_safe() -> None:
    page = build.make_failed_page(PULL, ("<script>alert(1)</script>",))
    assert "<script" not in page and "&lt;script&gt;" in page and "default-src 'none'" in page


# Reports and comments ------------------------------------------------------------------------------------------------


def test_plan_and_report_are_read_as_written(tmp_path: Path) -> None:
    plan = Plan((PULL, Pull(1, SHA, "u", "refused", reasons=("a", "b"))), (3,))
    write_plan(plan, tmp_path / "plan")
    assert read_plan(tmp_path / "plan") == plan
    report = Report(True, ("a", "b"), "diff")
    write_report(report, tmp_path / "report")
    assert read_report(tmp_path / "report") == report


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"built": 1}', "[" * 100_000, "\xff", '{"problems": 5}', "9" * 200_001]
)
def test_report_that_is_none_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "report").write_text(text, encoding="latin-1")
    assert read_report(tmp_path / "report") is None
    (tmp_path / "link").symlink_to(tmp_path / "report")
    assert read_report(tmp_path / "link") is None and read_report(tmp_path / "absent") is None


def test_lines_of_anyone_stay_in_their_block() -> None:
    lines = ("````", "@everyone <!-- x -->", "a\nb\x1b[31m\u202ec", "x" * 1000)
    block = fence(lines).splitlines()
    assert len(block) == 6 and block[0] == "`````text" and block[-1] == "`````"
    assert "\x1b" not in block[3] and "\u202e" not in block[3] and len(block[4]) == 300
    assert one_line("plain") == "plain"


def test_body_is_never_too_long_for_github() -> None:
    report = Report(True, tuple("`" * 300 for _ in range(200)), "@" * 70_000)
    body = write_body(PULL, report, "", "https://example.org/pr/7/")
    assert body.startswith(MARKER) and len(body) <= 60_000 and "Preview of" in body


def test_marker_in_a_diff_is_none() -> None:
    body = write_body(PULL, Report(True, (), f"{MARKER} x"), "", "https://example.org/pr/7/")
    assert body.count(MARKER) == 1


def test_comment_is_changed_and_never_added_to(github: GitHub, tmp_path: Path) -> None:
    others: list[dict[str, Any]] = [
        {"id": 1, "body": MARKER, "user": {"login": "someone", "type": "User"}},
        {"id": 2, "body": MARKER, "user": {"login": "github-actions[bot]", "type": "User"}},
        {"id": 3, "body": f"> {MARKER}", "user": BOT},
        {"id": 4, "body": MARKER, "user": None},
        *({"id": 10 + number, "body": None, "user": {"login": "x", "type": "User"}} for number in range(150)),
    ]
    github.comments[7] = list(others)
    plan = Plan((PULL,), (8,))
    for pages in ([""], ["https://example.org/pr/7/"], ["https://example.org/pr/7/"]):
        assert comment_all(api(github), plan, tmp_path, {"7": ""}, lambda pull, pages=pages: pages[0])  # type: ignore[misc]
    assert github.comments[7][: len(others)] == others
    assert len(github.comments[7]) == len(others) + 1
    assert 8 not in github.comments


def test_one_comment_that_cannot_be_written_costs_no_other(github: GitHub, tmp_path: Path) -> None:
    github.comments[9] = [{"id": 9, "body": MARKER, "user": {"login": "github-actions[bot]", "type": "Bot", "x": 1}}]
    plan = Plan((Pull(9, SHA, "u", "waiting"), PULL))
    assert not comment_all(api(github), plan, tmp_path, {"7": ""}, lambda pull: "")
    assert len(github.comments[7]) == 1


def test_page_is_waited_for(github: GitHub) -> None:
    site, late = f"{github.url}/pages/", time.monotonic() - 1
    assert wait_for_page(PULL, site, late, 0) == ""
    write(github.pages / "pr/7", {"index.html": "x", "preview.json": json.dumps({"number": 7, "sha": "0" * 40})})
    assert wait_for_page(PULL, site, late, 0) == "", "the page of an older commit"
    write(github.pages / "pr/7", {"preview.json": json.dumps({"number": 7, "sha": SHA})})
    assert wait_for_page(PULL, site, late, 0) == f"{site}pr/7/"
    assert "did not answer" in write_body(PULL, Report(True), "", "")
    assert comment.SECONDS >= 600
