"""Thumbnails fit their box whatever the picture's shape."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from components.display.thumbnails import BOX_WH, draw_thumbnail
from tests.pictures import make_image


@pytest.mark.parametrize("size_wh", [(64, 48), (4000, 30), (30, 2000), (1, 1), (3000, 2000)])
def test_fits(size_wh: tuple[int, int]) -> None:
    small = Image.open(io.BytesIO(draw_thumbnail(make_image(size_wh))))
    assert small.width <= BOX_WH[0]
    assert small.height <= BOX_WH[1]
