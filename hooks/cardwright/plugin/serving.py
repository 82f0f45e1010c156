"""`mkdocs serve`: what is saved is seen at once, and the site that is served changes file by file.

MkDocs builds into a folder beside the one that is served, and then what differs is moved over. Where only cards
changed, MkDocs is not asked at all: see `refresh`.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.nav import Navigation
from watchdog.events import (
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch
from watchdog.observers.polling import PollingObserver

from cardwright.history import read_history
from cardwright.making import SiteFile
from cardwright.plugin.building import Build, Cards, find_entries, make_cards, remove, spoil
from cardwright.plugin.cards import find_events, render_page, write_file
from cardwright.plugin.files import log_problems
from cardwright.plugin.reading import close_inspector, read_all
from cardwright.plugin.search import find_searches, replace_entries
from cardwright.stamps import Stamp, stamp_tree

if TYPE_CHECKING:
    from cardwright.plugin.door import Door

log = logging.getLogger("mkdocs.plugins.cardwright")

WATCHED_SYSTEMS = frozenset("btrfs ext2 ext3 ext4 f2fs overlay tmpfs xfs zfs".split())
"""File systems of which Linux tells every change: one on a network, or shared with a virtual machine, is none."""

MAX_FOLDERS = 50_000

LOOK_SECONDS = 2.0
"""Between two looks at the cards that nobody asked for."""

CHANGES = (
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
)


@dataclass(frozen=True, slots=True)
class Served:
    """The site that is served, as MkDocs built it last."""

    built: Collection[str]
    """The files that MkDocs made, from the root of the site."""
    others: Mapping[str, Stamp]
    """All that is watched but the cards."""


def open_side(site_dir: str) -> str:
    """A folder that MkDocs may empty and fill, beside the one that is served."""
    return tempfile.mkdtemp(prefix=f"{Path(site_dir).name}-", dir=Path(site_dir).parent)


def move_over(side: str, live: Path, ours: Collection[str], before: Collection[str]) -> set[str]:
    """Have the served folder hold what MkDocs built, and nothing that only the build `before` had. What it built."""
    built: set[str] = set()
    for path in Path(side).rglob("*"):
        if path.is_file():
            uri = path.relative_to(side).as_posix()
            built.add(uri)
            target = live / uri
            if not _is_equal(path, target):
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
    for uri in set(before) - built - set(ours):
        remove(live, uri)
    shutil.rmtree(side, ignore_errors=True)
    return built


def _is_equal(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    return False


def stamp_all(config: MkDocsConfig, cards_dir: Path) -> Mapping[str, Stamp]:
    """Everything that MkDocs watches but the cards: when it changed, MkDocs has to build."""
    paths = [config.docs_dir, config.config_file_path, *config.watch, *config.theme.dirs]
    found: dict[str, Stamp] = {}
    for path in (Path(path) for path in paths if path and Path(path) != cards_dir):
        found |= stamp_tree(path)
    return found


class _Changes(Observer):  # type: ignore[misc, valid-type]
    """What the system tells of changes. It would tell of every file that is read, too: a build reads them all.

    It tells nothing until it has looked into all folders, and may lose something when much happens at once; so now and
    then the files themselves are looked at.
    """

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door
        self.handler: FileSystemEventHandler | None = None

    def schedule(self, handler: FileSystemEventHandler, path: str, *, recursive: bool = False) -> ObservedWatch:
        self.handler = _Folders(handler)
        watch: ObservedWatch = super().schedule(self.handler, path, recursive=recursive, event_filter=list(CHANGES))
        return watch

    def start(self) -> None:
        super().start()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        seen: object = None
        while self.is_alive():
            began = time.monotonic()
            last = self.door.last
            tree = stamp_tree(self.door.cards_dir)
            differs = last is not None and tree != last.cards.read.tree
            if differs and tree == seen and self.handler:
                self.handler.dispatch(FileModifiedEvent(str(self.door.cards_dir)))
            seen = tree if differs else None
            time.sleep(max(LOOK_SECONDS, 20 * (time.monotonic() - began)))


class _Folders(FileSystemEventHandler):
    """MkDocs' own handler hears of files alone: a folder that is moved away is told as a file that goes."""

    def __init__(self, handler: FileSystemEventHandler) -> None:
        self.handler = handler

    def dispatch(self, event: FileSystemEvent) -> None:
        self.handler.dispatch(FileDeletedEvent(event.src_path) if event.is_directory else event)


