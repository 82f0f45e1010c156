"""Leaderboards: results of all cards that can be compared, ranked."""

from cardwright.boards.find import BOARDS_URI, Board, Boards, Row, Table, find_boards, find_front, rank

__all__ = ["BOARDS_URI", "Board", "Boards", "Row", "Table", "find_boards", "find_front", "rank"]
