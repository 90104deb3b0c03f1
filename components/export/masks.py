"""Indexed PNG masks beside their pictures, as Roboflow lays out semantic masks.

In one folder `<name>.<suffix>`, `<name>_mask.png` and a `_classes.csv` ("Pixel Value, Class"). The
value of a pixel is its class id; a palette beside the pixels gives each class its colour, so the
mask can be looked at as well as read. Software that turns palettes into colours while it reads
(OpenCV) wants the gray masks of the Cityscapes folder instead.

Source of the layout: Roboflow's export "Semantic Segmentation Masks", as its own files have it.
"""

from __future__ import annotations

from components.export.ahead import work_ahead
from components.export.exhibition import Exhibition, Format
from components.export.naming import Names
from components.export.pictures import find_suffix, is_as_it_came, make_indexed, write_classes
from components.export.sink import Sink
from components.model.exhibit import Exhibit


def write_masks(exhibition: Exhibition, sink: Sink) -> None:
    """Write `_classes.csv`, then each mask and its picture.

    Raises:
        ExportError: a mask cannot be decoded, or an entry not be written.
        StoreError: bytes are lost, or cannot be read now.
    """
    legend = exhibition.legend
    sink.write("_classes.csv", write_classes(legend))
    names = Names(("", "_mask"))

    def make(exhibit: Exhibit) -> tuple[bytes, bytes | None]:
        picture = exhibit.load_image() if exhibition.has_pictures else None
        return make_indexed(exhibit, legend), picture

    def is_light(exhibit: Exhibit) -> bool:
        return is_as_it_came(exhibit, legend)

    for exhibit, (mask, picture) in work_ahead(exhibition.list_masked(), make, is_light):
        stem = names.take(exhibit.item.name, exhibit.image.sha256)
        if picture is not None:
            sink.write(f"{stem}{find_suffix(exhibit)}", picture)
        sink.write(f"{stem}_mask.png", mask)


MASKS = Format(
    key="masks",
    title="Masks (PNG)",
    about="Each mask as a PNG whose pixel values are class ids, with a palette to look at it.",
    suffix=".zip",
    write=write_masks,
    takes_pictures=True,
)
