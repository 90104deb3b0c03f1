"""The client of a segmentation server: one pooled session, few retries, no leaks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import quote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from components.errors import (
    DownloadFailed,
    DownloadRefused,
    InferenceError,
    MalformedAnswer,
    Unreachable,
)
from components.inference.redaction import guard_logs, redact
from components.inference.refusals import explain_refusal
from components.inference.request import Request
from components.inference.wire import parse_answer, parse_error
from components.model.prediction import Answer, Prediction
from components.net import GuardedAdapter, TimedAdapter, cut_after, find_socket
from components.settings import Settings

POOL_SIZE = 32
RETRIES = 2
CONNECT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 10
MAX_ANSWER_BYTES = 100_000_000
"""Far above any real answer: a 12 MP mask and its confidences in base64 are a few MB."""

_CHUNK = 1 << 18
_LONGEST_MESSAGE = 300


class _Patience(Retry):
    """Retries what passes by itself: 429, 502, 503, 504 and broken connections.

    A picture that was sent in vain costs a call on a metered server, so an answer that merely takes
    too long is not asked for twice, and neither is anything else.
    """

    RETRY_AFTER_STATUS_CODES = frozenset({429, 503})

    def parse_retry_after(self, retry_after: str) -> float:
        try:
            return super().parse_retry_after(retry_after)
        except (ValueError, OverflowError) as error:
            # A number or a date too large for Python; urllib3 knows this fault under one name.
            raise urllib3.exceptions.InvalidHeader("Retry-After cannot be read") from error

    def get_retry_after(self, response: Any) -> float | None:
        try:
            return super().get_retry_after(response)
        except urllib3.exceptions.InvalidHeader:
            return None  # as if the server had not said

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: Any = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        if isinstance(error, urllib3.exceptions.ReadTimeoutError):
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)


def _make_patience(retries: int = RETRIES) -> _Patience:
    return _Patience(
        total=retries,
        redirect=0,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=None,
        backoff_factor=0.5,
        raise_on_status=False,
        raise_on_redirect=False,
        retry_after_max=LONGEST_WAIT_SECONDS,
    )


class _KeyHeader(requests.auth.AuthBase):
    """Sets `Authorization: Bearer` or nothing; being set, it keeps ~/.netrc out of requests."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._settings.api_key and self._settings.key_in == "header":
            request.headers["Authorization"] = f"Bearer {self._settings.api_key.reveal()}"
        return request


