"""Cardwright: model cards in, a documentation site out."""

__version__ = "0.1.0"
