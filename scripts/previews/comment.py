"""Tell each pull request where its preview is: one comment, which is changed and never added to.

    python3 -m scripts.previews.comment PLAN REPORTS PLACED PAGE_URL

A link is given only after the page behind it answers. The comment is ours when it begins with MARKER and the bot of
GitHub Actions wrote it: anyone can write the marker, and no one can be the bot.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scripts.previews.github import Api, ApiError, api_from_environment
from scripts.previews.pulls import Plan, Pull, Report, one_line, read_plan, read_report

MARKER = "<!-- cardwright: preview -->"
AUTHOR = "github-actions[bot]"
MAX_CHARS = 60_000
"""GitHub takes 65,536."""
SECONDS = 600.0
"""So long a page that was just deployed is asked for."""
FAILED_CI = ("failure", "timed_out", "startup_failure")


def comment_all(api: Api, plan: Plan, reports: Path, placed: Mapping[str, str], wait: Callable[[Pull], str]) -> bool:
    """Write the comment of each pull request. Gives whether all could be written."""
    well = True
    bodies: dict[int, Callable[[], str]] = {}
    for pull in plan.pulls:
        report = read_report(reports / f"{pull.number}.json") if pull.state == "ready" else None
        why_not = placed.get(str(pull.number))
        bodies[pull.number] = lambda pull=pull, report=report, why_not=why_not: write_body(  # type: ignore[misc]
            pull, report, why_not, wait(pull) if why_not == "" else ""
        )
    for number in plan.closed:
        bodies.setdefault(number, lambda: f"{MARKER}\nThis pull request is closed, and its preview is gone.\n")
    for number, body in bodies.items():
        try:
            put_comment(api, number, body, may_add=number not in plan.closed)
        except ApiError as error:  # a locked conversation, for one: the others get theirs
            print(f"pull request {number}: {one_line(str(error))}", file=sys.stderr)
            well = False
    return well


def put_comment(api: Api, number: int, body: Callable[[], str], may_add: bool) -> None:
    """Change our comment, or add it where there is none."""
    ours = next((each for each in api.get_all(f"issues/{number}/comments") if is_ours(each)), None)
    if ours is None and not may_add:
        return
    text = body()
    if ours is None:
        api.send("POST", f"issues/{number}/comments", {"body": text})
    elif str(ours["body"]).strip() != text.strip():
        api.send("PATCH", f"issues/comments/{int(ours['id'])}", {"body": text})


def is_ours(comment: Mapping[str, Any]) -> bool:
    user = comment["user"] or {}
    return user.get("login") == AUTHOR and user.get("type") == "Bot" and str(comment["body"] or "").startswith(MARKER)


def write_body(pull: Pull, report: Report | None, why_not: str | None, page_url: str) -> str:
    """The comment: where the preview is or why there is none, what changed, what is wrong.

    `why_not` is empty when the preview is published; `page_url` is, when its page did not answer.
    """
    parts = [MARKER, f"{_tell(pull, report, why_not, page_url)}"]
    if pull.conclusion in FAILED_CI:
        parts.append(f"ci did not pass: [its log]({pull.run_url}).")
    if report and report.diff:
        parts.append(report.diff.replace("<!--", "&lt;!--").strip())
    lines = report.problems if report else pull.reasons
    if lines:
        parts.append(f"What is wrong:\n\n{fence(lines)}")
    text = "\n\n".join(parts) + "\n"
    return text if len(text) <= MAX_CHARS else "\n\n".join([*parts[:2], "The rest is too long for a comment."]) + "\n"


def _tell(pull: Pull, report: Report | None, why_not: str | None, page_url: str) -> str:
    commit = f"`{pull.sha[:7]}`"
    download = f"[download the site]({pull.run_url}#artifacts) from its ci run" if pull.run_url else "wait for ci"
    match pull.state:
        case "code":
            return (
                f"This pull request changes more than `cards/` and `docs/`, so {commit} gets no preview: to look at"
                f" it, {download}."
            )
        case "waiting":
            return f"There is no preview of {commit} yet: ci has not finished."
        case "missing":
            return f"There is no preview of {commit}: ci kept no cards and docs, or not any longer. Run it again."
        case "refused":
            return f"There is no preview of {commit}: what ci kept of it is not taken."
    if why_not is None:
        return f"There is no preview of {commit}: the build of previews did not get to it."
    if why_not:
        return f"There is no preview of {commit}: {why_not}. Instead, {download}."
    if not page_url:
        return f"The preview of {commit} was published, but did not answer within {SECONDS / 60:.0f} minutes."
    if report is None or not report.built:
        return f"The preview of {commit} could not be built. [It says why]({page_url})."
    return f"**[Preview of {commit}]({page_url})**"


def fence(lines: tuple[str, ...]) -> str:
    """Lines of anyone's as they stand: nothing in a code block is a mention, a link or HTML."""
    text = "\n".join(one_line(line) for line in lines)
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}text\n{text}\n{ticks}"


def wait_for_page(pull: Pull, site_url: str, until: float, pause: float) -> str:
    """The address of the preview, once it is there as built from that commit; empty when it did not come."""
    page = f"{site_url.rstrip('/')}/pr/{pull.number}/"
    while True:
        try:
            stamp = f"{page}preview.json?{pull.sha}"  # which no cache has an older answer to
            with urllib.request.urlopen(stamp, timeout=30) as answer:
                found = json.loads(answer.read(1000))
            with urllib.request.urlopen(page, timeout=30):
                pass
            if found == {"number": pull.number, "sha": pull.sha}:
                return page
        except (OSError, ValueError):
            pass
        if time.monotonic() > until:
            return ""
        time.sleep(pause)


def main() -> None:
    plan, reports, placed, page_url = sys.argv[1:5]
    if not page_url.startswith(("https://", "http://")):
        sys.exit("The deployment gave no address.")
    until = time.monotonic() + SECONDS
    pause = 10 * float(os.environ.get("PREVIEWS_PAUSE", "1"))
    read = json.loads(Path(placed).read_text(encoding="utf-8"))
    well = comment_all(
        api_from_environment(),
        read_plan(Path(plan)),
        Path(reports),
        read,
        lambda pull: wait_for_page(pull, page_url, until, pause),
    )
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
