"""Ask GitHub which pull requests are open, and fetch the cards and docs of each that changes nothing else.

    python3 -m scripts.previews.fetch OUT

Everything is found by the head commit of a pull request, through the API. Nothing in an artifact says whose it is.
What one pull request does costs no other anything; an answer that GitHub owes ends the run, and the site stays.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scripts.previews.archive import FOLDERS, MAX_ZIP_BYTES, RefusedError, unpack
from scripts.previews.github import Api, ApiError, TooLargeError, api_from_environment
from scripts.previews.pulls import DATA, PLAN, Plan, Pull, one_line, write_plan

WORKFLOW = "ci.yml"
ARTIFACT = "cards-and-docs"
MAX_CHANGED = 3000
"""The API lists no more files of a pull request."""
MAX_PULLS = 100
CLOSED_OF_LATE = 30


def fetch(api: Api, out: Path) -> Plan:
    """The plan, with the files of those that are ready below `out`."""
    main = api.get("")["default_branch"]
    listed = list(api.get_all("pulls", most=1000, state="open", base=main, sort="created", direction="desc"))
    pulls = tuple(fetch_pull(api, answer, out) for answer in listed[:MAX_PULLS])
    newest = api.get("pulls", state="closed", sort="updated", direction="desc", per_page=CLOSED_OF_LATE)
    plan = Plan(tuple(sorted(pulls, key=lambda pull: -pull.number)), tuple(int(each["number"]) for each in newest))
    write_plan(plan, out / PLAN)
    return plan


def fetch_pull(api: Api, answer: Mapping[str, Any], out: Path) -> Pull:
    """What is known of one pull request; its files are unpacked when it is ready."""
    number, sha = int(answer["number"]), str(answer["head"]["sha"])
    if not re.fullmatch(r"[0-9a-f]{40}", sha):
        raise ApiError(f"pull request {number}: its head is no commit")
    pull = Pull(number, sha, str(answer["html_url"]), "waiting")
    run = find_run(api, sha, answer["head"]["repo"])
    if run:
        pull = replace(pull, run_url=str(run["html_url"]), conclusion=str(run["conclusion"]))
    if touches_code(api, number):
        return replace(pull, state="code")
    if run is None:
        return pull
    artifact = find_artifact(api, int(run["id"]), sha)
    if artifact is None:
        return replace(pull, state="missing")
    target = out / DATA / str(number)
    try:
        if artifact["size_in_bytes"] > MAX_ZIP_BYTES:
            raise RefusedError(f"{artifact['size_in_bytes']:,} bytes, and at most {MAX_ZIP_BYTES:,} are taken")
        unpack(api.download(f"actions/artifacts/{int(artifact['id'])}/zip", MAX_ZIP_BYTES), target)
    except (RefusedError, TooLargeError) as error:
        shutil.rmtree(target, ignore_errors=True)
        return replace(pull, state="refused", reasons=tuple(one_line(str(reason)) for reason in error.args))
    return replace(pull, state="ready")


def find_run(api: Api, sha: str, head_repository: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The newest finished ci run of that commit, made for a pull request from that repository."""
    runs = api.get(f"actions/workflows/{WORKFLOW}/runs", event="pull_request", head_sha=sha, per_page=100)
    theirs = (head_repository or {}).get("id")
    fits = [
        run
        for run in runs["workflow_runs"]
        if run["head_sha"] == sha
        and run["status"] == "completed"
        and run["conclusion"] not in ("skipped", "cancelled", "action_required", "stale")
        and (run["head_repository"] or {}).get("id") == theirs
    ]
    return max(fits, key=lambda run: int(run["id"]), default=None)


def find_artifact(api: Api, run: int, sha: str) -> Mapping[str, Any] | None:
    """The newest artifact of that run with our name; none when it has expired."""
    answer = api.get(f"actions/runs/{run}/artifacts", name=ARTIFACT, per_page=100)
    fits = [
        artifact
        for artifact in answer["artifacts"]
        if artifact["name"] == ARTIFACT
        and not artifact["expired"]
        and artifact["workflow_run"]["id"] == run
        and artifact["workflow_run"]["head_sha"] == sha
    ]
    return max(fits, key=lambda artifact: int(artifact["id"]), default=None)


def touches_code(api: Api, number: int) -> bool:
    """Whether a pull request changes anything but cards and docs, or more files than the API tells."""
    files = list(api.get_all(f"pulls/{number}/files", most=MAX_CHANGED))
    names = [name for file in files for name in (file["filename"], file.get("previous_filename")) if name]
    return len(files) >= MAX_CHANGED or not all(name.startswith(tuple(f"{f}/" for f in FOLDERS)) for name in names)


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True)
    try:
        plan = fetch(api_from_environment(), out)
    except ApiError as error:
        sys.exit(f"Nothing is published: {one_line(str(error))}")
    for pull in plan.pulls:
        print(f"pull request {pull.number}: {pull.state}", *pull.reasons, sep="\n    ")


if __name__ == "__main__":
    main()
