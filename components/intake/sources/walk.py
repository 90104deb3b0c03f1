"""A tree walked from its top: each picture with what belongs to it, each other file refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

from components.errors import IntakeError
from components.intake.kind import tell_kind
from components.intake.sources.candidate import Candidate, Refusal, SourceLimits
from components.intake.sources.names import (
    ARCHIVES,
    LISTS,
    PICTURES,
    clean_name,
    fold,
    is_ignored,
    is_ignored_folder,
    split_suffix,
)
from components.intake.sources.pairing import Pairs, pair
from components.intake.sources.tree import Leaf, Listing, Tree, join

_IMAGES = "images"
_TRUTHS = ("masks", "labels", "annotations", "gt", "truth")

Found = Iterator[Candidate | Refusal]


class Walk:
    """One way through a tree, folder by folder, so that memory holds one folder's names."""

    def __init__(
        self,
        tree: Tree,
        limits: SourceLimits,
        *,
        top: Listing,
        prefix: str,
        passed_over: set[str],
        open_inner: Callable[[Leaf], Found] | None,
        sniff: bool,
    ) -> None:
        """Prepare a walk.

        Args:
            tree: what is walked.
            limits: what is taken.
            top: what lies at its top.
            prefix: put before names that are shown, such as an archive's own; "" for nothing.
            passed_over: paths that were taken already.
            open_inner: opens an archive at the top; None refuses it.
            sniff: whether files without a telling suffix are looked into; without, as many
                things are found, but what they are stays open.
        """
        self._tree = tree
        self._limits = limits
        self._top = top
        self._prefix = prefix
        self._passed_over = passed_over
        self._open_inner = open_inner
        self._sniff = sniff

    def __iter__(self) -> Found:
        """Walk from the top."""
        return self._walk("", 0, [], None)

    def take_one(self, leaf: Leaf) -> Found:
        """Take one file for itself, whatever lies beside it."""
        return self._take("", leaf, Pairs(), "")

    def _walk(self, at: str, depth: int, sides: list[str], group: str | None) -> Found:
        """Walk a folder.

        Args:
            at: its path.
            depth: folders above it.
            sides: folders of truth masks beside it, by precedence.
            group: the group of what is in it; None where its subfolders make groups.
        """
        listing = self._scan(at)
        side_listings = [self._scan(side) for side in sides]
        pairs = pair(listing.files, [leaf for side in side_listings for leaf in side.files])
        used = {leaf.path for each in (pairs.truths, pairs.answers) for leaf in each.values()}
        for leaf in listing.files:
            if leaf.path not in used or leaf.problem:
                yield from self._take(at, leaf, pairs, group or "")
        for leaf, problem in pairs.stray:
            yield Refusal(self._show(leaf.path), problem)
        for each in (listing, *side_listings):
            yield from each.refusals
        yield from self._descend(
            at, listing, depth, list(zip(sides, side_listings, strict=True)), group
        )

    def _descend(
        self,
        at: str,
        listing: Listing,
        depth: int,
        sides: list[tuple[str, Listing]],
        group: str | None,
    ) -> Found:
        if depth == self._limits.max_depth:
            for name in listing.folders:
                yield Refusal(self._show(join(at, name)), _TOO_DEEP.format(depth))
            return
        images, own = _find_sides(at, listing.folders)
        left = {side: _group_by_fold(each.folders) for side, each in sides}
        for name in listing.folders:
            if join(at, name) in own:
                continue
            inner_sides = list(own) if name == images else []
            for side, folders in left.items():
                if alike := folders.get(fold(name)):
                    same = name if name in alike else alike[0]
                    alike.remove(same)
                    inner_sides.append(join(side, same))
            inner_group = group
            if group is None and name != images:
                inner_group = clean_name(name)
            yield from self._walk(join(at, name), depth + 1, inner_sides, inner_group)
        for side, folders in left.items():
            for name in chain.from_iterable(folders.values()):
                yield from self._refuse_all(join(side, name), depth + 1)

    def _refuse_all(self, at: str, depth: int) -> Found:
        """Refuse the truth masks of a folder that has no counterpart."""
        listing = self._scan(at)
        for leaf in listing.files:
            problem = (
                "It lies among truth masks, but there is no picture of its name. Leave it out."
            )
            yield Refusal(self._show(leaf.path), leaf.problem or problem)
        yield from listing.refusals
        for name in listing.folders:
            if depth == self._limits.max_depth:
                yield Refusal(self._show(join(at, name)), _TOO_DEEP.format(depth))
            else:
                yield from self._refuse_all(join(at, name), depth + 1)

    def _take(self, at: str, leaf: Leaf, pairs: Pairs, group: str) -> Found:
        shown = self._show(join(at, leaf.name))
        problem = leaf.problem or pairs.problems.get(leaf.path, "")
        suffix = split_suffix(leaf.name)[1]
        if not problem and suffix == "zip" and not at and self._open_inner is not None:
            yield from self._open_inner(leaf)
            return
        problem = problem or _judge_suffix(suffix)
        if not problem and suffix not in PICTURES and self._sniff:
            problem = self._look_into(leaf, shown)
        if problem:
            yield Refusal(shown, problem)
            return
        yield make_candidate(
            self._tree,
            self._limits,
            leaf,
            shown=shown,
            group=group,
            truth=pairs.truths.get(leaf.path),
            answer=pairs.answers.get(leaf.path),
        )

    def _look_into(self, leaf: Leaf, shown: str) -> str:
        try:
            tell_kind(self._tree.read_head(leaf, shown), shown)
        except IntakeError as error:
            return error.message
        return ""

    def _scan(self, at: str) -> Listing:
        listing = self._tree.scan(at) if at else self._top
        # Whatever has no path has a name that leads elsewhere, which always is told.
        files = [
            leaf
            for leaf in listing.files
            if not leaf.path or not (is_ignored(leaf.name) or leaf.path in self._passed_over)
        ]
        folders = [name for name in listing.folders if not is_ignored_folder(name)]
        return Listing(files, folders, listing.refusals)

    def _show(self, path: str) -> str:
        return clean_name(join(self._prefix, path))


