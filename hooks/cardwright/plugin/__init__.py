"""The MkDocs edge: options in, pages and files out, problems to the log. The only part that imports mkdocs.

Two doors lead here, the hook file and the plugin; they differ only in where the options stand.
"""

from __future__ import annotations

from typing import Any

from mkdocs.plugins import BasePlugin

from cardwright.plugin.door import Door


class CardwrightPlugin(Door, BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """The plugin `cardwright`: the same as the hook, for sites that install the package."""

    def __init__(self) -> None:
        super().__init__("plugin")

    def load_config(
        self, options: dict[str, Any], config_file_path: str | None = None
    ) -> tuple[list[tuple[str, Exception]], list[tuple[str, str]]]:
        """Take the options as they stand; `on_config` checks them in the one place for both doors."""
        self.given = options
        return [], []


__all__ = ["CardwrightPlugin", "Door"]
