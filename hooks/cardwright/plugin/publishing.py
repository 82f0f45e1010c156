"""Builds that replace the site whole or not at all: MkDocs fills a folder beside it, see `exchange.py`."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

import mkdocs.commands.build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.utils import CountHandler

from cardwright.exchange import Beside, close, open_beside, put_in_place

log = logging.getLogger("mkdocs.plugins.cardwright")


@dataclass(frozen=True, slots=True)
class Staged:
    """A build under way."""

    beside: Beside
    site_dir: str
    """As MkDocs knows it."""
    named: _Named


class _Named(logging.Filter):
    """What MkDocs says of the folder that it fills, it says of the site."""

    def __init__(self, folder: str, site_dir: str) -> None:
        super().__init__()
        self.folder, self.site_dir = folder, site_dir

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = record.msg.replace(self.folder, self.site_dir)
        return True


LOG, BUILD_LOG = mkdocs.__name__, mkdocs.commands.build.__name__
"""Names of loggers; ProperDocs, which gives its own modules for MkDocs', has others."""


def stage(config: MkDocsConfig) -> Staged:
    """Have MkDocs fill a folder beside the site. Raises `ConfigurationError` where none can be made."""
    try:
        beside = open_beside(Path(config.site_dir))
    except OSError as error:
        raise ConfigurationError(f"{config.site_dir} cannot be written: {error.strerror}. It stays as it is.") from None
    named = _Named(str(beside.folder), config.site_dir)
    logging.getLogger(BUILD_LOG).addFilter(named)
    staged = Staged(beside, config.site_dir, named)
    config.site_dir = str(beside.folder)
    return staged


def publish(staged: Staged, config: MkDocsConfig) -> bool:
    """Put the finished build in the place of the site, unless MkDocs is about to refuse it; whether it did.

    Raises `Abort` when the disk refuses.
    """
    handlers = logging.getLogger(LOG).handlers
    if config.strict and any(handler.get_counts() for handler in handlers if isinstance(handler, CountHandler)):
        return False  # MkDocs aborts next, which leads to `discard`
    try:
        put_in_place(staged.beside)
    except OSError as error:
        raise Abort(explain(error, staged)) from None
    _restore(staged)
    config.site_dir = staged.site_dir
    return True


def discard(staged: Staged) -> None:
    """Leave the site as it is."""
    close(staged.beside)
    _restore(staged)


def explain(error: OSError, staged: Staged) -> str:
    """What the disk refused, in one line."""
    where = (
        os.fsdecode(error.filename2 or error.filename or "").replace(staged.named.folder, staged.site_dir)
        or staged.site_dir
    )
    return f"{where}: {error.strerror or error}. The site in {staged.site_dir} stays as it was."


def _restore(staged: Staged) -> None:
    logging.getLogger(BUILD_LOG).removeFilter(staged.named)
