"""A site that is read from a folder, without a server: where Material's plugin `offline` is on.

Browsers refuse workers and requests to pages that are opened as files. A script of ours stands in for both; requests
it answers from scripts that hold the same data, since scripts are what a page may load there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from cardwright.addresses import ASSETS_URI
from cardwright.making import Setting, SiteFile

SCRIPT = f"{ASSETS_URI}/iframe-worker.js"
"""Called so because the plugin adds no worker of another host when there is one of this name."""
DATA_URI = f"{ASSETS_URI}/data"
ASKED_FOR = ("index.json", "card.json", "card.own.json")
"""Files that our scripts ask for."""


def set_up(plugins: Mapping[str, Any], extra: MutableMapping[str, Any]) -> bool:
    """Whether the site is for reading without a server; then its pages load our worker, and none of another host."""
    is_offline = any(name.endswith("offline") and plugin.config.enabled for name, plugin in plugins.items())
    if is_offline:
        extra["polyfills"] = [*(each for each in extra.get("polyfills", []) if "iframe-worker" not in each), SCRIPT]
    return is_offline


def make_twins(files: Iterable[SiteFile], setting: Setting) -> Iterator[SiteFile]:
    """Scripts with the same data as the files that our scripts ask for; no card can put a file in their place."""
    for file in files if setting.is_offline else ():
        if isinstance(file.content, str) and file.uri.rpartition("/")[2] in ASKED_FOR:
            yield SiteFile(
                f"{DATA_URI}/{file.uri}.js", f"document.currentScript.answer = {json.dumps(file.content)};\n"
            )
