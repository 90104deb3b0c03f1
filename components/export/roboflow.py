"""The two requests that bring a picture and its mask into a Roboflow project.

Both are sent as Roboflow's own client (the `roboflow` package, 1.7) sends them, but for the key:
it travels in the `Authorization: Bearer` header, which the API's documentation recommends, and so
stands in no address, no log line and no exception of a library.

    POST {address}/dataset/{project}/upload?batch=…
        multipart: name, split, file
    POST {address}/dataset/{project}/annotate/{image}?name=…&jobName=…[&overwrite=true]
        JSON: annotationFile, labelmap

Sources: https://docs.roboflow.com/developer/rest-api/manage-images and
https://docs.roboflow.com/developer/rest-api/authenticate.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import requests
import urllib3

from components.errors import ExportError
from components.inference.redaction import guard_logs, redact
from components.net import TimedAdapter, cut_after, find_socket
from components.settings import RoboflowSettings, Secret

SPLITS: Final = ("train", "valid", "test")
CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 10.0
RETRIES: Final = 4
LONGEST_WAIT_SECONDS: Final = 60.0
"""What a server may ask for with Retry-After; longer ones end the upload until another time."""

_UNANSWERED: Final = 0
_MAX_ANSWER_BYTES: Final = 1_000_000
_CHUNK: Final = 1 << 16
_LONGEST_MESSAGE: Final = 300


class Stopped(ExportError):
    """Nothing more can be sent now, whatever the picture; what was sent stays sent."""


class Declined(ExportError):
    """Roboflow did not take this one picture or mask; the next one may be taken."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture that is in the project.

    Attributes:
        image_id: Roboflow's own.
        was_there: whether it was there before.
    """

    image_id: str
    was_there: bool


class _KeyHeader(requests.auth.AuthBase):
    """Sets `Authorization: Bearer`; being set, it keeps ~/.netrc out of requests."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return request


