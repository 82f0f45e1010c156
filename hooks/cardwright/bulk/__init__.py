"""The models of all cards, inspected by many workers: `cardwright inspect --all`.

cards  →  models  →  an executor's workers  →  facts store
"""

from __future__ import annotations

from cardwright.bulk.command import Wish, inspect_all
from cardwright.bulk.executors import EXECUTORS, BulkError

__all__ = ["EXECUTORS", "BulkError", "Wish", "inspect_all"]
