"""The only names of session_state keys. Those in the page's address are called the same there."""

from __future__ import annotations

from typing import Final

# In the page's address
CONFIDENCE: Final = "confidence"  # int, percent 0–100
MODEL: Final = "model"
PICTURE: Final = "picture"  # "sample:<key>" or the spool's key of the picture shown

# Kept for the browser session, through page switches
TRAY: Final = "tray"  # list[Kept]: pictures this person added
UPLOADER_ROUND: Final = "uploader_round"  # int: a new number empties the uploader
ADDRESS: Final = "address"  # dict[str, str | None]: what the address says since it was last written
SHOWN: Final = "shown"  # str: sha256 of the picture that was last shown, with or without a mask
COLOURS: Final = "colours"  # dict[str, str]: "#rrggbb" by class name, where a person chose
REFUSED_FILES: Final = "refused_files"  # list[str]: a sentence for each file not taken
CONNECTION: Final = "connection"  # Connection typed in the browser; absent: the desk's own
FINDINGS: Final = "findings"  # what the last test of the connection found
DOOR: Final = "door"  # set once app.py has run in this session
PAGE: Final = "page"  # str: the page this person is on
TARGET: Final = "target"  # page and query that a guard sent through app.py

# Who is at the desk
SIGN_IN: Final = "sign_in"  # what this session knows of the passphrase sign-in it came with
NAME: Final = "name"  # str: typed where nobody has to sign in
BROWSER: Final = "browser"  # str: random, tells browser sessions apart that try passphrases
WENT_BACK: Final = "went_back"  # set once a login has led back to where it began
FAULT: Final = "sign_in_fault"  # DeskError: why the last try to sign in came to nothing
POSTER: Final = "poster"  # Secret: what this tab's page posts to the desk with
OUTBOX: Final = "outbox"  # what the outbox is told of events that came through the page
OUTBOX_SENDER: Final = "outbox_sender"  # key of the outbox
COOKIES: Final = "cookies"  # dict[str, Cookie]: by name, what the browser is to keep

# Widgets
UPLOADER: Final = "uploader"
URL_FIELD: Final = "image_url"
NAME_FIELD: Final = "sign_in_name"
WORD_FIELD: Final = "sign_in_word"  # the passphrase while it is typed
WITHOUT_BACKGROUND: Final = "without_background"
STRIP: Final = "strip"
VIEWER: Final = "viewer"

# Reviewing
PROJECT: Final = "project"  # in the page's address: id of the project looked at
ITEM: Final = "item"  # in the page's address: id of the picture reviewed
SITTING: Final = "sitting"  # Sitting: what this reviewer does at the moment
LIST: Final = "list"  # in the page's address: id of the selection that All pictures shows
REVIEW_MODE: Final = "review_mode"  # "queue" or "sheet"
SHEET: Final = "sheet"  # dict: filter, sort and page of the contact sheet
REVIEWER: Final = "reviewer"  # key of the viewer on the Review page
DECIDING: Final = "deciding"  # key of the decision bar
ADD_ROUND: Final = "add_round"  # int: a new number empties the uploader of a project
ADD_REPORT: Final = "add_report"  # list[tuple[str, str]]: tone and sentence of the last adding
ADDING: Final = "adding"  # str: id of the project that the samples are being added to
SEEN_RUNS: Final = "seen_runs"  # list[str]: batches whose summary was put out of sight
RUN_TOLD: Final = "run_told"  # dict[str, str]: by batch, why the last wish came to nothing
RUN_WISH: Final = "run_wish"  # what was last wished of which batch, and when
RUN_PAGES: Final = "run_pages"  # dict: where pages of reasons begin, by batch and kind
RUN_BEGUN: Final = "run_begun"  # tuple[str, int]: the batch to be brought to, how often
RUN_STRIPS: Final = "run_strips"  # dict: by batch, the latest results on screen, and since when

# Insights
INSIGHTS_TAB: Final = "tab"  # in the page's address: which numbers are looked at

# Exports
EXPORT_FORMAT: Final = "format"  # in the page's address: key of the format chosen
EXPORT_PREVIEW: Final = "export_preview"  # what was looked over last, and what it would be
EXPORT_TOLD: Final = "export_told"  # str: why the last wish on that page came to nothing
UPLOAD_PLAN: Final = "upload_plan"  # what a dry run was about, and what would be sent
