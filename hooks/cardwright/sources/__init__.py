"""Card formats: READERS, in the order in which they are asked.

A new format is a file beside this one and a row here.
"""

from dataclasses import replace

from cardwright.sources.eval_results import add_eval_results
from cardwright.sources.find import CardSource, find_sources
from cardwright.sources.huggingface import HUGGING_FACE, MARKDOWN
from cardwright.sources.kept import restore_fields
from cardwright.sources.marketplace import MARKETPLACE
from cardwright.sources.model_index import MODEL_INDEX
from cardwright.sources.modelhub import CONFIG, README
from cardwright.sources.onnx_zoo import ONNX_ZOO
from cardwright.sources.raw import Lift, RawCard, Reader, SourceText

READERS: tuple[Reader, ...] = (CONFIG, HUGGING_FACE, MODEL_INDEX, README, ONNX_ZOO, MARKETPLACE, MARKDOWN)
"""A file is read by the first that recognises it; the last takes any Markdown."""


def read_source(source: SourceText) -> RawCard:
    """Read a card file in its format."""
    reader = next(reader for reader in READERS if reader.recognises(source))
    raw = reader.read(source)
    fields, problems = restore_fields(raw.fields)
    return add_eval_results(replace(raw, fields=fields, problems=(*raw.problems, *problems)), source)


__all__ = ["READERS", "CardSource", "Lift", "RawCard", "Reader", "SourceText", "find_sources", "read_source"]
