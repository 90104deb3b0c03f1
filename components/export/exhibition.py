"""What is handed on, and what a format is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from components.export.legend import Legend, make_legend
from components.export.naming import make_safe_title
from components.export.sink import Sink
from components.model.exhibit import Exhibit, Exhibits
from components.model.review import Project, Status


@dataclass(frozen=True)
class Exhibition:
    """All that an export is made of.

    Attributes:
        exhibits: the pictures; may be gone through more than once.
        has_pictures: whether the pictures themselves go along with what is said of them, for
            formats that leave the choice.
        licence: what the pictures may be used for, as whoever exports them states it; "" where
            that is not stated.
    """

    exhibits: Exhibits
    has_pictures: bool = True
    licence: str = ""

    @property
    def project(self) -> Project:
        """The project they are of."""
        return self.exhibits.project

    @cached_property
    def legend(self) -> Legend:
        """The one list of classes that masks are written with."""
        return make_legend(self.exhibits.class_maps)

    def list_masked(self) -> Iterator[Exhibit]:
        """The pictures that have a mask."""
        return (exhibit for exhibit in self.exhibits if exhibit.answer is not None)


@dataclass(frozen=True, slots=True)
class Relayed:
    """Pictures that are gone through in another way, and are for the rest those they are made of.

    Attributes:
        whole: those.
    """

    whole: Exhibits

    @property
    def project(self) -> Project:
        """The project they are of."""
        return self.whole.project

    @property
    def counts(self) -> Mapping[Status, int]:
        """Pictures by status."""
        return self.whole.counts

    @property
    def without_answer(self) -> int:
        """Pictures that have no mask."""
        return self.whole.without_answer

    @property
    def class_maps(self) -> tuple[Mapping[int, str], ...]:
        """Every class map there is, the most frequent first."""
        return self.whole.class_maps

    @property
    def changed_at(self) -> int:
        """When something was last answered or decided, UTC milliseconds."""
        return self.whole.changed_at

    def __len__(self) -> int:
        return len(self.whole)

    def __iter__(self) -> Iterator[Exhibit]:
        return iter(self.whole)


@dataclass(frozen=True, slots=True)
class Format:
    """A format that projects are handed on in.

    Attributes:
        key: what it is called in a command.
        title: what it is called on a page.
        about: one plain sentence: what it is good for.
        suffix: of the file, with its dot; ".zip" where it has several entries.
        write: writes all entries; the same exhibition gives the same bytes.
        takes_pictures: whether it can have the pictures along.
        needs_masks: whether pictures without a mask are left out.
        passes: how often it goes through the pictures.
        loads_bytes: whether it loads pictures or masks; where it does not, many can be looked over
            before it is made.
    """

    key: str
    title: str
    about: str
    suffix: str
    write: Callable[[Exhibition, Sink], None]
    takes_pictures: bool = False
    needs_masks: bool = True
    passes: int = 1
    loads_bytes: bool = True

    @property
    def is_single(self) -> bool:
        """Whether it is one file, not many in a ZIP."""
        return self.suffix != ".zip"


def name_file(project: Project, format_: Format) -> str:
    """What an export is called where it is saved."""
    # "csv" says nothing that the suffix does not.
    what = "decisions" if f".{format_.key}" == format_.suffix else format_.key
    return f"{make_safe_title(project.name)}-{what}{format_.suffix}".replace(" ", "-")
