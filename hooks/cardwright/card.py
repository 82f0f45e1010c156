"""The card: every field the site computes with, typed and frozen.

Field names are Hugging Face's where it has one. Values stay the text that stands in the file; what needs a number
derives it. Unknown keys are kept at every level (`model_extra`).
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cardwright.fields import (
    NETSCOPE_URL,
    FilePath,
    FileUrl,
    Sha256,
    Slugs,
    StructureKind,
    Text,
    Texts,
    Tree,
    Url,
    UrlOrNone,
    as_fields,
    as_items,
    as_mapping,
    as_model_index,
    wrong,
)


class Part(BaseModel):
    """A part of a card: frozen, and keeps keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())


class Task(Part):
    type: Text = Field(None, description="Hugging Face task id, e.g. image-classification.")
    name: Text = Field(None, description="The task in words.")


class Dataset(Part):
    type: Text = Field(None, description="Dataset id, e.g. imagenet-1k.")
    name: Text = Field(None, description="The dataset in words.")
    config: Text = Field(None, description="Configuration or subset.")
    split: Text = Field(None, description="Split, e.g. test.")
    revision: Text = Field(None, description="Revision of the dataset.")
    args: Tree = Field(None, description="What the dataset was loaded with.")


class Metric(Part):
    type: Text = Field(None, description="Metric id, e.g. accuracy.")
    name: Text = Field(None, description="The metric in words.")
    value: Tree = Field(None, description="The value as published, e.g. 76.1, 24.7% or 9.9 +/- 0.2.")
    config: Text = Field(None, description="Configuration of the metric.")
    args: Tree = Field(None, description="What the metric was computed with.")
    dataset: Text = Field(None, description="The dataset, where a file states its own metrics.")


class ResultSource(Part):
    name: Text = Field(None, description="Who measured, or where it is published.")
    url: Text = Field(None, description="Address of the publication or leaderboard.")


class EvalResult(Part):
    task: Annotated[Task, BeforeValidator(as_fields)] = Field(Task(), description="What was evaluated.")
    dataset: Annotated[Dataset, BeforeValidator(as_fields)] = Field(Dataset(), description="On which data.")
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(as_items)] = Field((), description="The values.")
    source: Annotated[ResultSource, BeforeValidator(as_fields)] = Field(
        ResultSource(), description="Where the numbers come from."
    )


class ModelIndexEntry(Part):
    name: Text = Field(None, description="Name of the model or variant.")
    results: Annotated[tuple[EvalResult, ...], BeforeValidator(as_items)] = Field((), description="Its results.")


class Contributor(Part):
    name: Text = None
    url: Url = None
    org: Text = None
    email: Text = None
    orcid: Text = None


class Publication(Part):
    title: Text = None
    authors: Texts = Field((), description="As one line or a list.")
    source: Text = Field(None, description="Journal, proceedings or server.")
    year: Text = None
    url: UrlOrNone = None
    doi: Text = None
    arxiv: Text = Field(None, description="arXiv identifier, e.g. 1512.03385.")
    abstract: Text = None
    google_scholar: UrlOrNone = None
    bibtex: Text = Field(None, description="BibTeX entries; shown pretty, copied as written.")


class Structure(Part):
    kind: StructureKind = "url"
    label: Text = None
    url: Url = None

    def model_post_init(self, _context: object) -> None:
        if self.kind == "netscope" and self.url and not NETSCOPE_URL.fullmatch(self.url):
            raise wrong(
                f"`{self.url}` is not a netscope address",
                "e.g. https://ethereon.github.io/netscope/#/gist/<id>",
            )


class Input(Part):
    name: Text = None
    format: Texts = Field((), description="Content types, e.g. image/jpeg.")
    dim_limits: Annotated[tuple[Tree, ...], BeforeValidator(as_items)] = Field(
        (), description="One {min, max} for each dimension."
    )
    shape: Tree = None
    dtype: Text = None
    description: Text = None


class Output(Part):
    name: Text = None
    type: Texts = ()
    shape: Tree = None
    description: Text = None


class InputOutput(Part):
    inputs: Annotated[tuple[Input, ...], BeforeValidator(as_items)] = ()
    outputs: Annotated[tuple[Output, ...], BeforeValidator(as_items)] = ()


class ModelFile(Part):
    name: Text = Field(None, description="What readers call this file.")
    path: FilePath = Field(None, description="The file, relative to the card's folder.")
    url: FileUrl = Field(None, description="Where it lies, when not beside the card: https://, s3://, gs:// ...")
    size: Text = Field(None, description="Stated size with unit, e.g. 97.7 MB.")
    sha256: Sha256 = None
    format: Text = None
    onnx_version: Text = None
    opset: Text = None
    ir_version: Text = None
    precision: Text = None
    parameters: Text = None
    layers: Text = None
    sample_data: Text = Field(None, description="Path or address of test data for it.")
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(as_items)] = ()
    note: Text = None
    io: Annotated[InputOutput, BeforeValidator(as_mapping)] = Field(
        InputOutput(), description="Inputs and outputs of this file, where they are not those of `io`."
    )
    dims: Annotated[dict[str, Text], BeforeValidator(as_mapping)] = Field(
        {}, description="Sizes of symbolic dimensions, for the MACs, e.g. sequence: 128."
    )
    accept: Annotated[dict[str, Text], BeforeValidator(as_mapping)] = Field(
        {}, description="Differences to the file that are meant: claim to reason."
    )