def make_candidate(
    tree: Tree,
    limits: SourceLimits,
    leaf: Leaf,
    *,
    shown: str,
    group: str,
    truth: Leaf | None,
    answer: Leaf | None,
) -> Candidate:
    """Put a picture of a tree together with what belongs to it."""
    read_truth = read_answer = None
    if truth is not None:
        read_truth = partial(tree.read, truth, limits.max_file_bytes, f"The truth mask of {shown}")
    if answer is not None:
        read_answer = partial(tree.read, answer, limits.max_answer_bytes, f"The answer of {shown}")
    read = partial(tree.read, leaf, limits.max_file_bytes, shown)
    return Candidate(shown, group, None, read, read_truth, read_answer)


def _judge_suffix(suffix: str) -> str:
    if suffix in ARCHIVES:
        return (
            "It is an archive. Only ZIP archives that are not inside of folders or other archives "
            "are opened; unpack it and add the pictures in it."
        )
    if suffix in LISTS:
        return (
            "It is no picture. A list of addresses is read only where it is not inside of a folder."
        )
    return ""


def _find_sides(at: str, folders: Iterable[str]) -> tuple[str | None, dict[str, None]]:
    """Find the folder of pictures and the paths of the folders of truth masks beside it."""
    by_name = _group_by_fold(folders)
    sides = [join(at, name) for each in _TRUTHS for name in by_name.get(each, ())]
    if _IMAGES not in by_name or not sides:
        return None, {}
    return by_name[_IMAGES][0], dict.fromkeys(sides)


def _group_by_fold(names: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(fold(name), []).append(name)
    return groups


_TOO_DEEP = "It lies in more than {} folders inside one another. Move it further up."
