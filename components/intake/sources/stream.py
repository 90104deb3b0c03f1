"""Any source as one stream of pictures and refusals."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from components.errors import IntakeError
from components.intake.sources.addresses import AddressList
from components.intake.sources.archive import ArchiveTree
from components.intake.sources.candidate import (
    DEFAULT_SOURCE_LIMITS,
    Candidate,
    Refusal,
    SourceLimits,
)
from components.intake.sources.folder import FolderTree
from components.intake.sources.names import (
    CLASSES,
    LISTS,
    clean_name,
    fold,
    is_ignored,
    is_ignored_folder,
    split_suffix,
)
from components.intake.sources.tree import Leaf, Listing, Tree, join
from components.intake.sources.truth import read_classes
from components.intake.sources.walk import Found, Walk

Inner = Callable[[Leaf], Found]

_CLASSES_BYTES = 1_000_000
# Roboflow's export has the file in train/, valid/ and test/, at times inside one more folder.
_CLASSES_DEPTH, _CLASSES_FOLDERS = 2, 1_000


def list_source(
    path: Path,
    *,
    limits: SourceLimits = DEFAULT_SOURCE_LIMITS,
    allow_hosts: Collection[str] = (),
    timeout_s: float = 15.0,
) -> Iterator[Candidate | Refusal]:
    """List what a source holds, each thing when it is asked for; nothing is decoded.

    The same content of the disk gives the same sequence every time, so that one who has seen n
    things may skip n. Names are compared without case, in NFC; where several fit, the one spelt
    just so wins, then the first in order. Order: lists, then the files of a folder by name with
    numbers by value, then its subfolders. See the package for the rules of pairing.

    Args:
        path: a folder, a ZIP archive, a list of addresses (.csv, .tsv, .txt), or one picture.
        limits: how much is taken.
        allow_hosts: hosts of addresses that may be private.
        timeout_s: seconds one fetch may take in all.

    Yields:
        Pictures, and what is not taken with the reason.
    """
    opening = _Opening(limits, tuple(allow_hosts), timeout_s, sniff=True)
    return _bound(opening.open(path), limits)


def count_source(path: Path, *, limits: SourceLimits = DEFAULT_SOURCE_LIMITS) -> int:
    """Count what `list_source` will yield, without looking into files other than lists.

    Args:
        path: as for `list_source`.
        limits: as for `list_source`.

    Returns:
        Pictures and refusals together.
    """
    opening = _Opening(limits, (), 1.0, sniff=False)
    return sum(1 for _ in _bound(opening.open(path), limits))


def read_truth_classes(
    path: Path, *, limits: SourceLimits = DEFAULT_SOURCE_LIMITS
) -> dict[int, str]:
    """Read the class names that come with truth masks.

    Args:
        path: as for `list_source`.
        limits: as for `list_source`.

    Returns:
        Names by class id of the first `_classes.csv` found, nearest to the top, in a folder, in a
        ZIP archive, or beside a list; as they stand there, with their blanks; {} where none is.
    """
    tree = _plant(path, limits)
    if tree is None:
        return {}
    is_folder = path.is_dir()
    found = _find_classes(
        tree, 0 if path.is_file() and isinstance(tree, FolderTree) else _CLASSES_DEPTH
    )
    if found or not is_folder or not isinstance(tree, FolderTree):
        return found
    for leaf in tree.scan("").files:
        if _is_archive(leaf) and not is_ignored(leaf.name):
            try:
                inner = ArchiveTree(tree.open(leaf, leaf.name), leaf.name, limits)
            except IntakeError:
                # Whoever lists the source is told.
                continue
            if found := _find_classes(inner, _CLASSES_DEPTH):
                return found
    return {}


@dataclass(frozen=True, slots=True)
class _Opening:
    """How sources are opened; the fields are as for `list_source` and `Walk`."""

    limits: SourceLimits
    allow_hosts: tuple[str, ...]
    timeout_s: float
    sniff: bool

    def open(self, path: Path) -> Found:
        name = clean_name(path.name)
        try:
            real = path.resolve()
            is_folder, is_file = real.is_dir(), real.is_file()
        except (OSError, RuntimeError, ValueError):
            is_folder = is_file = False
        if not (is_folder or is_file):
            yield Refusal(name, "There is no such file or folder. Check the path.")
        elif is_folder:
            tree = FolderTree(real, self.limits)
            yield from self._open_tree(
                tree, "", lambda leaf: self._open_archive(tree, leaf, leaf.name)
            )
        else:
            yield from self._open_file(
                FolderTree(real.parent, self.limits), Leaf(path.name, real.name)
            )

    def _open_file(self, tree: FolderTree, leaf: Leaf) -> Found:
        if split_suffix(leaf.name)[1] in LISTS:
            yield from self._open_list(tree, leaf, clean_name(leaf.name), set())
        elif _is_archive(leaf):
            yield from self._open_archive(tree, leaf, "")
        else:
            yield from self._prepare(tree, Listing(), "", set()).take_one(leaf)

    def _open_tree(self, tree: Tree, prefix: str, open_inner: Inner | None) -> Found:
        passed_over: set[str] = set()
        top = tree.scan("")
        for leaf in top.files:
            is_list = split_suffix(leaf.name)[1] in LISTS
            if is_list and not leaf.problem and not is_ignored(leaf.name):
                passed_over.add(leaf.path)
                yield from self._open_list(tree, leaf, join(prefix, leaf.name), passed_over)
        yield from self._prepare(tree, top, prefix, passed_over, open_inner)

    def _open_archive(self, tree: FolderTree, leaf: Leaf, prefix: str) -> Found:
        shown = clean_name(leaf.name)
        try:
            inner = ArchiveTree(tree.open(leaf, shown), shown, self.limits)
        except IntakeError as error:
            yield Refusal(shown, error.message)
            return
        yield from self._open_tree(inner, prefix, None)

    def _open_list(self, tree: Tree, leaf: Leaf, shown: str, passed_over: set[str]) -> Found:
        return iter(
            AddressList(
                tree,
                leaf,
                self.limits,
                shown=clean_name(shown),
                allow_hosts=self.allow_hosts,
                timeout_s=self.timeout_s,
                passed_over=passed_over,
            )
        )

    def _prepare(
        self,
        tree: Tree,
        top: Listing,
        prefix: str,
        passed_over: set[str],
        open_inner: Inner | None = None,
    ) -> Walk:
        return Walk(
            tree,
            self.limits,
            top=top,
            prefix=prefix,
            passed_over=passed_over,
            open_inner=open_inner,
            sniff=self.sniff,
        )


def _bound(found: Found, limits: SourceLimits) -> Found:
    """Stop after so many pictures, and tell no more than so many refusals one by one."""
    taken = refused = untold = 0
    for each in found:
        if isinstance(each, Candidate):
            if taken == limits.max_entries:
                yield Refusal(
                    "The rest",
                    f"The first {limits.max_entries:,} pictures are taken; one batch takes no "
                    "more. Add the rest as another one.",
                )
                break
            taken += 1
            yield each
        elif refused < limits.max_refusals:
            refused += 1
            yield each
        else:
            untold += 1
    if untold:
        yield Refusal(
            f"{untold:,} more",
            f"{untold:,} more files or lines are not taken, for reasons such as those above. "
            "Take out what is no picture, then try again.",
        )


def _is_archive(leaf: Leaf) -> bool:
    return split_suffix(leaf.name)[1] == "zip" and not leaf.problem


def _plant(path: Path, limits: SourceLimits) -> Tree | None:
    """Open a source as a tree: a folder, an archive, or the folder that a file lies in."""
    try:
        real = path.resolve()
        if real.is_dir():
            return FolderTree(real, limits)
        tree, leaf = FolderTree(real.parent, limits), Leaf(path.name, real.name)
        if _is_archive(leaf):
            return ArchiveTree(tree.open(leaf, leaf.name), leaf.name, limits)
    except (OSError, RuntimeError, ValueError, IntakeError):
        # Whoever lists the source is told.
        return None
    return tree if split_suffix(leaf.name)[1] in LISTS else None


def _find_classes(tree: Tree, depth: int) -> dict[int, str]:
    """Look through a tree level by level."""
    waiting = deque([("", 0)])
    for _ in range(_CLASSES_FOLDERS):
        if not waiting:
            break
        at, level = waiting.popleft()
        listing = tree.scan(at)
        for leaf in listing.files:
            if fold(leaf.name) != CLASSES or leaf.problem:
                continue
            try:
                found = read_classes(tree.read(leaf, _CLASSES_BYTES, leaf.name))
            except IntakeError:
                # A damaged one is as good as none.
                continue
            if found:
                return found
        if level < depth:
            names = (name for name in listing.folders if not is_ignored_folder(name))
            waiting.extend((join(at, name), level + 1) for name in names)
    return {}
