"""What a card states of its model file, held against the file: CLAIMS.

A new claim is a function in `statements.py` that finds it, one in `rules.py` that checks it, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cardwright.claims.rules import (
    UNCHECKED,
    Outcome,
    Verdict,
    check_dtype,
    check_layers,
    check_onnx_version,
    check_opset,
    check_parameters,
    check_sha256,
    check_size,
    check_value,
    check_whole,
)
from cardwright.claims.statements import (
    Statement,
    Subject,
    find_accepted,
    find_field,
    find_inputs,
    find_layers,
    find_outputs,
)
from cardwright.facts import Facts
from cardwright.problem import Problem


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of statement."""

    name: str
    """What the card calls it when it accepts a difference."""
    fact: str
    """Key of the fact beside which it is shown, as in FACTS."""
    find: Callable[[Subject], Iterator[Statement]]
    check: Callable[[Statement, Facts], Outcome]

    def __reduce__(self) -> tuple[Callable[[str], Claim], tuple[str]]:
        return find_claim, (self.name,)  # cards travel between processes, functions do not


def find_claim(name: str) -> Claim:
    """The row of CLAIMS with this name. Raises `KeyError` when there is none."""
    return _BY_NAME[name]


CLAIMS: tuple[Claim, ...] = (
    Claim("size", "size_bytes", find_field("size"), lambda said, facts: check_size(said.text, facts)),
    Claim("sha256", "sha256", find_field("sha256"), lambda said, facts: check_sha256(said.text, facts)),
    Claim("opset", "opset_imports", find_field("opset"), lambda said, facts: check_opset(said.text, facts)),
    Claim(
        "ir_version",
        "ir_version",
        find_field("ir_version"),
        lambda said, facts: check_whole(said.text, facts.ir_version),
    ),
    Claim(
        "onnx_version",
        "opset_imports",
        find_field("onnx_version"),
        lambda said, facts: check_onnx_version(said.text, facts),
    ),
    Claim("parameters", "parameters", find_field("parameters"), lambda said, facts: check_parameters(said.text, facts)),
    Claim("layers", "depth", find_layers, lambda said, facts: check_layers(said.text, facts)),
    Claim("precision", "dtypes", find_field("precision"), lambda said, facts: check_dtype(said.text, facts)),
    Claim("inputs", "inputs", find_inputs, lambda said, facts: check_value(said, facts.inputs)),
    Claim("outputs", "outputs", find_outputs, lambda said, facts: check_value(said, facts.outputs)),
)

_BY_NAME = {claim.name: claim for claim in CLAIMS}


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A statement of the card, and what the file says to it."""

    claim: Claim
    statement: Statement
    outcome: Outcome
    accepted: str = ""
    """Why the card accepts the difference; empty when it does not."""

    @property
    def verdict(self) -> Verdict:
        """Whether the file agrees."""
        return self.outcome.verdict


def check_claims(subject: Subject, facts: Facts | None) -> tuple[CheckedClaim, ...]:
    """Everything the card says of one file; without facts nothing can be checked."""
    accepted = find_accepted(subject)
    return tuple(
        CheckedClaim(claim, said, claim.check(said, facts) if facts else UNCHECKED, accepted.get(claim.name, ""))
        for claim in CLAIMS
        for said in claim.find(subject)
    )


def find_contradictions(claims: tuple[CheckedClaim, ...], subject: Subject) -> Iterator[Problem]:
    """A warning for each statement that the file contradicts and the card does not accept."""
    for checked in claims:
        if checked.verdict == "contradicted" and not checked.accepted:
            said, name = checked.statement, checked.claim.name
            held_by = subject.file.path or (subject.file.url or "").partition("?")[0].rpartition("/")[2]
            message = f"the card says {said.text}, `{held_by}` holds {checked.outcome.measured}"
            comment, field = f"<!-- cardwright: accept {name}: why -->", f"accept: {{{name}: why}}"
            hint = f"correct it, or accept it: `{comment if subject.raw.derived else field}`"
            yield Problem(said.path, said.mark, said.field, message, hint, "warning")


__all__ = [
    "CLAIMS",
    "CheckedClaim",
    "Claim",
    "Statement",
    "Subject",
    "check_claims",
    "find_claim",
    "find_contradictions",
]
