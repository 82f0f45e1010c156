"""Card text: GitHub Flavored Markdown to safe HTML that looks as it does on GitHub.

`outline.read_body` parses and finds the blocks, `page.render` makes safe page HTML of a part of it.
"""

from cardwright.gfm.highlight import highlight_text
from cardwright.gfm.links import NO_LINKS, Links
from cardwright.gfm.outline import Block, Body, Cell, Table, read_body
from cardwright.gfm.page import permalink_html, render_heading, render_inline, render_part

__all__ = [
    "NO_LINKS",
    "Block",
    "Body",
    "Cell",
    "Links",
    "Table",
    "highlight_text",
    "permalink_html",
    "read_body",
    "render_heading",
    "render_inline",
    "render_part",
]
