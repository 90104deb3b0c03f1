"""Folders in the manner of two well-known data sets: Pascal VOC and Cityscapes.

Pascal VOC: `JPEGImages`, `SegmentationClass` (indexed PNG), `ImageSets/Segmentation/default.txt`
and `labelmap.txt` with the colour of each class. Cityscapes: `leftImg8bit/default/…_leftImg8bit`,
`gtFine/default/…_gtFine_labelIds.png` (gray, the values are class ids), the same
as `…_gtFine_instanceIds.png` (where pixels of a class without instances have its id),
`…_gtFine_color.png` and `label_colors.txt`.

Neither layout takes every name: colons become "_", in Cityscapes blanks too, and a name that is
there already has its class id appended. `_classes.csv` beside them has the names as they came. In
`label_colors.txt` line n, from 0, is class id n, ids that no class has included, since readers take
the values of the gray masks for the numbers of the lines.

The desk knows no training and validation parts, so all pictures are in one called "default".
Sources: the VOC2012 development kit and cityscapesScripts, and the two files of colours as CVAT
and Datumaro write and read them.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.export.ahead import work_ahead
from components.export.exhibition import Exhibition, Format
from components.export.naming import Names, make_safe_title
from components.export.pictures import (
    find_suffix,
    index_gray,
    is_as_it_came,
    make_gray,
    write_classes,
)
from components.export.sink import Sink
from components.model.classes import ClassInfo
from components.model.exhibit import Exhibit

_SUBSET = "default"


def write_voc(exhibition: Exhibition, sink: Sink) -> None:
    """Write a folder in the manner of Pascal VOC.

    Raises:
        ExportError: a mask cannot be decoded, or an entry not be written.
        StoreError: bytes are lost, or cannot be read now.
    """
    legend = exhibition.legend
    lines = ["# label:color_rgb:parts:actions"]
    lines += [
        f"{name}:{red},{green},{blue}::"
        for name, (red, green, blue) in _list_colours(legend.list_named())
    ]
    sink.write("_classes.csv", write_classes(legend))
    sink.write("labelmap.txt", _join(lines))
    names = Names()

    def make(exhibit: Exhibit) -> tuple[bytes, bytes | None]:
        picture = exhibit.load_image() if exhibition.has_pictures else None
        return make_gray(exhibit, legend), picture

    def is_light(exhibit: Exhibit) -> bool:
        return is_as_it_came(exhibit, legend)

    with sink.compose(f"ImageSets/Segmentation/{_SUBSET}.txt") as listed:
        for exhibit, (gray, picture) in work_ahead(exhibition.list_masked(), make, is_light):
            stem = names.take(exhibit.item.name, exhibit.image.sha256)
            if picture is not None:
                sink.write(f"JPEGImages/{stem}{find_suffix(exhibit)}", picture)
            # No transparency: readers of this layout take the colours for the classes.
            mask = index_gray(gray, legend.classes, None)
            sink.write(f"SegmentationClass/{stem}.png", mask)
            listed.write(f"{stem}\n".encode())


def write_cityscapes(exhibition: Exhibition, sink: Sink) -> None:
    """Write a folder in the manner of Cityscapes; the project stands for the city.

    Raises:
        ExportError: a mask cannot be decoded, or an entry not be written.
        StoreError: bytes are lost, or cannot be read now.
    """
    legend = exhibition.legend
    highest = max([info.class_id for info in legend.list_named() if info.is_named], default=0)
    colours = [
        f"{red} {green} {blue} {name}"
        for name, (red, green, blue) in _list_colours(legend.classes[: highest + 1], "_")
    ]
    sink.write("_classes.csv", write_classes(legend))
    sink.write("label_colors.txt", _join(colours))
    city = make_safe_title(exhibition.project.name).replace(" ", "_")
    names = Names()

    def make(exhibit: Exhibit) -> tuple[bytes, bytes | None]:
        picture = exhibit.load_image() if exhibition.has_pictures else None
        return make_gray(exhibit, legend), picture

    def is_light(exhibit: Exhibit) -> bool:
        return is_as_it_came(exhibit, legend)

    for exhibit, (gray, picture) in work_ahead(exhibition.list_masked(), make, is_light):
        stem = names.take(exhibit.item.name, exhibit.image.sha256)
        truth = f"gtFine/{_SUBSET}/{city}/{stem}_gtFine"
        if picture is not None:
            place = f"leftImg8bit/{_SUBSET}/{city}/{stem}_leftImg8bit{find_suffix(exhibit)}"
            sink.write(place, picture)
        sink.write(f"{truth}_color.png", index_gray(gray, legend.classes, None))
        sink.write(f"{truth}_instanceIds.png", gray)
        sink.write(f"{truth}_labelIds.png", gray)


def _list_colours(
    classes: Sequence[ClassInfo], blank: str = " "
) -> list[tuple[str, tuple[int, int, int]]]:
    """Name and colour of each class, no name twice.

    Args:
        classes: in the order of the lines.
        blank: what stands between the words of a name.
    """
    found: dict[str, tuple[int, int, int]] = {}
    for info in classes:
        name = info.name.replace(":", "_")
        name = blank.join((f"_{name}" if name.startswith("#") else name).split())
        while name in found:
            name = f"{name}{blank}{info.class_id}"
        red, green, blue = bytes.fromhex(info.colour[1:])
        found[name] = red, green, blue
    return list(found.items())


def _join(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


VOC = Format(
    key="voc",
    title="Pascal VOC folder",
    about="Pictures, indexed masks and lists of names in the folders that Pascal VOC has.",
    suffix=".zip",
    write=write_voc,
    takes_pictures=True,
)
CITYSCAPES = Format(
    key="cityscapes",
    title="Cityscapes folder",
    about="Gray masks whose values are class ids, and coloured ones, in the folders of Cityscapes.",
    suffix=".zip",
    write=write_cityscapes,
    takes_pictures=True,
)
