"""Small pictures for lists of pictures."""

from __future__ import annotations

import io

from PIL import Image

from components.model.image import SourceImage

BOX_WH = (240, 160)


def draw_thumbnail(image: SourceImage) -> bytes:
    """A JPEG that fits BOX_WH, of a picture that intake has already read in full once."""
    with Image.open(io.BytesIO(image.data)) as picture:
        # For JPEG, lets the decoder itself skip most of the work.
        picture.draft("RGB", (BOX_WH[0] * 2, BOX_WH[1] * 2))
        small = picture.convert("RGB")
    small.thumbnail(BOX_WH, reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