class Request(Part):
    url: Text = None
    method: Text = None
    headers: Annotated[tuple[dict[str, Tree], ...], BeforeValidator(as_items)] = Field(
        (), description="One mapping for each header: parameter, type, necessary, value."
    )
    example: Text = None


class Response(Part):
    type: Text = None
    parameters: Annotated[tuple[dict[str, Tree], ...], BeforeValidator(as_items)] = ()
    example: Text = None


class Api(Part):
    docs: Url = None
    content_types: Texts = ()
    request: Annotated[Request, BeforeValidator(as_mapping)] = Request()
    response: Annotated[Response, BeforeValidator(as_mapping)] = Response()


class Collection(Part):
    name: Text = Field(None, description="What the collection is called; the cards of one name are linked.")


class Card(Part):
    """One model card. Every field may be absent."""

    HUGGING_FACE: ClassVar[frozenset[str]] = frozenset(
        "model_name pipeline_tag library_name license license_name license_link language tags datasets metrics"
        " base_model base_model_relation new_version thumbnail co2_eq_emissions model-index".split()
    )
    """Keys whose meaning Hugging Face sets: what it accepts is at most a warning here."""

    model_name: Text = Field(None, description="Name of the model; the page's title.")
    pipeline_tag: Text = Field(None, description="The task, e.g. image-classification.")
    library_name: Text = Field(None, description="Library it runs with, e.g. onnx.")
    license: Texts = Field((), description="SPDX identifier, e.g. apache-2.0, or `other` with license_name.")
    license_name: Text = None
    license_link: Text = None
    language: Texts = Field((), description="ISO 639 codes.")
    tags: Texts = ()
    datasets: Texts = Field((), description="Datasets it was trained on.")
    metrics: Texts = Field((), description="Ids of the metrics used.")
    base_model: Texts = Field((), description="Model it was made from.")
    base_model_relation: Text = Field(None, description="finetune, adapter, quantized or merge.")
    new_version: Text = Field(None, description="Model that replaces this one.")
    thumbnail: Text = None
    co2_eq_emissions: Tree = None
    model_index: Annotated[tuple[ModelIndexEntry, ...], BeforeValidator(as_model_index)] = Field(
        (), alias="model-index", description="Evaluation results, as on Hugging Face."
    )

    id: Text = Field(None, description="Identifier of the model in your own records.")
    version: Text = None
    summary: Text = Field(None, description="One sentence: what it is and what for.")
    developers: Texts = Field((), description="Who made it.")
    aliases: Slugs = Field((), description="Names that the card had in addresses before; those lead to it.")
    contributors: Annotated[tuple[Contributor, ...], BeforeValidator(as_items)] = ()
    general: Annotated[tuple[dict[str, Tree], ...], BeforeValidator(as_items)] = Field(
        (), description="Free rows of the metadata table, in order: one `- Key: value` each."
    )
    collection: Annotated[Collection, BeforeValidator(as_fields)] = Field(
        Collection(), description="Family of models that this one belongs to: its name, or name and more about it."
    )
    publication: Annotated[tuple[Publication, ...], BeforeValidator(as_items)] = ()
    structure: Annotated[tuple[Structure, ...], BeforeValidator(as_items)] = Field(
        (), description="Links to drawings of the network: kind is netscope, netron, image or url."
    )
    dataset_links: Annotated[dict[str, Url], BeforeValidator(as_mapping)] = Field(
        {}, description="Dataset name to address."
    )
    files: Annotated[tuple[ModelFile, ...], BeforeValidator(as_items)] = ()
    io: Annotated[InputOutput, BeforeValidator(as_mapping)] = InputOutput()
    api: Annotated[Api, BeforeValidator(as_mapping)] = Api()
    accept: Annotated[dict[str, Text], BeforeValidator(as_mapping)] = Field(
        {}, description="Differences between card and file that are meant: claim (size, opset, ...) to reason."
    )
    support: Annotated[dict[str, Tree], BeforeValidator(as_mapping)] = Field(
        {}, description="Where to ask: issues, email, wechat, phone, ..."
    )


def card_schema() -> dict[str, Any]:
    """The JSON Schema of a card's front matter, for editors."""
    schema = Card.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cardwright model card: front matter",
        **{key: value for key, value in schema.items() if key != "title"},
    }