def watch_closely(server: LiveReloadServer, config: MkDocsConfig, door: Door) -> None:
    """Have the system tell of changes, where it can: MkDocs looks for them twice a second."""
    if not isinstance(server.observer, PollingObserver) or not all(
        map(_is_watched, (Path(config.docs_dir), door.cards_dir))
    ):
        return
    paths = [path for path in (config.docs_dir, config.config_file_path, *config.theme.dirs) if path]
    watched = []
    for path in paths:
        with suppress(KeyError):
            server.unwatch(path)
            watched.append(path)
    server.observer = _Changes(door)
    for path in watched:
        server.watch(path)


def _is_watched(folder: Path) -> bool:
    """Whether the system tells of changes below a folder, and of so many."""
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:  # noqa: PTH123
            systems = dict(line.split()[1:3] for line in mounts)
        limit = int(Path("/proc/sys/fs/inotify/max_user_watches").read_text())
    except (OSError, ValueError):
        return False
    place = os.path.realpath(folder)
    while place not in systems and place != "/":
        place = os.path.dirname(place)  # noqa: PTH120
    below = sum(path.endswith("/") for path in stamp_tree(folder))
    return systems.get(place) in WATCHED_SYSTEMS and below < min(limit // 2, MAX_FOLDERS)


def finish(door: Door, config: MkDocsConfig) -> None:
    """What MkDocs built becomes the site that is served."""
    if door.last:
        ours = {uri for each in door.last.written.values() for uri in each.uris}
        door.served = Served(
            move_over(config.site_dir, door.site_dir, ours, door.served.built if door.served else ()),
            stamp_all(config, door.cards_dir),
        )
    config.site_dir = str(door.site_dir)


def make_builder(door: Door, build: Callable[[], None]) -> Callable[[], None]:
    """What the server calls after a change: `refresh` where that is enough, else MkDocs' own `build`."""

    def rebuild() -> None:
        try:
            if refresh(door):
                return
        except Exception:
            log.debug("All is built again", exc_info=True)
        build()

    return rebuild


def refresh(door: Door) -> bool:
    """Bring the site up to the cards as they are now, without MkDocs; False where that is not enough."""
    began = time.monotonic()
    theme, last, build, served = door.theme, door.last, door.build, door.served
    if not (theme and last and build and served) or theme.config.strict:
        return False
    config = theme.config
    if find_events(config, door) is not door or stamp_all(config, door.cards_dir) != served.others:
        return False
    read = read_all(last.cards.read.reading, last.cards.read)
    close_inspector()
    setting = replace(last.cards.setting, known={}, has_feed=False)
    cards = make_cards(read, setting, read_history(door.cards_dir), last.cards)
    if _names(cards, theme.nav) != _names(last.cards, theme.nav):
        return False
    log_problems(cards.plan.problems)
    door.pages, door.last = cards.shown, spoil(last)
    before = {file.uri: file for file in last.cards.exports}
    for made in (made for made in cards.exports if made != before[made.uri]):
        write_file(made, door.site_dir)
    for uri in (uri for uri, page in door.pages.items() if page != last.cards.shown[uri]):
        file = theme.files.src_uris[uri]
        assert file.page
        write_file(SiteFile(file.dest_uri, render_page(file.page, theme, door)), door.site_dir)
    count = len(find_entries(last, theme.files))
    made_again = door.make_pages(Build(cards, build.files, last))
    for plugin in find_searches(config):
        replace_entries(plugin, count, find_entries(made_again, theme.files), config)
    door.last = made_again
    log.info("Cards brought up to date in %.2f seconds", time.monotonic() - began)
    return True


def _names(cards: Cards, nav: Navigation) -> object:
    """What MkDocs knows of the cards: pages, files, dates in the sitemap, and names in the nav."""
    uris = [file.uri for file in cards.exports]
    dates = [(entry.slug, entry.change.day if entry.change else "") for entry in cards.plan.entries]
    titles = cards.titles
    named = [titles.get(page.file.src_uri) for page in nav.pages]
    return cards.uris, [*cards.shown], uris, cards.setting.has_feed, dates, named
