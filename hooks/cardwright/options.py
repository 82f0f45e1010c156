"""The site's options: the same for the hook (`extra.cardwright`) and the plugin (its own options)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cardwright.problem import did_you_mean

_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*")


class OptionsError(Exception):
    """Options that cannot be used; the message names each of them, one a line."""


class Options(BaseModel):
    """What a site sets in `mkdocs.yml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cards_dir: str = Field("cards", description="Folder of the cards, from the folder of mkdocs.yml; may lie outside.")
    models_uri: str = Field("models", description="Where card pages stand in the site: /models/<slug>/.")
    image_hosts: list[str] = Field([], description="Hosts whose images are shown without a click.")

    facts: str = Field("", description="Folder of facts of models elsewhere, from `cardwright inspect --all --facts`.")

    metrics: str = Field("", description="TOML file of further metrics and datasets, from the folder of mkdocs.yml.")
    preview_of: str = Field("", description="Address of the pull request of which this build is a preview.")

    @property
    def watched(self) -> tuple[str, ...]:
        """What a build reads besides the cards."""
        return tuple(path for path in (self.metrics, self.facts) if path)

    @field_validator("cards_dir")
    @classmethod
    def _is_named(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("name a folder")
        return value

    @field_validator("facts")
    @classmethod
    def _is_folder(cls, value: str) -> str:
        if "://" in value:
            raise ValueError("a build asks nothing of the network: copy the facts, and name their folder")
        return value

    @field_validator("models_uri")
    @classmethod
    def _is_uri(cls, value: str) -> str:
        parts = value.strip("/").split("/")
        if not all(part and part.strip(".") and part.replace("-", "").replace("_", "").isalnum() for part in parts):
            raise ValueError("use a path of letters, digits, - and _, such as `models`")
        return "/".join(parts)

    @field_validator("preview_of")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s<>\"']+", value):
            raise ValueError("write the address of a pull request, such as `https://github.com/you/models/pull/12`")
        return value

    @field_validator("image_hosts", mode="before")
    @classmethod
    def _are_hosts(cls, value: object) -> list[str]:
        hosts = [each.lower() if isinstance(each, str) else "" for each in value] if isinstance(value, list) else [""]
        if not all(_HOST.fullmatch(host) for host in hosts):
            raise ValueError('write a list of host names, such as `[huggingface.co, "*.example.org"]`')
        return hosts


def read_options(given: Mapping[str, Any] | None) -> Options:
    """Options from their mapping in `mkdocs.yml`. Raises `OptionsError` that names every wrong one."""
    if given is not None and not isinstance(given, Mapping):
        raise OptionsError("cardwright: a mapping of options is expected, e.g. `cards_dir: cards`")
    try:
        return Options.model_validate(dict(given or {}))
    except ValidationError as error:
        raise OptionsError("\n".join(_describe(each) for each in error.errors(include_url=False))) from None


def _describe(error: Any) -> str:
    name = ".".join(str(step) for step in error["loc"])
    if error["type"] == "extra_forbidden":
        meant = did_you_mean(name, Options.model_fields)
        known = ", ".join(Options.model_fields)
        return f"cardwright: {name}: unknown option ({f'did you mean {meant}?' if meant else f'known: {known}'})"
    message = error["msg"].removeprefix("Value error, ")
    return f"cardwright: {name}: {message[:1].lower()}{message[1:]}"
