"""Which server answers: `[inference]` of the secrets, or the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from components.errors import SettingsError
from components.settings.values import Secret, merge, read_list

HOSTED_ADDRESS = "https://segment.roboflow.com"
KeyPlace = Literal["query", "header"]

_VARIABLES = {
    "address": "MASK_DESK_ADDRESS",
    "models": "MASK_DESK_MODELS",
    "api_key": "MASK_DESK_API_KEY",
    "key_in": "MASK_DESK_KEY_IN",
    "timeout_seconds": "MASK_DESK_TIMEOUT_SECONDS",
    "max_request_mb": "MASK_DESK_MAX_REQUEST_MB",
    "allow_hosts": "MASK_DESK_ALLOW_HOSTS",
}
# Hosts whose limit on a request is documented, in millions of bytes; elsewhere the newer host's.
_HOSTED_REQUEST_MB = {"segment.roboflow.com": 5.0}
_DEFAULT_REQUEST_MB = 20.0
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63}){0,20}\.?")
_MODEL = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which server answers, and how it is asked.

    Attributes:
        address: scheme, host and path of the server, without a trailing slash; "" for the
            built-in one.
        models: "dataset/version" each, the first one is asked unless a person chooses; empty only
            with the built-in server, which names its own.
        api_key: sent with each request; may be empty.
        key_in: where the key goes: "query" as the contract has it, or "header" as
            `Authorization: Bearer`.
        timeout_seconds: longest wait for an answer.
        max_request_bytes: largest request body the server takes.
        allow_hosts: private hosts that pictures may be fetched from and that a person may connect
            to, "name" or "name:port".
        is_trusted: False once a person typed the address in the browser; such an address is only
            connected to where it is public or in `allow_hosts`.
    """

    address: str = ""
    models: tuple[str, ...] = ()
    api_key: Secret = field(default_factory=lambda: Secret(""))
    key_in: KeyPlace = "query"
    timeout_seconds: float = 60.0
    max_request_bytes: int = int(_DEFAULT_REQUEST_MB * 1e6)
    allow_hosts: tuple[str, ...] = ()
    is_trusted: bool = True

    @property
    def max_image_bytes(self) -> int:
        """Largest encoded picture whose base64 fits the request, in bytes."""
        return self.max_request_bytes * 3 // 4 - 1024


def read_settings(section: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Settings from the `[inference]` section of the secrets; the environment wins.

    Args:
        section: keys as in `.streamlit/secrets.toml.example`.
        environ: environment variables; those named MASK_DESK_… count.

    Raises:
        SettingsError: a value that cannot be used, named without being shown where it is secret.
    """
    values = merge("inference", section, environ, _VARIABLES)
    address = check_address(str(values.get("address", "")))
    models = tuple(check_model(model) for model in read_list(values, "models"))
    if address and not models:
        raise SettingsError(
            "An inference address is set, but no model. Set models, for example "
            'models = ["my-dataset/3"].'
        )
    if not address and (models or values.get("api_key")):
        raise SettingsError(
            "A model or key is set, but no address, so it is not known whom to ask. Set address, "
            f'for example address = "{HOSTED_ADDRESS}", or remove the others to use the built-in '
            "server."
        )
    key_in = values.get("key_in", "query")
    if key_in not in ("query", "header"):
        raise SettingsError(f'key_in is "query" or "header", but {key_in!r} came. Change it.')
    request_mb = _read_number(values, "max_request_mb", guess_request_mb(address))
    return Settings(
        address=address,
        models=models,
        api_key=check_key(str(values.get("api_key", ""))),
        key_in="header" if key_in == "header" else "query",
        timeout_seconds=_read_number(values, "timeout_seconds", 60.0),
        max_request_bytes=int(request_mb * 1e6),
        allow_hosts=tuple(host.casefold() for host in read_list(values, "allow_hosts")),
    )


def guess_request_mb(address: str) -> float:
    """The largest request this address takes, in millions of bytes, as far as is documented."""
    return _HOSTED_REQUEST_MB.get(urlsplit(address).hostname or "", _DEFAULT_REQUEST_MB)


def check_address(text: str) -> str:
    """A server's address made uniform: no trailing slash, no query; "" stays "".

    Raises:
        SettingsError: not http or https, no host, or a user, query or fragment in it.
    """
    address = text.strip().rstrip("/")
    if not address:
        return ""
    expected = f"An address looks like {HOSTED_ADDRESS} or http://localhost:9001"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"{expected}; what came is not an address. Change it.") from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", address):
        raise SettingsError(f"{expected}; what came is not an address. Change it.")
    if not (_HOST.fullmatch(host) or ":" in host):
        raise SettingsError(f"{expected}; what came has no host a server can have. Change it.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            f"{expected}, with nothing before an @ and nothing after a ?. A key has a field of its "
            "own; take it out of the address."
        )
    return address


def check_model(text: str) -> str:
    """A model's name, "dataset/version".

    Raises:
        SettingsError: it has another form.
    """
    model = text.strip().strip("/")
    if not _MODEL.fullmatch(model):
        raise SettingsError(
            "A model is a dataset and a version with a slash between, like my-dataset/3. "
            "It stands in the model's own address, in front of the question mark."
        )
    return model


def check_key(text: str) -> Secret:
    """A key without outer spaces.

    Raises:
        SettingsError: it holds something no key holds; the key itself is not shown.
    """
    key = text.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(
            "The key holds a space or a sign that keys do not have. Copy it again, without "
            "anything around it."
        )
    return Secret(key)


def _read_number(values: Mapping[str, Any], key: str, default: float) -> float:
    try:
        number = float(values.get(key, default))
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1e6:
        raise SettingsError(f"{key} is a number above 0, but {values.get(key)!r} came. Change it.")
    return number
