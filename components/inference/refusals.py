"""What an error status of a segmentation server means, in plain words."""

from __future__ import annotations

from components.errors import Busy, InferenceError, Refused

_MEANINGS = {
    400: "The model server could not read this picture.",
    401: "The model server does not know this key. Check the key on the Connection page.",
    402: "The account behind this key has no credits left. Whoever owns it has to add some.",
    403: "This key may not use this model. Check the key and the model on the Connection page.",
    404: "The model server has no such model. Check its name and version on the Connection page.",
    405: "This address does not take pictures. Check the address on the Connection page.",
    413: "The picture is too large for this model server. Set a smaller max_request_mb, and the "
    "desk will shrink pictures to fit.",
    422: "The model server did not accept a value it was sent.",
    423: "This model or its account is paused. Whoever owns it has to resume it.",
    500: "The model server failed on this picture. Try again; if that does not help, tell whoever "
    "runs it.",
}
_BUSY = {
    429: "The model server has had too many requests for now.",
    502: "The model server could not reach what it needs just now.",
    503: "The model server is not ready just now; a model that was not used lately has to wake up.",
    504: "The model server took too long.",
}


def explain_refusal(status: int, api_message: str, retry_after: float | None) -> InferenceError:
    """The error for an answer that is not 2xx.

    Args:
        status: HTTP status.
        api_message: the server's own words, already redacted; "" where it gave none.
        retry_after: seconds the server asked to wait; None where it did not say.

    Returns:
        Busy for statuses that pass by themselves (429, 502, 503, 504), else Refused.
    """
    said = f" It says: “{api_message.rstrip('.')}.”" if api_message else ""
    detail = f"status {status}: {api_message}"
    if status in _BUSY:
        when = f"in {retry_after:.0f} s" if retry_after else "in a moment"
        return Busy(
            f"{_BUSY[status]} Try again {when}.{said}",
            retry_after=retry_after,
            status=status,
            detail=detail,
        )
    if 300 <= status < 400:
        meaning = (
            "The model server sends requests on to another address, and the desk does not follow "
            "with your key. Set the address it names on the Connection page."
        )
    else:
        meaning = _MEANINGS.get(status, f"The model server refused the request (status {status}).")
    return Refused(meaning + said, status=status, api_message=api_message, detail=detail)
