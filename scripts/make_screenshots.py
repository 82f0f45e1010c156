"""Take the screenshots of the documentation again, of the site as it is: `python scripts/make_screenshots.py`.

Needs the development packages and a Chromium or Chrome on PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "docs" / "assets"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--allow-file-access-from-files")
SCHEMES = ("light", "dark")

SHOTS = {"card": ("models/resnet50-v2", 1180), "first-card": ("models/tiny-classifier", 1080)}
"""Name of a picture: the page it shows, and its height in pixels."""
WIDTH = 940


def main() -> None:
    """Build a copy of the site with the card of the guide in it, and write the pictures into docs/assets."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        for name in ("docs", "cards", "hooks"):
            shutil.copytree(ROOT / name, project / name)
        shutil.copy(ROOT / "mkdocs.yml", project)
        _add_guide_card(project)
        command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
        subprocess.run(command, cwd=project, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
        with sync_playwright() as playwright:
            found = next(filter(None, map(shutil.which, BROWSERS)), None)
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
            for name in SHOTS:
                for scheme in SCHEMES:
                    _shoot(browser, project / "site", name, scheme)


def _add_guide_card(project: Path) -> None:
    """The last version of the card that the guide writes, with the model that it copies."""
    guide = (ROOT / "docs" / "guide" / "first-card.md").read_text(encoding="utf-8")
    text = re.findall(r'````markdown title="cards/tiny-classifier/README\.md"\n(.*?)````', guide, re.DOTALL)[-1]
    card = project / "cards" / "tiny-classifier"
    card.mkdir()
    (card / "README.md").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "cards" / "mobilenetv2" / "model.onnx", card)


def _shoot(browser: Browser, site: Path, name: str, scheme: str) -> None:
    uri, height = SHOTS[name]
    dark = scheme == "dark"
    page = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="dark" if dark else "light")
    page.goto((site / uri / "index.html").as_uri())
    page.wait_for_load_state("networkidle")
    page.screenshot(path=ASSETS / f"{name}-{scheme}.png")
    page.close()


if __name__ == "__main__":
    main()
