"""One question to a segmentation server, and how it looks on the wire and in a shell."""

from __future__ import annotations

import base64
import shlex
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from components.model.image import SourceImage

BLANKED_KEY = "YOUR_KEY"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a picture, of a model, at a confidence.

    Attributes:
        image: the picture; its bytes are sent unless it came from an address.
        model: "dataset/version".
        confidence: percent, 0–100.
    """

    image: SourceImage
    model: str
    confidence: int

    @property
    def sends_url(self) -> bool:
        """Whether the server is given the picture's address to fetch it itself."""
        return self.image.url is not None

    def encode_body(self) -> bytes:
        """Plain base64 of the picture, one line; b"" where its address is sent instead."""
        return b"" if self.sends_url else base64.b64encode(self.image.data)

    def list_query(self) -> dict[str, str]:
        """Query parameters, without a key. Confidence is always sent: servers' defaults differ."""
        query = {"confidence": str(self.confidence)}
        if self.image.url is not None:
            query["image"] = self.image.url
        return query

    def write_curl(self, address: str, *, key_in_header: bool, has_key: bool) -> str:
        """The shell command that asks the same, with the key blanked."""
        query = self.list_query()
        header = ""
        if has_key and key_in_header:
            header = f' -H "Authorization: Bearer {BLANKED_KEY}"'
        elif has_key:
            query = {"api_key": BLANKED_KEY, **query}
        url = shlex.quote(f"{address}/{quote(self.model)}?{urlencode(query)}")
        if self.sends_url:
            return f"curl -X POST{header} {url}"
        # By redirection: as an argument, macOS wants another option and a leading dash is one.
        return f"base64 < {shlex.quote(self.image.name)} | curl -d @-{header} {url}"
