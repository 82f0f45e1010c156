"""Licences by name: SPDX identifiers, the few that Hugging Face adds, and the many ways in which people write them."""

from __future__ import annotations

import re

from cardwright.problem import did_you_mean

COMMON = (
    "apache-2.0 mit bsd-2-clause bsd-3-clause bsd-3-clause-clear isc zlib unlicense wtfpl bsl-1.0 mpl-2.0 epl-2.0"
    " eupl-1.2 gpl-2.0 gpl-3.0 lgpl-2.1 lgpl-3.0 agpl-3.0 osl-3.0 afl-3.0 artistic-2.0 ecl-2.0 ms-pl ncsa ofl-1.1"
    " postgresql cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0"
    " cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0"
    " cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0 etalab-2.0 lppl-1.3c"
).split()
"""SPDX identifiers that models are published under, in the lower case in which Hugging Face writes them."""

HUGGING_FACE = (
    "openrail openrail++ bigscience-openrail-m creativeml-openrail-m bigcode-openrail-m bigscience-bloom-rail-1.0"
    " llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 gemma deepfloyd-if-license apple-ascl apple-amlr intel-research"
    " fair-noncommercial-research-license h-research openmdw-1.0 c-uda odc-by odbl pddl gfdl cc bsd gpl lgpl"
).split()
"""Identifiers of https://huggingface.co/docs/hub/repositories-licenses that SPDX does not have."""

MAX_CHARACTERS = 200
"""Of a name; what is longer is the text of a licence."""

_ALSO = {"gplv2": "gpl-2.0", "gplv3": "gpl-3.0", "agplv3": "agpl-3.0", "lgplv3": "lgpl-3.0", "apache2": "apache-2.0"}
_NOISE = re.compile(
    r"\([^()]*\)|https?://\S+|\b(the|license|licence|licensed|version|under|v(?=\d))\b|,", re.IGNORECASE
)


def find_license(text: str) -> str:
    """The identifier that `text` means, in lower case where that is usual; empty when it means none for certain.

    Takes SPDX identifiers and expressions, Hugging Face's identifiers, and names such as `Apache License 2.0`.
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    text = text.strip()[:MAX_CHARACTERS]
    if text.lower() in HUGGING_FACE or text.lower() in COMMON:
        return text.lower()
    try:
        canonical = str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        known = {_plain(name): name for name in COMMON} | _ALSO
        return known.get(_plain(_NOISE.sub(" ", text)), "")
    return canonical if "LicenseRef" not in canonical else ""


def suggest_license(text: str) -> str | None:
    """An identifier of which `text` may be a slip."""
    return did_you_mean(_NOISE.sub(" ", text[:MAX_CHARACTERS]), (*COMMON, *HUGGING_FACE))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
