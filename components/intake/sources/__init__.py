"""Sources: everything a batch is read from, as one stream of pictures and refusals.

A source is a folder, a ZIP archive, a list of addresses, or a single picture, on disk. A folder
may hold archives and lists: those at its top are read in their place, those deeper and archives
inside archives are refused. A list at the top of an archive is read too.

What belongs to a picture, `cat.jpg`, is found by name, inside one folder or archive:

- a truth mask is a PNG and no picture itself. It is `cat_mask.png` beside the picture (a PNG of
  such a name is always taken for a mask), or else `cat.png` beside a picture that is no PNG, or
  else `cat.png` or `cat_mask.png` in a folder masks, labels, annotations, gt or truth (the first
  of them wins) that lies beside a folder images, at the same place inside of it. Without a folder
  images beside them, such folders are folders like any other.
- an existing answer is `cat.jpg.json` or else `cat.json` beside the picture.
- of several pictures of one stem, the one spelt just like the mask or answer gets it, else the
  first in order that has none. A mask or answer that finds no picture is refused.

A list is text with an address a line, blank lines and lines from "#" on aside, or a table whose
first line names its columns: url (or image, image_url, address), and, as wished, name
(file_name), group, and truth (mask, truth_mask), separated by comma, semicolon or tab. Addresses
and truth masks may also be names of files beside the list; such files are then taken by the list
alone.

Hidden files, what systems leave in folders, read-me and licence files and descriptions of data
sets are passed over; any other file that is no picture is refused in a sentence. Links are
followed only to files inside of the folder.
"""

from components.intake.sources.candidate import (
    DEFAULT_SOURCE_LIMITS,
    Candidate,
    Refusal,
    SourceLimits,
)
from components.intake.sources.stream import count_source, list_source, read_truth_classes
from components.intake.sources.truth import check_truth

__all__ = [
    "DEFAULT_SOURCE_LIMITS",
    "Candidate",
    "Refusal",
    "SourceLimits",
    "check_truth",
    "count_source",
    "list_source",
    "read_truth_classes",
]
