"""Keeping the key out of everything that is read by people or kept in files.

The contract puts the key into the address, so it stands in every line that the HTTP libraries log
and in every exception they raise.
"""

from __future__ import annotations

import logging
import re

from components.settings import Secret

BLANK = "•••"
_KEY_PARAMETER = re.compile(
    r"(?i)((?:api_key|authorization)(?:=|%3d|['\"]?: ?['\"]?(?:bearer )?))[^&\s'\",}]+"
)


def redact(text: str, key: Secret) -> str:
    """The text without the key, however it is quoted or capitalised, and without any `api_key=`."""
    secret = key.reveal()
    if secret:
        # Each sign as itself or percent-encoded: servers and libraries differ in what they quote.
        signs = (f"(?:{re.escape(sign)}|%{ord(sign):02x})" for sign in secret)
        text = re.sub("".join(signs), BLANK, text, flags=re.IGNORECASE)
    return _KEY_PARAMETER.sub(rf"\1{BLANK}", text)


class _Redactor(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        try:
            line = record.getMessage()
        except (TypeError, ValueError):
            return True  # a broken record; logging reports it by itself
        record.msg, record.args = _KEY_PARAMETER.sub(rf"\1{BLANK}", line), ()
        return True


_REDACTOR = _Redactor()


def guard_logs() -> None:
    """Blank keys in what urllib3 logs: its retry warnings and debug lines hold whole addresses."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry", "urllib3.connection"):
        logging.getLogger(name).addFilter(_REDACTOR)
