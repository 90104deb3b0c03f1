"""A list's lines made into candidates: pictures on the web, or files beside the list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from components.errors import IntakeError
from components.intake.sources.candidate import Candidate, Refusal, SourceLimits
from components.intake.sources.names import clean_name, fold, split_path
from components.intake.sources.pairing import spell_answer_names, spell_truth_names
from components.intake.sources.table import Row, is_address, read_rows
from components.intake.sources.tree import Leaf, Tree, join
from components.intake.sources.walk import make_candidate
from components.net import fetch

# No browser goes beyond this either.
_MAX_ADDRESS = 8_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
# Names of files kept in memory while a list is read, unless one folder alone has more.
_MAX_KNOWN = 500_000
Entry = TypeVar("Entry", Leaf, str)


class _Files:
    """Files beside a list, found by name as other systems spell it."""

    def __init__(self, tree: Tree, limits: SourceLimits) -> None:
        self._tree = tree
        self._limits = limits
        self._known: dict[str, tuple[dict[str, Leaf], dict[str, str]]] = {}
        self._size = 0

    def find(self, name: str) -> Leaf | None:
        """Find a file; None where there is none that may be taken."""
        parts = split_path(name, self._limits.max_depth)
        if parts is None:
            return None
        folder = ""
        for part in parts[:-1]:
            inner = _pick(self._list(folder)[1], part)
            if inner is None:
                return None
            folder = join(folder, inner)
        return _pick(self._list(folder)[0], parts[-1])

    def find_beside(self, leaf: Leaf, names: Collection[str]) -> Leaf | None:
        """Find the first of some names in the folder of a file."""
        folder = leaf.path.rpartition("/")[0]
        found = (_pick(self._list(folder)[0], name) for name in names)
        return next((each for each in found if each is not None), None)

    def _list(self, folder: str) -> tuple[dict[str, Leaf], dict[str, str]]:
        if folder not in self._known:
            if self._size > _MAX_KNOWN:
                self._known.clear()
                self._size = 0
            listing = self._tree.scan(folder)
            files: dict[str, Leaf] = {}
            folders: dict[str, str] = {}
            for leaf in listing.files:
                if not leaf.problem:
                    files[leaf.name] = leaf
                    files.setdefault(fold(leaf.name), leaf)
            for name in listing.folders:
                folders[name] = name
                folders.setdefault(fold(name), name)
            self._known[folder] = files, folders
            self._size += len(files) + len(folders)
        return self._known[folder]


def _pick(entries: dict[str, Entry], name: str) -> Entry | None:
    return entries.get(name) or entries.get(fold(name))


class AddressList:
    """One list in a tree; its lines are read when they are asked for."""

    def __init__(
        self,
        tree: Tree,
        leaf: Leaf,
        limits: SourceLimits,
        *,
        shown: str,
        allow_hosts: Collection[str],
        timeout_s: float,
        passed_over: set[str],
    ) -> None:
        """Prepare to read a list.

        Args:
            tree: where the list lies.
            leaf: the list.
            limits: what is taken.
            shown: how the list is called.
            allow_hosts: hosts that may be private.
            timeout_s: seconds one fetch may take in all.
            passed_over: the paths of files that the list takes are put in here.
        """
        self._tree = tree
        self._leaf = leaf
        self._limits = limits
        self._shown = shown
        self._allow_hosts = allow_hosts
        self._timeout_s = timeout_s
        self._passed_over = passed_over
        self._files = _Files(tree, limits)

    def __iter__(self) -> Iterator[Candidate | Refusal]:
        """Yield one thing a line."""
        try:
            data = self._tree.read(self._leaf, self._limits.max_list_bytes, self._shown)
            rows = read_rows(data, self._shown, lambda name: self._files.find(name) is not None)
        except IntakeError as error:
            yield Refusal(self._shown, error.message)
            return
        for row in rows:
            try:
                yield self._take(row)
            except _BadLine as bad:
                line = clean_name(f"{self._shown}, line {row.line}")
                yield Refusal(line, f"Line {row.line}: {bad}")

    def _take(self, row: Row) -> Candidate:
        if row.problem:
            raise _BadLine(row.problem)
        if not row.address:
            raise _BadLine("It has no address. Fill in the column, or delete the line.")
        truth, truth_leaf = self._find_truth(row.truth) if row.truth else (None, None)
        group = clean_name(row.group) if row.group else ""
        if is_address(row.address):
            _check_address(row.address)
            name = clean_name(row.name or _name_in(row.address))
            return Candidate(name, group, row.address, self._make_fetch(row.address), truth)
        leaf = self._find(row.address)
        if truth is None:
            truth_leaf = self._files.find_beside(leaf, spell_truth_names(leaf.name))
        answer = self._files.find_beside(leaf, spell_answer_names(leaf.name))
        taken = (each.path for each in (leaf, truth_leaf, answer) if each is not None)
        self._passed_over.update(taken)
        candidate = make_candidate(
            self._tree,
            self._limits,
            leaf,
            shown=clean_name(row.name or leaf.path),
            group=group,
            truth=truth_leaf,
            answer=answer,
        )
        return candidate if truth is None else replace(candidate, read_truth=truth)

    def _find_truth(self, value: str) -> tuple[Callable[[], bytes], Leaf | None]:
        if is_address(value):
            _check_address(value)
            return self._make_fetch(value), None
        leaf = self._find(value)
        self._passed_over.add(leaf.path)
        shown = f"The truth mask {clean_name(leaf.path)}"
        return partial(self._tree.read, leaf, self._limits.max_file_bytes, shown), leaf

    def _find(self, value: str) -> Leaf:
        if _SCHEME.match(value):
            scheme = value.partition(":")[0][:20]
            raise _BadLine(
                f"Addresses begin with https:// or http://, not with {scheme}:. "
                "Use such an address, or add the file itself."
            )
        leaf = self._files.find(value)
        if leaf is None:
            raise _BadLine(
                f"“{clean_name(value)[:60]}” is neither an address that begins with https:// nor a "
                "file beside the list. Correct it, or add that file."
            )
        return leaf

    def _make_fetch(self, url: str) -> Callable[[], bytes]:
        return partial(
            _load,
            url,
            max_bytes=self._limits.max_file_bytes,
            allow_hosts=self._allow_hosts,
            timeout_s=self._timeout_s,
        )


class _BadLine(Exception):
    """A line that is refused, in sentences; never leaves this module."""


def _load(url: str, *, max_bytes: int, allow_hosts: Collection[str], timeout_s: float) -> bytes:
    return fetch(url, max_bytes=max_bytes, allow_hosts=allow_hosts, timeout_s=timeout_s).data


def _check_address(url: str) -> None:
    """Refuse what is plainly no address; the rest is judged when it is fetched."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    controlled = any(unicodedata.category(char) == "Cc" for char in url)
    if not host or len(url) > _MAX_ADDRESS or controlled:
        raise _BadLine(
            "That is no web address. Write it whole, such as https://example.com/photo.jpg."
        )


def _name_in(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or ""
