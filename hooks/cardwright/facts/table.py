"""The FACTS table: what is said about an ONNX file, how it is counted, and where the definition comes from.

To add a fact: a row here, and a field of the same name in `values.Facts`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .anatomy import Anatomy


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a field of `Facts`, told to a reader of the site."""

    key: str
    """The name of the field in `Facts` and in JSON."""
    label: str
    how: str
    """One sentence: how it is counted."""
    source: str
    """The definition or format it comes from."""
    count: Callable[[Anatomy], Any]


_MODEL = "ONNX IR specification, ModelProto"
_OURS = "Cardwright's definition"

FACTS: tuple[Fact, ...] = (
    Fact(
        "size_bytes",
        "File size",
        "Length of the .onnx file in bytes, without external data files.",
        "the file itself",
        lambda a: a.size_bytes,
    ),
    Fact(
        "sha256",
        "SHA-256",
        "Checksum of the bytes of the .onnx file, without external data files.",
        "FIPS 180-4",
        lambda a: a.sha256,
    ),
    Fact(
        "ir_version",
        "IR version",
        "The version of the ONNX format that the file states.",
        f"{_MODEL}.ir_version",
        lambda a: a.model.ir_version,
    ),
    Fact(
        "producer",
        "Producer",
        "Name and version of the tool that wrote the file, as the file states them.",
        f"{_MODEL}.producer_name and producer_version",
        lambda a: a.model.producer,
    ),
    Fact(
        "opset_imports",
        "Opsets",
        "The version of each operator set that the file states; ai.onnx is the standard one.",
        f"{_MODEL}.opset_import",
        lambda a: a.opset_imports,
    ),
    Fact(
        "inputs",
        "Inputs",
        "Inputs of the main graph with element type and shape, without those that only name stored weights.",
        "ONNX IR specification, GraphProto.input",
        lambda a: a.inputs,
    ),
    Fact(
        "outputs",
        "Outputs",
        "Outputs of the main graph with element type and shape, as the file states them.",
        "ONNX IR specification, GraphProto.output",
        lambda a: a.outputs,
    ),
    Fact(
        "nodes",
        "Nodes",
        "Nodes with local functions put in place of their calls; bodies of If, Loop and Scan count once.",
        "ONNX IR specification, NodeProto",
        lambda a: a.nodes,
    ),
    Fact(
        "operators",
        "Operators",
        "The same nodes by operator.",
        "ONNX IR specification, NodeProto.op_type and domain",
        lambda a: a.operators,
    ),
    Fact(
        "weighted_layers",
        "Weighted layers",
        "Convolution and recurrent nodes, and matrix products with a const operand; not embeddings.",
        _OURS,
        lambda a: a.weighted_layers,
    ),
    Fact(
        "depth",
        "Depth",
        "The most weighted layers on any path from input to output: the 50 of ResNet-50.",
        "He et al. 2015, Deep Residual Learning for Image Recognition, table 1",
        lambda a: a.depth,
    ),
    Fact(
        "attention_layers",
        "Attention layers",
        "Attention nodes, and each Softmax between two matrix products of which no operand is const.",
        "Vaswani et al. 2017, Attention Is All You Need, section 3.2.1",
        lambda a: a.attention_layers,
    ),
    Fact(
        "parameters",
        "Parameters",
        "Elements of the stored tensors that data is computed with, each tensor once, buffers not included.",
        _OURS,
        lambda a: a.weights.parameters,
    ),
    Fact(
        "buffers",
        "Buffers",
        "Elements of the means and variances of BatchNormalization, which are counted and not learned.",
        "ONNX operators, BatchNormalization",
        lambda a: a.weights.buffers,
    ),
    Fact(
        "macs",
        "MACs",
        "Multiply-accumulates of convolutions, matrix products and recurrent layers, for a batch of 1.",
        _OURS,
        lambda a: a.macs.total,
    ),
    Fact(
        "weight_bytes",
        "Size of weights",
        "Bytes that parameters and buffers take in memory at their stored element type.",
        _OURS,
        lambda a: a.weights.weight_bytes,
    ),
    Fact(
        "dtypes",
        "Weight types",
        "Parameters by the element type they are stored in.",
        "ONNX IR specification, TensorProto.data_type",
        lambda a: a.weights.dtypes,
    ),
    Fact(
        "quantisation",
        "Quantisation",
        "The forms of quantisation that occur: QDQ, QOperator, dynamic, weight-only.",
        "ONNX Runtime documentation, Quantize ONNX models",
        lambda a: a.quantisation,
    ),
    Fact(
        "external_data",
        "External data",
        "Files beside the model that hold tensors, with their size; they are never opened.",
        "ONNX documentation, External Data",
        lambda a: a.external_data,
    ),
    Fact(
        "warnings",
        "Warnings",
        "What was odd about the file, or kept a number from being counted.",
        _OURS,
        lambda a: a.warnings.lines(),  # counted last of all, wherever the row stands
    ),
    Fact(
        "embeddings",
        "Embedding lookups",
        "Gather nodes that look rows up in a stored table of two dimensions; they are no weighted layers.",
        _OURS,
        lambda a: a.embeddings,
    ),
    Fact(
        "metadata_props",
        "Metadata",
        "Names and values that the file states about itself, at most 50 of them, long ones cut.",
        f"{_MODEL}.metadata_props",
        lambda a: a.model.metadata_props,
    ),
    Fact(
        "doc_string",
        "Description",
        "The text about the model in the file, cut after 2,000 characters.",
        f"{_MODEL}.doc_string",
        lambda a: a.model.doc_string,
    ),
    Fact(
        "layers",
        "Layers",
        "Weighted layers and other nodes that hold parameters, the first 2,000, each with what it has of them.",
        _OURS,
        lambda a: a.layers,
    ),
    Fact(
        "diagram",
        "Block diagram",
        "Stretches between nodes that all data passes; equal neighbours are drawn once, with their number.",
        _OURS,
        lambda a: a.diagram,
    ),
)