class _Session(requests.Session):
    """Never looks where a redirect leads: to find out, requests would read its whole body."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        return None


class Client:
    """Asks one server. Safe to share between threads; close it when done."""

    def __init__(
        self, settings: Settings, *, retries: int = RETRIES, pool_size: int = POOL_SIZE
    ) -> None:
        """Prepare a session; nothing is sent yet.

        Args:
            settings: whose address is not empty.
            retries: how often what passes by itself is asked again within one `predict`; 0 where
                the caller sees to that.
            pool_size: connections kept open.
        """
        guard_logs()
        self._settings = settings
        self._session = _Session()
        self._session.auth = _KeyHeader(settings)
        self._session.headers["User-Agent"] = "MaskDesk"
        options: dict[str, Any] = {
            "pool_connections": 1,
            "pool_maxsize": pool_size,
            "max_retries": _make_patience(retries),
        }
        adapter: HTTPAdapter
        if settings.is_trusted:
            adapter = TimedAdapter(**options)
        else:
            # A person typed this address into a browser: it must not reach into a private network,
            # and a proxy of the environment would connect where the guard cannot look.
            adapter = GuardedAdapter(allow_hosts=settings.allow_hosts, **options)
            self._session.trust_env = False
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __repr__(self) -> str:
        return f"Client({self._settings.address!r})"

    def predict(self, request: Request) -> Answer:
        """Ask once and read the answer.

        Raises:
            Unreachable: no connection, a broken one, or no answer in time.
            Busy: the server asked to come back later, also after the retries.
            Refused: any other error status.
            MalformedAnswer: an answer that is not what the contract says.
        """
        body = request.encode_body()
        started = time.monotonic()
        status, headers, received, attempts = self._post(request, body)
        seconds = time.monotonic() - started
        if not 200 <= status < 300:
            # Blanked before it is cut, so that no half of a key is left at the end.
            said = redact(parse_error(received), self._settings.api_key)
            raise explain_refusal(
                status, said[:_LONGEST_MESSAGE], _read_retry_after(headers.get("Retry-After"))
            )
        return Answer(
            prediction=self._parse(received),
            address=self._settings.address,
            model=request.model,
            confidence=request.confidence,
            seconds=seconds,
            sent_bytes=len(body),
            received_bytes=len(received),
            attempts=attempts,
        )

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def _parse(self, received: bytes) -> Prediction:
        key = self._settings.api_key
        try:
            return parse_answer(received)
        except MalformedAnswer as error:
            # A server that echoes the request has the key in its answer.
            failure = MalformedAnswer(redact(error.message, key), redact(error.detail, key))
        raise failure

    def _post(self, request: Request, body: bytes) -> tuple[int, Any, bytes, int]:
        query = request.list_query()
        if self._settings.api_key and self._settings.key_in == "query":
            query = {"api_key": self._settings.api_key.reveal(), **query}
        failure: InferenceError
        try:
            with self._session.post(
                f"{self._settings.address}/{quote(request.model)}",
                params=query,
                data=body,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                timeout=(CONNECT_SECONDS, self._settings.timeout_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                history = response.raw.retries.history if response.raw.retries else ()
                with cut_after(self._settings.timeout_seconds, find_socket(response.raw)):
                    received = b"".join(_read_body(response))
                return response.status_code, response.headers, received, len(history) + 1
        except DownloadRefused as error:
            failure = Unreachable(
                f"The desk does not connect to {_host_of(self._settings)} for you: it is on a "
                "private network or on the desk's own machine. Whoever runs the desk can allow it "
                f'with allow_hosts = ["{_host_of(self._settings)}"] in the secrets.',
                error.detail,
                was_sent=False,
            )
        except DownloadFailed as error:
            failure = Unreachable(error.message, error.detail, was_sent=False)
        except (requests.Timeout, TimeoutError) as error:
            failure = self._explain(
                f"The model server did not answer within {self._settings.timeout_seconds:g} s. "
                "Try again; a model that was not used lately may need a minute to wake up.",
                error,
            )
        except requests.exceptions.ChunkedEncodingError as error:
            failure = self._explain(
                "The model server's answer broke off. Try again; if that does not help, tell "
                "whoever runs the model server.",
                error,
            )
        except requests.exceptions.ContentDecodingError as error:
            failure = self._explain(
                "The model server's answer is damaged. Try again; if that does not help, tell "
                "whoever runs the model server.",
                error,
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            failure = self._explain(
                "The model server could not be reached. Check the address on the Connection page, "
                "and whether the server is running.",
                error,
            )
        # Raised here, outside the handlers, so that no library exception, which holds the address
        # with the key, hangs on it as its context.
        raise failure

    def _explain(self, message: str, error: Exception) -> Unreachable:
        detail = redact(f"{type(error).__name__}: {error}", self._settings.api_key)
        return Unreachable(message, detail, was_sent=not _is_unsent(error))


def _is_unsent(error: Exception) -> bool:
    """Whether there never was a connection to send anything over."""
    reason = error.args[0] if error.args else None
    if isinstance(reason, urllib3.exceptions.MaxRetryError):
        reason = reason.reason
    return isinstance(error, (requests.ConnectTimeout, requests.exceptions.SSLError)) or isinstance(
        reason,
        (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError),
    )


def _read_body(response: requests.Response) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise MalformedAnswer(
                "The server's answer does not end. Check that the address on the Connection page "
                "is that of a segmentation server.",
                f"more than {MAX_ANSWER_BYTES} bytes",
            )
        yield chunk


def _host_of(settings: Settings) -> str:
    return urlsplit(settings.address).netloc


def _read_retry_after(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        return float(_make_patience().parse_retry_after(value))
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return None
