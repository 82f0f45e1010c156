"""The types of a card's fields: what real cards write there is taken, what cannot be meant is said."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

NETSCOPE_URL = re.compile(
    r"https?://(ethereon|dgschwend)\.github\.io/netscope/"
    r"(#/(gist/[._a-zA-Z0-9%()-]+|preset/[\w.-]+|url/.+|editor/?|doc)|quickstart\.html)?"
)
"""Addresses of netscope that draw something: a gist, a preset, a prototxt by URL, the editor."""

STORAGE_SCHEMES = ("s3", "gs", "gcs", "az", "abfs", "abfss", "hf")
"""How addresses in object storage begin: Amazon's and those like it, Google's, Azure's, Hugging Face's."""

MAX_SLUG_BYTES = 200
"""A slug is the name of a folder of the site, and file systems allow 255 bytes."""

STRUCTURE_KINDS = ("netscope", "netron", "image", "url")


def wrong(message: str, hint: str = "") -> PydanticCustomError:
    """A validation error with what to do about it."""
    return PydanticCustomError("card", "{message}", {"message": message, "hint": hint})


def as_text(value: object) -> object:
    """One value."""
    if isinstance(value, (list, tuple, dict)):
        kind = "mapping" if isinstance(value, dict) else "list"
        raise wrong(f"a {kind} stands here, one value is expected", "write one value on the line of the key")
    return None if value == "" else value


def as_texts(value: object) -> object:
    """A list of values, where real cards also write one alone."""
    if value is None or value == "":
        return ()
    if isinstance(value, dict):
        raise wrong("a mapping stands here, a list is expected", "write a list: one `- item` a line")
    if not isinstance(value, (list, tuple)):
        return (value,)
    for item in value:
        if isinstance(item, (list, tuple, dict)):
            raise wrong("the list holds a list or mapping, words are expected", "write one word an item")
    return tuple(item for item in value if item not in (None, ""))


def as_items(value: object) -> object:
    """A list of mappings, where real cards also write one mapping alone."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):  # an empty item keeps its place, so that those after it keep theirs
        return [{} if item is None else item for item in value]
    return (value,) if isinstance(value, dict) else value


def as_mapping(value: object) -> object:
    """A mapping, where the key may stand alone."""
    return {} if value is None else value


def as_model_index(value: object) -> object:
    """A `model-index`, which real cards also write as one entry, or as a mapping of name to results."""
    if isinstance(value, dict) and not {"name", "results"} & value.keys():
        entries = [{"name": name, "results": results} for name, results in value.items()]
        return entries if all(isinstance(entry["results"], list) for entry in entries) else [value]
    return as_items(value)


def as_fields(value: object) -> object:
    """A mapping, where real cards also write a word alone: its name."""
    return {"name": value} if isinstance(value, str) else as_mapping(value)


def is_url(value: str) -> str:
    """A web address."""
    if value and not re.match(r"https?://[^\s/]+", value):
        raise wrong(f"`{value}` is not a web address", "begin it with https://")
    return value


def is_file_url(value: str) -> str:
    """An address of a file: on the web, or in object storage."""
    return value if re.match(rf"(?:{'|'.join(STORAGE_SCHEMES)})://[^\s/]+|file:///[^\s]", value) else is_url(value)


def is_url_or_none(value: str) -> str:
    """A web address, or a word that says that there is none."""
    return value if re.fullmatch(r"n\.?/?a\.?|none|unknown|tb[da]|-+", value, re.IGNORECASE) else is_url(value)


def is_sha256(value: str) -> str:
    """A SHA-256 in hexadecimal."""
    if value and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise wrong("not a SHA-256: 64 hexadecimal digits are expected", "run `sha256sum FILE`")
    return value


def stays_inside(value: str) -> str:
    """A path that stays inside the card's folder, as far as its text tells."""
    parts = value.replace("\\", "/").split("/")
    if value.startswith(("/", "\\", "~")) or ".." in parts or re.match(r"[a-zA-Z]:", value) or "\0" in value:
        raise wrong(f"`{value}` leaves the card's folder", "put the file beside the card")
    return value


def are_slugs(values: tuple[str, ...]) -> tuple[str, ...]:
    """Names as they stand in addresses: letters and digits of any script, `.`, `_` and `-`, and no path."""
    for value in values:
        if not re.fullmatch(r"[\w-][\w.-]*", value) or value.endswith(".") or len(value.encode()) > MAX_SLUG_BYTES:
            raise wrong(f"`{value[:60]}` was never a name in addresses", "write the last part of the old address alone")
    return values


def is_structure_kind(value: str) -> str:
    """A kind of structure link."""
    if value not in STRUCTURE_KINDS:
        raise wrong(f"`{value}` is not a kind of structure link", f"one of {', '.join(STRUCTURE_KINDS)}")
    return value


_TEXT_SCHEMA = {"type": ["string", "number", "boolean", "null"]}
_TEXTS_SCHEMA = {"anyOf": [_TEXT_SCHEMA, {"type": "array", "items": _TEXT_SCHEMA}]}

Text = Annotated[str | None, BeforeValidator(as_text), WithJsonSchema(_TEXT_SCHEMA)]
Texts = Annotated[tuple[str, ...], BeforeValidator(as_texts), WithJsonSchema(_TEXTS_SCHEMA)]
Slugs = Annotated[Texts, AfterValidator(are_slugs)]
Url = Annotated[Text, AfterValidator(lambda value: value and is_url(value))]
FileUrl = Annotated[Text, AfterValidator(lambda value: value and is_file_url(value))]
UrlOrNone = Annotated[Text, AfterValidator(lambda value: value and is_url_or_none(value))]
Sha256 = Annotated[Text, AfterValidator(lambda value: value and is_sha256(value))]
FilePath = Annotated[Text, AfterValidator(lambda value: value and stays_inside(value))]
StructureKind = Annotated[Text, AfterValidator(lambda value: value and is_structure_kind(value))]
Tree = Any
"""Text, None, or lists and mappings of it."""
