"""The signed mark beside each row: of which round, whose, which form, when made, what the row then showed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from assessments.services.forms import digest

SALT = "assessments.sheets"


@dataclass(frozen=True)
class Seal:
    """What a file says of one of its rows."""

    round_id: int
    organisation_id: int
    form: str
    #: Seconds since 1970.
    made: int
    #: The digest of what the row showed.
    shown: str

    @property
    def made_at(self) -> dt.datetime:
        """When the file was made."""
        return dt.datetime.fromtimestamp(self.made, tz=dt.UTC)


def shown_mark(values: Mapping[str, str]) -> str:
    """The digest of a row's contents."""
    return digest(values)


def sign(seal: Seal, key: str) -> str:
    """The mark of the row with this id: nobody but the portal can make one."""
    text = f"{seal.round_id}.{seal.organisation_id}.{seal.form}.{seal.made}.{seal.shown}"
    return f"{text}:{_signature(text, key)}"


def read_seal(mark: str, key: str) -> Seal | None:
    """What the mark says; None when mark or id were changed."""
    text, _, signature = mark.strip().rpartition(":")
    if not constant_time_compare(signature, _signature(text, key)):
        return None
    round_id, organisation_id, form, made, shown = text.split(".")
    return Seal(int(round_id), int(organisation_id), form, int(made), shown)


def _signature(text: str, key: str) -> str:
    return Signer(salt=SALT).signature(f"{text}|{key}")
