"""Which truth mask and which answer belong to which picture of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from components.intake.sources.names import ARCHIVES, LISTS, PICTURES, fold, split_suffix
from components.intake.sources.tree import Leaf

_MASK_END = "_mask"


@dataclass(frozen=True, slots=True)
class Pairs:
    """The files of a folder, each with its part.

    Attributes:
        truths: truth mask by picture's path.
        answers: answer by picture's path.
        problems: sentences by path, for what belongs to nothing.
        stray: truth masks of the folders beside that belong to nothing, with the sentence why.
    """

    truths: dict[str, Leaf] = field(default_factory=dict)
    answers: dict[str, Leaf] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    stray: list[tuple[Leaf, str]] = field(default_factory=list)


def pair(files: Sequence[Leaf], beside: Sequence[Leaf] = ()) -> Pairs:
    """Pair the files of one folder by their names, by the rules of `list_source`.

    Args:
        files: of one folder, in order; those with a problem are passed over.
        beside: files of the folders of truth masks beside it, the first winning.

    Returns:
        The parts.
    """
    pairs = Pairs()
    plain: list[Leaf] = []
    masks: list[Leaf] = []
    answers: list[Leaf] = []
    for leaf in files:
        stem, suffix = split_suffix(leaf.name)
        if leaf.problem:
            continue
        if suffix == "json":
            answers.append(leaf)
        elif suffix == "png" and fold(stem).endswith(_MASK_END):
            masks.append(leaf)
        elif suffix in PICTURES or suffix not in LISTS | ARCHIVES:
            plain.append(leaf)
    _pair_masks(pairs, plain, masks)
    _pair_same_stems(pairs, plain)
    used = {leaf.path for leaf in pairs.truths.values()}
    pictures = [leaf for leaf in plain if leaf.path not in used]
    _pair_beside(pairs, pictures, beside)
    _pair_answers(pairs, pictures, answers)
    return pairs


def spell_truth_names(name: str) -> tuple[str, ...]:
    """Names that a truth mask in the same folder may have, in the order of precedence."""
    stem, suffix = split_suffix(name)
    return (f"{stem}{_MASK_END}.png", *(() if suffix == "png" else (f"{stem}.png",)))


def spell_answer_names(name: str) -> tuple[str, ...]:
    """Names that an existing answer may have, in the order of precedence."""
    return (f"{name}.json", f"{split_suffix(name)[0]}.json")


class _Hosts:
    """Pictures waiting for what belongs to them, found by a name of theirs."""

    def __init__(
        self, named: Iterable[tuple[str, Leaf]], asked: Iterable[str], taken: Iterable[str]
    ) -> None:
        """Make an index.

        Args:
            named: pictures in order, each with the name it goes by.
            asked: names that will be asked for; others are not kept, as folders are large.
            taken: paths of pictures that wait for nothing.
        """
        wanted = {fold(name) for name in asked}
        self._exact: dict[str, list[Leaf]] = {}
        self._folded: dict[str, list[Leaf]] = {}
        self._taken = set(taken)
        for name, leaf in named if wanted else ():
            folded = fold(name)
            if folded in wanted:
                self._exact.setdefault(name, []).append(leaf)
                self._folded.setdefault(folded, []).append(leaf)
        for queue in (*self._exact.values(), *self._folded.values()):
            queue.reverse()

    def knows(self, name: str) -> bool:
        """Whether there is or was a picture of this name."""
        return fold(name) in self._folded

    def take(self, name: str) -> Leaf | None:
        """Take the first free picture, one that is spelt just so before others."""
        for queue in (self._exact.get(name), self._folded.get(fold(name))):
            while queue:
                host = queue.pop()
                if host.path not in self._taken:
                    self._taken.add(host.path)
                    return host
        return None


def _stem(leaf: Leaf) -> str:
    return split_suffix(leaf.name)[0]


def _shorten(stem: str) -> str:
    """Take the ending of a mask's stem off, where it has it."""
    return stem[: -len(_MASK_END)] if fold(stem).endswith(_MASK_END) else stem


