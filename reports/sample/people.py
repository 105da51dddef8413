"""Sign-in accounts of the sample; everybody is plainly invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.actor import Actor
from portal.choices import DUTIES_OF_ROLE, ROLE_OF_KIND
from portal.models import Membership, Organisation, User
from programs.core.choices import LiaisonField
from programs.models import LiaisonAssignment
from reports.sample.files import read
from reports.sample.organisations import Organisations


@dataclass(frozen=True)
class Person:
    """One membership to be made: who, where, in which department."""

    email: str
    name: str
    organisation: str
    department: str = ""
    duty: str = ""
    until: dt.date | None = None


class People:
    """Who acts for an organisation in the sample: the officer first, the one who signs off second."""

    def __init__(self, organisations: Organisations) -> None:
        self.organisations = organisations
        self.actors: dict[int, list[Actor]] = {}

    def officer(self, organisation: Organisation) -> Actor:
        """The person who fills in and submits."""
        return self.actors[organisation.pk][0]

    def reviewer(self, organisation: Organisation) -> Actor:
        """The person who accepts what this organisation submits: its prefecture, or the secretariat."""
        key = organisation.parent_id or self.organisations["secretariat"].pk
        return self.actors[key][0]


def load_people(*, organisations: Organisations, rounds: list[dict[str, Any]], password: str) -> People:
    """All accounts with their memberships; an existing account is left as it is, password included."""
    content = read("people.yaml")
    for item in content["organisations"]:
        organisations.ensure(item["code"], kind=item["kind"], name=item["name"])
    signing = [organisations[key].pk for key in content["sign_off_required"]]
    wanted = [*_listed(content), *_town_officers(content, organisations, rounds), *_liaisons(content)]
    users = _users(wanted, password)
    if users.created:
        Organisation.objects.filter(pk__in=signing).update(sign_off_required=True)
        _reach(content["reach"], organisations)
    people = People(organisations)
    for membership in _memberships(wanted, users.by_email, organisations, content["valid_from"]):
        actor = Actor(user=membership.user, membership=membership)
        people.actors.setdefault(membership.organisation_id, []).append(actor)
    _assign_liaisons(content["liaisons"], users.by_email, organisations)
    return people


def _reach(items: list[dict[str, Any]], organisations: Organisations) -> None:
    """Telephone and notification address of some offices."""
    for item in items:
        row = organisations[item["organisation"]]
        row.phone, row.notification_address = item["phone"], item.get("address", "")
    Organisation.objects.bulk_update(
        [organisations[item["organisation"]] for item in items], ["phone", "notification_address"]
    )


def _listed(content: dict[str, Any]) -> Iterator[Person]:
    for item in content["people"]:
        yield Person(
            item["email"],
            item["name"],
            item["organisation"],
            item.get("department", ""),
            item.get("duty", ""),
        )
        for also in item.get("also", []):
            yield Person(
                item["email"],
                item["name"],
                also["organisation"],
                also.get("department", ""),
                until=also.get("until"),
            )


def _town_officers(
    content: dict[str, Any], organisations: Organisations, rounds: list[dict[str, Any]]
) -> Iterator[Person]:
    """An officer for each other town that a round asks for checklists."""
    listed = {item["organisation"] for item in content["people"]}
    for prefecture in sorted({part["prefecture"] for item in rounds for part in item["all_towns"]}):
        for town in organisations.towns[prefecture]:
            code = organisations.code_of[town.pk]
            if code not in listed:
                yield Person(f"t{code}@example.jp", f"窓口 {code}", code)


def _liaisons(content: dict[str, Any]) -> Iterator[Person]:
    for people in content["liaisons"]["fields"].values():
        for item in people:
            yield Person(item["email"], item["name"], content["liaisons"]["prefecture"], "DX推進リエゾン")


@dataclass(frozen=True)
class _Users:
    by_email: dict[str, User]
    created: int


def _users(wanted: list[Person], password: str) -> _Users:
    names = {person.email: person.name for person in wanted}
    known = {str(user.email): user for user in User.objects.filter(email__in=names)}
    # One hash for all: the sample's password is public, and hashing is slow on purpose.
    secret = make_password(password)
    new = [
        User(email=email, name=name, password=secret) for email, name in names.items() if email not in known
    ]
    User.objects.bulk_create(new)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in new
    )
    return _Users(known | {str(user.email): user for user in new}, len(new))


def _memberships(
    wanted: list[Person], users: dict[str, User], organisations: Organisations, valid_from: Any
) -> list[Membership]:
    """The membership of each person in the order of the files."""
    known = {
        (row.user_id, row.organisation_id): row
        for row in Membership.objects.filter(user__in=users.values(), valid_from=valid_from)
    }
    rows = []
    new = []
    for person in wanted:
        organisation, user = organisations[person.organisation], users[person.email]
        row = known.get((user.pk, organisation.pk))
        if row is None:
            role = ROLE_OF_KIND[organisation.kind]
            row = Membership(
                user=user,
                organisation=organisation,
                role=role,
                duty=person.duty or DUTIES_OF_ROLE[role][0],
                department=person.department,
                valid_from=valid_from,
                valid_until=person.until,
            )
            new.append(row)
        row.user, row.organisation = user, organisation
        rows.append(row)
    Membership.objects.bulk_create(new)
    return rows


def _assign_liaisons(content: dict[str, Any], users: dict[str, User], organisations: Organisations) -> None:
    """One person per field for each town of the prefecture but the excepted ones."""
    towns = [
        town
        for town in organisations.towns[content["prefecture"]]
        if organisations.code_of[town.pk] not in content["except"]
    ]
    if LiaisonAssignment.objects.filter(organisation__in=towns).exists():
        return
    LiaisonAssignment.objects.bulk_create(
        LiaisonAssignment(
            organisation=town,
            person=users[people[place % len(people)]["email"]],
            field=LiaisonField(field),
            valid_from=content["valid_from"],
        )
        for field, people in content["fields"].items()
        for place, town in enumerate(towns)
    )
