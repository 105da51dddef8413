"""The one way into and out of stored files.

In: `accept_from` judges what a person hands over and `keep` stores it; `store` keeps what the portal made
itself. Out: `serve`, after the caller has checked permission.
"""

from portal.files.judging import ACCEPTED, ACCEPTED_LABEL, MAX_BYTES, MAX_FILES, Accepted, FileRefused, accept
from portal.files.names import clean_name
from portal.files.scanning import scan_later
from portal.files.serving import FileWithheld, serve
from portal.files.storing import accept_from, keep, store

__all__ = [
    "ACCEPTED",
    "ACCEPTED_LABEL",
    "MAX_BYTES",
    "MAX_FILES",
    "Accepted",
    "FileRefused",
    "FileWithheld",
    "accept",
    "accept_from",
    "clean_name",
    "keep",
    "scan_later",
    "serve",
    "store",
]
