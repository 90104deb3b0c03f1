"""The built-in inference server: the documented HTTP contract over the desk's own small models.

It answers `POST /<dataset>/<version>` like Roboflow's segmentation API, so that the ordinary
client, Roboflow's own Python package and plain curl all work against it unchanged. It needs no
account: any key is accepted, and none is stored, logged or sent back.

    with start() as server:
        print(server.address)   # http://127.0.0.1:PORT
"""

from __future__ import annotations

from components.local_server.models import ModelCard
from components.local_server.server import LocalServer, start

__all__ = ["LocalServer", "ModelCard", "start"]