def _by_stem(leaves: Iterable[Leaf]) -> Iterable[tuple[str, Leaf]]:
    return ((_stem(leaf), leaf) for leaf in leaves)


def _pair_masks(pairs: Pairs, plain: Sequence[Leaf], masks: Sequence[Leaf]) -> None:
    hosts = _Hosts(_by_stem(plain), (_shorten(_stem(leaf)) for leaf in masks), ())
    for leaf in masks:
        stem = _shorten(_stem(leaf))
        host = hosts.take(stem)
        if host is not None:
            pairs.truths[host.path] = leaf
        elif hosts.knows(stem):
            pairs.problems[leaf.path] = _SECOND_TRUTH
        else:
            pairs.problems[leaf.path] = (
                "It is named like a truth mask, but the picture it belongs to is not beside it. "
                "Add that, or rename it if it is a picture itself."
            )


def _pair_same_stems(pairs: Pairs, plain: Sequence[Leaf]) -> None:
    """Take cat.png for the truth of cat.jpg, unless either has a mask already."""
    asking = [
        leaf
        for leaf in plain
        if split_suffix(leaf.name)[1] == "png" and leaf.path not in pairs.truths
    ]
    others = (leaf for leaf in plain if split_suffix(leaf.name)[1] in PICTURES - {"png"})
    hosts = _Hosts(_by_stem(others), map(_stem, asking), pairs.truths)
    for leaf in asking:
        host = hosts.take(_stem(leaf))
        if host is not None:
            pairs.truths[host.path] = leaf


def _pair_beside(pairs: Pairs, pictures: Sequence[Leaf], beside: Sequence[Leaf]) -> None:
    stems = [_stem(leaf) for leaf in beside]
    hosts = _Hosts(_by_stem(pictures), (*stems, *map(_shorten, stems)), pairs.truths)
    for leaf in beside:
        stem, suffix = split_suffix(leaf.name)
        if leaf.problem:
            pairs.stray.append((leaf, leaf.problem))
            continue
        if suffix != "png":
            problem = (
                "A truth mask has to be a PNG, one byte a pixel; other files in a folder of truth "
                "masks are not read."
            )
            pairs.stray.append((leaf, problem))
            continue
        known = stem if hosts.knows(stem) else _shorten(stem)
        host = hosts.take(known)
        if host is not None:
            pairs.truths[host.path] = leaf
        elif hosts.knows(known):
            pairs.stray.append((leaf, _SECOND_TRUTH))
        else:
            problem = "It is a truth mask without a picture of its name. Add that, or leave it out."
            pairs.stray.append((leaf, problem))


def _pair_answers(pairs: Pairs, pictures: Sequence[Leaf], answers: Sequence[Leaf]) -> None:
    named = [(leaf, leaf.name[: -len(".json")]) for leaf in answers]
    by_name = _Hosts(((leaf.name, leaf) for leaf in pictures), (name for _, name in named), ())
    rest: list[tuple[Leaf, str]] = []
    for leaf, name in named:
        host = by_name.take(name)
        if host is None:
            rest.append((leaf, name))
        else:
            pairs.answers[host.path] = leaf
    by_stem = _Hosts(_by_stem(pictures), (name for _, name in rest), pairs.answers)
    for leaf, name in rest:
        host = by_stem.take(name)
        if host is not None:
            pairs.answers[host.path] = leaf
        elif by_stem.knows(name) or by_name.knows(name):
            pairs.problems[leaf.path] = "Its picture has an answer already. Keep one of the two."
        else:
            pairs.problems[leaf.path] = (
                "An answer belongs to the picture of its name, such as cat.json to cat.jpg, and "
                "there is none beside it. Add that, or leave it out."
            )


_SECOND_TRUTH = "The picture of its name has a truth mask already. Keep one of the two."
