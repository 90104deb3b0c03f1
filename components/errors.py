"""Every error that may cross a room's door.

    DeskError                   message: plain words for a reviewer; detail: for the log
    ├ SettingsError             secrets or environment that cannot be used
    ├ IntakeError               an image that could not be taken in
    │ ├ NotAnImage              the bytes are no readable picture
    │ ├ ImageTooLarge           more pixels or bytes than the desk takes
    │ ├ DownloadRefused         an address the desk will not fetch from
    │ └ DownloadFailed          an address that did not give a file
    ├ InferenceError            a prediction that could not be had
    │ ├ Unreachable             no connection, or the connection broke
    │ ├ Refused                 the server answered with an error status
    │ ├ Busy                    the server asked to come back later
    │ └ MalformedAnswer         a 2xx answer that is not what the contract says
    ├ StoreError                something kept could not be written or found again
    │ ├ StoreUnavailable        the database cannot be reached or written now
    │ ├ SchemaTooNew            the database was written by a newer desk
    │ └ Conflict                what was wished does not go with what is stored now
    ├ ExportError               something could not be handed on
    └ AccessError               this person may not do this
      ├ NotSignedIn             nobody is signed in, or not any more
      └ WrongPassphrase         what was typed is not the passphrase, or too many were tried

A library's own exception is translated where it enters (`raise … from error`), so nothing outside
this tree leaves a room. A message says what was expected, what came, and what to do next; it never
holds a secret. The detail may be technical, but holds no secret either.
"""

from __future__ import annotations


class DeskError(Exception):
    """The base of the tree: a plain message to show and a technical detail to log."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return self.message


class SettingsError(DeskError):
    """A setting is missing or cannot be used as it stands."""


class IntakeError(DeskError):
    """An image could not be taken in."""


class NotAnImage(IntakeError):
    """The bytes are not a picture that can be read."""


class ImageTooLarge(IntakeError):
    """The picture has more pixels or bytes than the desk takes."""


class DownloadRefused(IntakeError):
    """The desk does not fetch from this address."""


class DownloadFailed(IntakeError):
    """The address did not give a file."""


class InferenceError(DeskError):
    """A prediction could not be had."""


class Unreachable(InferenceError):
    """The inference server could not be reached, or the connection broke.

    Attributes:
        was_sent: whether the server may have seen the question, so that it may be charged.
    """

    def __init__(self, message: str, detail: str = "", *, was_sent: bool = True) -> None:
        super().__init__(message, detail)
        self.was_sent = was_sent


class Refused(InferenceError):
    """The inference server answered with an error status.

    Attributes:
        status: the HTTP status.
        api_message: the server's own words, redacted; "" where it gave none.
    """

    def __init__(self, message: str, *, status: int, api_message: str, detail: str = "") -> None:
        super().__init__(message, detail)
        self.status = status
        self.api_message = api_message


class Busy(InferenceError):
    """The server asked to come back later.

    Attributes:
        retry_after: seconds the server asked to wait; None where it did not say.
        status: the HTTP status; 0 where there was none.
    """

    def __init__(
        self, message: str, *, retry_after: float | None, status: int = 0, detail: str = ""
    ) -> None:
        super().__init__(message, detail)
        self.retry_after = retry_after
        self.status = status


class MalformedAnswer(InferenceError):
    """The server said yes, but its answer is not what the contract describes."""


class StoreError(DeskError):
    """Something the desk keeps could not be written or found again."""


class StoreUnavailable(StoreError):
    """The database cannot be reached or written now; the same may work later."""


class SchemaTooNew(StoreError):
    """The database was written by a newer desk than this one."""


class Conflict(StoreError):
    """What was wished does not go with what is stored now."""


class ExportError(DeskError):
    """A project, or a part of it, could not be handed on."""


class AccessError(DeskError):
    """This person may not do this."""


class NotSignedIn(AccessError):
    """Nobody is signed in, or not any more."""


class WrongPassphrase(AccessError):
    """What was typed is not the passphrase, or too many were tried."""
