"""A bucket of a server that speaks S3, as the place of pictures.

Amazon's own, MinIO, Cloudflare's R2, Ceph and others do.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)

from components.errors import DeskError, SettingsError, StoreUnavailable
from components.settings import PictureSettings

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 20
TRIES: Final = 3
_CONNECTIONS: Final = 64

# docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_ELSEWHERE: Final = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "TemporaryRedirect",
        "301",
        "307",
    }
)
_NOT_NOW: Final = frozenset({"RequestTimeout", "SlowDown", "Throttling", "OperationAborted"})
_NO_KEY: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
)


class Bucket:
    """Bytes by name in a bucket, under a prefix; threads may share it."""

    def __init__(self, settings: PictureSettings) -> None:
        self._settings: Final = settings
        self._prefix: Final = f"{settings.prefix}/" if settings.prefix else ""
        self._lock = threading.Lock()
        self._client: Any = None

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes; once this returns the server has them.

        Raises:
            StoreUnavailable: it cannot be reached or written now.
            SettingsError: there is no such bucket, or it refuses this desk.
        """
        try:
            self._connect().put_object(
                Bucket=self._settings.bucket, Key=self._prefix + name, Body=data
            )
        except (BotoCoreError, ClientError) as error:
            raise self._translate(error) from error

    def get(self, name: str) -> bytes | None:
        """The bytes of this name; None where there are none.

        Raises:
            StoreUnavailable, SettingsError: as `put`.
        """
        for left in (1, 0):
            try:
                answer = self._connect().get_object(
                    Bucket=self._settings.bucket, Key=self._prefix + name
                )
            except (BotoCoreError, ClientError) as error:
                if _read_code(error)[0] in ("NoSuchKey", "404"):
                    return None
                raise self._translate(error) from error
            try:
                with answer["Body"] as body:
                    return bytes(body.read())
            # The client tries again until an answer begins. Where it breaks off, errors of the
            # library below it come through too, and whatever they are, the next try may do.
            except Exception as error:
                if not left:
                    raise self._miss(type(error).__name__) from error
        raise AssertionError  # the last try returns or raises

    def exists(self, name: str) -> bool:
        """Whether there are bytes of this name.

        Raises:
            StoreUnavailable, SettingsError: as `put`.
        """
        try:
            self._connect().head_object(Bucket=self._settings.bucket, Key=self._prefix + name)
        except (BotoCoreError, ClientError) as error:
            if _read_code(error)[0] in ("NoSuchKey", "404"):
                return False
            raise self._translate(error) from error
        return True

    def close(self) -> None:
        """Let go of connections; the next call makes new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._make_client()
            return self._client

    def _make_client(self) -> Any:
        settings = self._settings
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=_CONNECTIONS,
            # Not every server has the newer checksums, and what is read is compared anyway.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # Buckets as names of hosts need a DNS that a server of one's own rarely has.
            s3={"addressing_style": "path"} if settings.endpoint else None,
        )
        try:
            return boto3.session.Session().client(
                "s3",
                endpoint_url=settings.endpoint or None,
                region_name=settings.region or None,
                aws_access_key_id=settings.key.reveal() or None,
                aws_secret_access_key=settings.secret.reveal() or None,
                config=config,
            )
        except BotoCoreError as error:
            raise self._translate(error) from error
        except ValueError as error:
            # It may quote what was set.
            raise self._misset(
                "pictures_endpoint or pictures_region is none that object storage can have"
            ) from error

    def _translate(self, error: BotoCoreError | ClientError) -> DeskError:
        code, status = _read_code(error)
        # The server's own words may name the key: they are left out.
        detail = f"{type(error).__name__} {code} {status}".replace(" 0", "").strip()
        if isinstance(error, _NO_KEY):
            return self._misset(
                "no key was found for it: neither pictures_key and pictures_secret nor the usual "
                "sources (environment, profile, role) have one",
                detail,
            )
        if isinstance(error, (NoRegionError, InvalidRegionError)):
            return self._misset("its region is not known. Set pictures_region", detail)
        if not isinstance(error, ClientError):
            return self._miss(detail)
        if code in ("NoSuchBucket", "InvalidBucketName"):
            return self._misset("there is no such bucket", detail)
        if code in _ELSEWHERE:
            return self._misset("it lies in another region. Set pictures_region", detail)
        if code == "RequestTimeTooSkewed":
            return self._misset("the clock of this machine is wrong", detail)
        if status in (401, 403) or code == "ExpiredToken":
            return self._misset(
                "it refuses this desk's key. The key has to be valid and allow to get and put "
                "objects there, and to list the bucket",
                detail,
            )
        if 400 <= status < 500 and status not in (408, 429) and code not in _NOT_NOW:
            return self._misset(f"it refused a call with status {status}", detail)
        return self._miss(detail)

    def _miss(self, detail: str) -> StoreUnavailable:
        return StoreUnavailable(
            f"The object storage with the pictures, {self._settings.label}, cannot be reached or "
            "written at the moment. Try again; if it stays so, tell whoever runs this desk.",
            detail,
        )

    def _misset(self, why: str, detail: str = "") -> SettingsError:
        return SettingsError(
            f"Pictures cannot be kept in {self._settings.label}: {why}. Whoever runs this desk has "
            "to correct that.",
            detail,
        )


def _read_code(error: BotoCoreError | ClientError) -> tuple[str, int]:
    """S3's error code and the HTTP status; "" and 0 where no answer came."""
    if not isinstance(error, ClientError):
        return "", 0
    response: Any = error.response
    code = str(response.get("Error", {}).get("Code", ""))
    return code, int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
