"""What a person compares: a folder, or a git revision of the folder in which the command runs."""

from __future__ import annotations

import posixpath
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from cardwright.benchmarks import Vocabulary, read_vocabulary
from cardwright.diff.repository import Repository
from cardwright.diff.trees import Folder, Snapshot, Tree
from cardwright.diff.values import DiffError
from cardwright.options import Options
from cardwright.settings import CONFIG_NAMES, SettingsError, find_config, read_settings, read_text_options
from cardwright.sources.files import is_inside

WORKING_TREE = "the working tree"
CARDS = Options().cards_dir
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    label: str
    tree: Tree
    shown_as: str
    """How messages name its cards folder."""
    vocabulary: Vocabulary | None
    """None when its site adds no metrics."""


@dataclass(frozen=True, slots=True)
class _Layout:
    cards: str
    """The cards folder, from the folder that was named; `.` for that itself."""
    metrics: str


class Sides:
    """Opens both; a context manager, which ends what was started for them."""

    def __init__(self, project: Path, workspace: Path) -> None:
        """`project` is the folder in which the command runs; `workspace` an empty folder for what git gives."""
        self._project, self._workspace = project, workspace
        self._repository: Repository | None = None
        self._stack = ExitStack()

    def close(self) -> None:
        """End git."""
        self._stack.close()

    def open(self, named: str | None) -> Side:
        """What `named` means: a folder, else a revision; without it the working tree. Raises `DiffError`."""
        if named is None:
            return self._open_folder(self._project, WORKING_TREE)
        if Path(named).is_dir():
            return self._open_folder(Path(named), named)
        return self._open_revision(named)

    def _open_folder(self, folder: Path, label: str) -> Side:
        is_own = folder.resolve() == self._project.resolve()
        layout = self._find_own_layout() if is_own else self._find_layout(_read_config(folder), folder)
        cards = folder / layout.cards
        if not is_own and not cards.resolve().is_relative_to(folder.resolve()):
            raise DiffError(f"the cards of {folder} lie outside of that folder")
        shown_as = layout.cards if layout.cards != "." else folder.resolve().name
        has_metrics = bool(layout.metrics) and is_inside(folder / layout.metrics, folder)
        vocabulary = read_vocabulary(folder / layout.metrics, layout.metrics)[0] if has_metrics else None
        return Side(label, Folder(cards), shown_as, vocabulary)

    def _open_revision(self, revision: str) -> Side:
        layout, metrics = self._find_own_layout(), None
        cards = self._project / layout.cards
        repository = self._find_repository(cards if cards.is_dir() else self._project, revision)
        commit = repository.find_commit(revision)
        if not commit:
            hint = "check the name; a clone without history has to fetch it first"
            raise DiffError(f"`{revision}` is neither a folder nor a revision of {repository.top} ({hint})")
        project = self._project.resolve()
        if project.is_relative_to(repository.top):
            place = project.relative_to(repository.top).as_posix()
            texts = ((name, repository.read_text(commit, _join(place, name), _MAX_BYTES)) for name in CONFIG_NAMES)
            config = next(((name, text) for name, text in texts if text is not None), None)
            has_cards = bool(repository.find_folder(commit, _join(place, CARDS)))
            layout = self._find_layout(config, project, has_cards)
            path = _join(place, layout.cards)
            metrics = layout.metrics and repository.read_text(commit, _join(place, layout.metrics), _MAX_BYTES)
        else:
            path = cards.resolve().relative_to(repository.top).as_posix()
        if path.startswith("../"):
            raise DiffError(f"the cards of `{revision}` lie outside of the repository")
        folder = self._workspace / f"{len(list(self._workspace.iterdir()))}"
        tree = Snapshot(repository, repository.find_folder(commit, "" if path == "." else path), folder)
        shown_as = layout.cards if layout.cards != "." else project.name
        return Side(revision, tree, shown_as, self._read_metrics(metrics, layout.metrics) if metrics else None)

    def _find_repository(self, folder: Path, revision: str) -> Repository:
        try:
            self._repository = self._repository or self._stack.enter_context(Repository(folder))
        except DiffError as error:
            raise DiffError(f"`{revision}` is no folder, and {error}") from None
        return self._repository

    def _find_own_layout(self) -> _Layout:
        """That of the site in which the command runs, which is its user's own."""
        config = find_config(self._project)
        try:
            return _make_layout(read_settings(config).options if config else None, self._project)
        except SettingsError as error:
            raise DiffError(_first_line(error)) from None

    def _find_layout(self, config: tuple[str, str] | None, folder: Path, has_cards: bool | None = None) -> _Layout:
        """That of a site of anyone's, by the name and text of its settings."""
        try:
            options = read_text_options(config[1], config[0]) if config else None
        except SettingsError as error:
            raise DiffError(_first_line(error)) from None
        return self._find_own_layout() if config and not options else _make_layout(options, folder, has_cards)

    def _read_metrics(self, text: str, shown_as: str) -> Vocabulary:
        path = self._workspace / f"metrics-{len(list(self._workspace.iterdir()))}.toml"
        path.write_text(text, encoding="utf-8")
        return read_vocabulary(path, shown_as)[0]


def _make_layout(options: Options | None, folder: Path, has_cards: bool | None = None) -> _Layout:
    """Where the cards are: as the settings say, else in a folder `cards`, else right here."""
    if options:
        return _Layout(posixpath.normpath(options.cards_dir), options.metrics)
    has_cards = (folder / CARDS).is_dir() if has_cards is None else has_cards
    return _Layout(CARDS if has_cards and folder.resolve().name != CARDS else ".", "")


def _read_config(folder: Path) -> tuple[str, str] | None:
    path = find_config(folder)
    try:
        with path.open("rb") if path else nullcontext() as file:
            return (str(path), file.read(_MAX_BYTES).decode("utf-8-sig", "replace")) if file else None
    except OSError:
        return None


def _join(place: str, path: str) -> str:
    """A path from the top of the repository; `.` for the top."""
    return posixpath.normpath(posixpath.join(place, path))


def _first_line(error: SettingsError) -> str:
    return str(error).splitlines()[0]
