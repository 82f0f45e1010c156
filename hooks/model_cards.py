"""The MkDocs hook: `hooks: [hooks/model_cards.py]` in mkdocs.yml. All work is in the package beside this file."""

from cardwright.plugin import Door

_door = Door("hook")
on_startup = _door.on_startup
on_config = _door.on_config
on_files = _door.on_files
on_nav = _door.on_nav
on_env = _door.on_env
on_template_context = _door.on_template_context
on_page_markdown = _door.on_page_markdown
on_page_content = _door.on_page_content
on_post_page = _door.on_post_page
on_post_template = _door.on_post_template
on_post_build = _door.on_post_build
on_build_error = _door.on_build_error
on_serve = _door.on_serve
