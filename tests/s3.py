"""A server that speaks S3 over HTTP, on a port of its own, that can be stopped and come back."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import requests
from moto.server import ThreadedMotoServer

from components.settings import PictureSettings, Secret

KEY = "AKIAIOSFODNN7SAMPLE"
SECRET = "hunter2-and-a-longer-tail"


class ObjectServer:
    """The server, and its buckets seen past the desk.

    Attributes:
        bucket: the name of one that is there.
        prefix: what the desk's objects begin with.
    """

    bucket = "desk"
    prefix = "pictures/of-the-desk"

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        _, self._port = self._server.get_host_and_port()
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        self.empty()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> PictureSettings:
        return PictureSettings(
            bucket=self.bucket,
            prefix=self.prefix,
            endpoint=self.endpoint,
            key=Secret(KEY),
            secret=Secret(SECRET),
        )

    @property
    def environ(self) -> dict[str, str]:
        """The same for a desk of another process."""
        return {
            "MASK_DESK_PICTURES": self.settings.label,
            "MASK_DESK_PICTURES_ENDPOINT": self.endpoint,
            "MASK_DESK_PICTURES_KEY": KEY,
            "MASK_DESK_PICTURES_SECRET": SECRET,
        }

    def empty(self) -> None:
        """Forget everything but one empty bucket."""
        requests.post(f"{self.endpoint}/moto-api/reset", timeout=30).raise_for_status()
        self._client.create_bucket(Bucket=self.bucket)

    def ask_for_keys(self, *, wanted: bool) -> None:
        """Let the server refuse whoever it has no user for, or take everybody again."""
        count = "0" if wanted else "inf"
        asked = requests.post(f"{self.endpoint}/moto-api/reset-auth", data=count, timeout=30)
        asked.raise_for_status()

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        """Come back at the same port, with what was there."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self._port, verbose=False)
        self._server.start()

    def list(self) -> dict[str, int]:
        """Sizes by the sha256 that objects are called by."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        found = [one for page in pages for one in page.get("Contents", ())]
        assert all(one["Key"].startswith(f"{self.prefix}/") for one in found)
        return {one["Key"].rsplit("/", 1)[1]: one["Size"] for one in found}

    def damage(self, sha256: str) -> None:
        """Put other bytes under a name."""
        self._client.put_object(Bucket=self.bucket, Key=self._name(sha256), Body=b"something else")

    def remove(self, sha256: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=self._name(sha256))

    def close(self) -> None:
        self._client.close()
        self._server.stop()

    def _name(self, sha256: str) -> str:
        return f"{self.prefix}/{sha256[:2]}/{sha256}"


@contextmanager
def run_object_server() -> Iterator[ObjectServer]:
    """A server for a while; the machine's own keys and profiles play no part meanwhile."""
    log = logging.getLogger("werkzeug")
    level = log.level
    log.setLevel(logging.ERROR)
    kept = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in kept:
        del os.environ[name]
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    server = ObjectServer()
    try:
        yield server
    finally:
        server.close()
        del os.environ["AWS_EC2_METADATA_DISABLED"]
        os.environ.update(kept)
        log.setLevel(level)
