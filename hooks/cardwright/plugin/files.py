"""Our files among those of MkDocs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import File, Files

import cardwright
from cardwright.addresses import ASSETS_URI
from cardwright.exports.llms import MAX_DOCS, find_doc_title
from cardwright.site import SiteFile


def list_docs(files: Files) -> tuple[tuple[str, str], ...]:
    """Title and address of the pages that others made, in their order."""
    pages = [file for file in files.documentation_pages() if file.generated_by is None]
    return tuple((find_doc_title(file.content_string) or file.name, file.url) for file in pages[:MAX_DOCS])


def add_file(files: Files, own: Mapping[str, File], file: File) -> None:
    """Add our file, unless it would take the place of one in `own`, the files of docs_dir by source and address."""
    other = own.get(file.src_uri) or own.get(file.dest_uri)
    if other:
        raise ConfigurationError(
            f"{other.src_uri} has the address that Cardwright needs for {file.src_uri}: rename it."
        )
    files.append(file)


def make_file(file: SiteFile, config: MkDocsConfig) -> File:
    if file.copied_from:
        return File.generated(config, file.uri, abs_src_path=str(file.copied_from))
    made = File.generated(config, f"{file.uri}.made", content=file.content or "")
    made.dest_uri = file.uri  # under another name at first: of a name in .md MkDocs would make a page
    return made


def list_assets() -> tuple[SiteFile, ...]:
    folder = Path(cardwright.__file__).parent / "assets"
    return tuple(SiteFile(f"{ASSETS_URI}/{path.name}", copied_from=path) for path in sorted(folder.iterdir()))
