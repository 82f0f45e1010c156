"""The site's options: the same for the hook (`extra.cardwright`) and the plugin (its own options)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cardwright.csp import POLICY
from cardwright.problem import did_you_mean

_SOURCE = re.compile(r"[^\s;,\"<>]+")
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

    csp: bool | Literal["strict"] = Field(True, description="Content-Security-Policy of the pages.")
    csp_sources: dict[str, list[str]] = Field({}, description="What pages may load besides, by directive.")

    def list_sources(self) -> tuple[tuple[str, str], ...]:
        """Directive and source of what `csp_sources` allows."""
        return tuple((name, source) for name, sources in self.csp_sources.items() for source in sources)

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

    @field_validator("csp", mode="before")
    @classmethod
    def _is_policy(cls, value: object) -> object:
        if not isinstance(value, bool) and value != "strict":
            raise ValueError("write true, false or strict")
        return value

    @field_validator("csp_sources", mode="before")
    @classmethod
    def _are_sources(cls, value: object) -> object:
        rows: list[Any] = list(value.items()) if isinstance(value, dict) else [("", [])]
        for name, sources in rows:
            known = name in POLICY and isinstance(sources, list)
            if not known or not all(isinstance(each, str) and _SOURCE.fullmatch(each) for each in sources):
                raise ValueError("write lists by directive, such as `script-src: [https://stats.example]`")
        return value


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
