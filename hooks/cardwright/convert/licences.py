"""Licences as people write them, to the identifiers of Hugging Face and SPDX."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from cardwright.sources.raw import first_link

HUB_LICENSES = frozenset(
    """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
    afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
    cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
    cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
    cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0
    lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl
    openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license
    fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 gemma unknown other
    """.split()
)
"""The identifiers that Hugging Face takes: https://huggingface.co/docs/hub/repositories-licenses"""


def hub_license(text: str) -> str:
    """Hugging Face's identifier of a licence; empty when it has none."""
    return next((guess for guess in _guesses(text) if guess in HUB_LICENSES), "")


def spdx_license(text: str) -> str:
    """SPDX's identifier of a licence; empty when it has none."""
    for guess in _guesses(text):
        try:
            known = canonicalize_license_expression(guess)
        except InvalidLicenseExpression:
            continue
        if " " not in known and not known.startswith("LicenseRef-"):
            return known
    return ""


_FILLER = frozenset("the license licence licensed version software under gnu".split())


def _guesses(text: str) -> Iterator[str]:
    """The text as an identifier, more and more freely: `[Apache License, Version 2.0](LICENSE)` as `apache-2.0`."""
    plain = (link[0] if (link := first_link(text)) else text).strip().lower()
    yield plain
    spaced = re.sub(r"(?<![a-z])v(?=\d)|(?<=gpl)v(?=\d)", " ", plain)
    words = [word for word in re.findall(r"[a-z0-9.+]+", spaced) if word not in _FILLER]
    unlike = [word for at, word in enumerate(words) if not at or word != words[at - 1]]
    yield "-".join(unlike)
    yield f"{'-'.join(unlike)}.0"