class _Session(requests.Session):
    """Never looks where a redirect leads: the key goes nowhere else."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        return None


class Roboflow:
    """Sends to one project. Safe to share between threads; close it when done."""

    def __init__(
        self,
        settings: RoboflowSettings,
        project: str,
        *,
        stop: threading.Event | None = None,
        retries: int = RETRIES,
        pause_seconds: float = 1.0,
    ) -> None:
        """Prepare a session; nothing is sent yet.

        Args:
            settings: whose key is not empty.
            project: name of the project, without its workspace.
            stop: once set, nothing is waited for or sent again.
            retries: how often what passes by itself is sent again.
            pause_seconds: before the first of these, where the server does not say; doubled each
                time.
        """
        guard_logs()
        self._key = settings.api_key
        self._address = settings.address
        self._project = quote(project, safe="")
        self._stop = stop or threading.Event()
        self._retries = retries
        self._pause_seconds = pause_seconds
        self._session = _Session()
        self._session.auth = _KeyHeader(settings.api_key)
        self._session.headers["User-Agent"] = "MaskDesk"
        adapter = TimedAdapter(pool_connections=1, pool_maxsize=8)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __repr__(self) -> str:
        return f"Roboflow({self._address!r}, {self._project!r})"

    def upload_image(
        self, name: str, data: bytes, media_type: str, *, batch: str, split: str = "train"
    ) -> Uploaded:
        """Put a picture into the project; one that is there already is found again.

        Args:
            name: its file name.
            data: the encoded picture.
            media_type: such as "image/jpeg".
            batch: the batch it is shown in.
            split: of SPLITS.

        Raises:
            Stopped: nothing more can be sent now.
            Declined: this picture is not taken.
        """
        status, answer = self._post(
            f"{self._address}/dataset/{self._project}/upload",
            params={"batch": batch},
            data={"name": name, "split": split},
            files={"file": (name, data, media_type)},
        )
        was_there = status == 409 or bool(answer.get("duplicate"))
        image_id = answer.get("id")
        if isinstance(image_id, str) and image_id and (was_there or answer.get("success")):
            return Uploaded(image_id, was_there)
        if was_there:
            raise Declined(
                f"{name} is in the project already, but Roboflow did not say under which number, "
                "so its mask was not sent. Delete the picture there and send it again."
            )
        raise _make_declined(status, answer, name)

    def save_annotation(
        self, image_id: str, name: str, annotation: str, *, job: str, overwrite: bool = False
    ) -> bool:
        """Give a picture of the project its mask.

        Args:
            image_id: as `upload_image` told.
            name: a file name whose end tells the format, such as "street.coco.json".
            annotation: the text of that file.
            job: what the annotating is called there.
            overwrite: whether annotations that are there already are replaced.

        Returns:
            False where the picture has annotations already, which stay as they are.

        Raises:
            Stopped: nothing more can be sent now.
            Declined: this mask is not taken.
        """
        params = {"name": name, "jobName": job} | ({"overwrite": "true"} if overwrite else {})
        status, answer = self._post(
            f"{self._address}/dataset/{self._project}/annotate/{quote(image_id, safe='')}",
            params=params,
            data=json.dumps({"annotationFile": annotation, "labelmap": None}),
            headers={"Content-Type": "application/json"},
        )
        if status == 409 and "already annotated" in _find_message(answer):
            return False
        if status == 200 and answer.get("success") and not answer.get("error"):
            return True
        raise _make_declined(status, answer, name)

    def look(self, *steps: str) -> dict[str, Any]:
        """What the API says at an address, asked once; nothing is sent.

        Args:
            steps: of the address, such as workspace and project; none for its root.

        Returns:
            The JSON object; empty where none came.

        Raises:
            Stopped: it is not reached, or the key or project is refused.
        """
        path = "/".join(quote(step, safe="") for step in steps)
        status, answer, asked = self._ask_once("GET", f"{self._address}/{path}", LOOK_SECONDS)
        if status in (_UNANSWERED, 429) or status >= 500:
            raise Stopped(_explain_busy(status, asked), f"status {status}")
        self._check(status, answer)
        return answer if status == 200 else {}

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def _post(self, url: str, **request: Any) -> tuple[int, dict[str, Any]]:
        """Send, and again where it passes by itself.

        Both requests may be repeated: a picture is known by its content, and a second annotation
        is refused with 409.

        Raises:
            Stopped: it does not pass, or the key or project is refused.
        """
        for attempt in range(self._retries + 1):
            if self._stop.is_set():
                raise Stopped("The upload was stopped. What was sent stays sent.")
            status, answer, asked = self._ask_once("POST", url, ANSWER_SECONDS, **request)
            if status not in (_UNANSWERED, 429) and status < 500:
                self._check(status, answer)
                return status, answer
            wait = self._pause_seconds * 2**attempt if asked is None else asked
            if attempt == self._retries or wait > LONGEST_WAIT_SECONDS:
                raise Stopped(_explain_busy(status, asked), f"status {status}")
            self._stop.wait(wait)
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(
        self, method: str, url: str, seconds: float, **request: Any
    ) -> tuple[int, dict[str, Any], float | None]:
        """Status (0 without an answer), the JSON object answered, seconds asked to wait."""
        try:
            with self._session.request(
                method,
                url,
                timeout=(CONNECT_SECONDS, seconds),
                allow_redirects=False,
                stream=True,
                **request,
            ) as response:
                with cut_after(seconds, find_socket(response.raw)):
                    received = _read_body(response)
                waiting = _read_seconds(response.headers.get("Retry-After"))
                return response.status_code, self._parse(received), waiting
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
            # Not told in detail: the libraries' errors quote what was sent.
            return _UNANSWERED, {}, None

    def _parse(self, received: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(redact(received.decode("utf-8", "replace"), self._key))
        except (ValueError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}

    def _check(self, status: int, answer: dict[str, Any]) -> None:
        """Whether it makes sense to go on with the next picture.

        Raises:
            Stopped: it does not.
        """
        meaning = _STOPPING.get(status)
        if 300 <= status < 400:
            meaning = (
                "Roboflow’s address sends requests on to another one, and the desk does not follow "
                "with your key. Set the address it names in the secrets."
            )
        if meaning:
            host = urlsplit(self._address).netloc
            said = _find_message(answer)
            raise Stopped(meaning, f"{host}: status {status}: {said}")


_STOPPING: Final = {
    401: "Roboflow does not know this key. Whoever runs the desk sets another one under "
    "[roboflow] in the secrets.",
    402: "The Roboflow account behind this key has no credits or no room left. Whoever owns it "
    "has to see to that.",
    403: "This key may not write into that Roboflow project. Take a key of its workspace, or "
    "choose another project.",
    404: "Roboflow has no such project. Check its name, as it stands in the address of the "
    "project in Roboflow’s app.",
    405: "That address is not Roboflow’s API for data sets. Check address under [roboflow] in the "
    "secrets.",
}
_DECLINING: Final = {
    200: "Roboflow answered about {name}, but did not say that it took it.",
    400: "Roboflow could not read {name}.",
    409: "Roboflow has something else in the place of {name}.",
    413: "{name} is too large for Roboflow.",
    422: "Roboflow did not accept {name}.",
}


def _make_declined(status: int, answer: dict[str, Any], name: str) -> Declined:
    said = _find_message(answer)
    words = f" It says: “{said.rstrip('.')}.”" if said else ""
    what = _DECLINING.get(status, "Roboflow did not take {name} (status {status}).")
    return Declined(what.format(name=name, status=status) + words, f"status {status}")


def _explain_busy(status: int, asked: float | None) -> str:
    if status == _UNANSWERED:
        return (
            "Roboflow could not be reached, or the connection broke. What was sent stays sent; "
            "begin again later, and the desk goes on where it stopped."
        )
    when = "later"
    if asked:
        when = f"in {asked:.0f} s" if asked < 120 else f"in {asked / 60:.0f} minutes"
    why = "has had too many requests" if status == 429 else "is not ready just now"
    return (
        f"Roboflow {why}. What was sent stays sent; begin again {when}, and the desk goes on where "
        "it stopped."
    )


def _find_message(answer: dict[str, Any]) -> str:
    """What the server says in words; "" where it says nothing."""
    said: object = answer.get("error") or answer.get("message") or ""
    if isinstance(said, dict):
        said = said.get("message") or ""
    return " ".join(str(said).split())[:_LONGEST_MESSAGE] if isinstance(said, str) else ""


def _read_body(response: requests.Response) -> bytes:
    parts, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > _MAX_ANSWER_BYTES:
            raise ValueError("the answer does not end")
        parts.append(chunk)
    return b"".join(parts)


_read_retry_after: Callable[[str], float] = urllib3.util.Retry().parse_retry_after


def _read_seconds(value: str | None) -> float | None:
    """Seconds of a Retry-After header, a number or a date; None where it says nothing usable."""
    if value is None:
        return None
    try:
        return max(float(_read_retry_after(value)), 0.0)
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return None
