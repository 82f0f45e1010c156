"""Views of a model's structure: the diagram in the page, and the viewer that opens the whole graph."""

from __future__ import annotations

from cardwright.structure.netron import ViewerError, ViewerFile, has_viewer, netron_files, netron_url
from cardwright.structure.svg import draw_diagram

__all__ = ["ViewerError", "ViewerFile", "draw_diagram", "has_viewer", "netron_files", "netron_url"]
