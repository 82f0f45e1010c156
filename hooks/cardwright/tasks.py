"""Tasks by Hugging Face's ids, as `pipeline_tag` has them: https://huggingface.co/tasks"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cardwright.problem import did_you_mean

TASKS = (
    "any-to-any audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition depth-estimation"
    " document-question-answering feature-extraction fill-mask graph-ml image-classification image-feature-extraction"
    " image-segmentation image-text-to-image image-text-to-text image-text-to-video image-to-3d image-to-image"
    " image-to-text image-to-video keypoint-detection mask-generation multiple-choice object-detection"
    " question-answering reinforcement-learning robotics sentence-similarity summarization table-question-answering"
    " table-to-text tabular-classification tabular-regression tabular-to-text text-classification text-generation"
    " text-ranking text-retrieval text-to-3d text-to-audio text-to-image text-to-speech text-to-video"
    " text2text-generation time-series-forecasting token-classification translation unconditional-image-generation"
    " video-classification video-text-to-text video-to-video visual-document-retrieval visual-question-answering"
    " voice-activity-detection zero-shot-classification zero-shot-image-classification zero-shot-object-detection"
).split()

ALSO: Mapping[str, str] = {
    "classify": "image-classification",
    "detect": "object-detection",
    "detection": "object-detection",
    "pose": "keypoint-detection",
    "pose-estimation": "keypoint-detection",
    "segment": "image-segmentation",
    "segmentation": "image-segmentation",
    "semantic-segmentation": "image-segmentation",
    "instance-segmentation": "image-segmentation",
    "super-resolution": "image-to-image",
    "style-transfer": "image-to-image",
    "embedding": "feature-extraction",
    "embeddings": "feature-extraction",
    "named-entity-recognition": "token-classification",
    "ner": "token-classification",
    "sentiment-analysis": "text-classification",
    "speech-recognition": "automatic-speech-recognition",
    "asr": "automatic-speech-recognition",
    "tts": "text-to-speech",
    "forecasting": "time-series-forecasting",
    "summarisation": "summarization",
    "language-modeling": "text-generation",
}
"""Other names of tasks, as people and exporters write them."""


def find_task(text: str) -> str:
    """The id that `text` means, such as `Image classification`; empty when it means none for certain."""
    words = "-".join(re.findall(r"\w+", text.casefold().replace("_", " ")))
    return words if words in TASKS else ALSO.get(words, "")


def suggest_tasks(text: str) -> tuple[str, ...]:
    """Ids that may be meant: those that have all its words, unless there are many, or the one of which it is a slip."""
    close = did_you_mean(text, TASKS)
    words = re.findall(r"\w{3,}", text.casefold().replace("_", " "))
    with_words = tuple(task for task in TASKS if words and all(word in task for word in words))
    return with_words if 0 < len(with_words) <= 8 else (close,) if close else ()
