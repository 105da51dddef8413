"""Invitations and hand-overs as tables: a whole prefecture in one file, all rows or none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from portal import clock
from portal.audit import AuditCode, record
from portal.choices import ROLE_OF_KIND, Duty
from portal.errors import PortalError
from portal.imports import TableResource
from portal.models import Handover, Invitation, Membership, Organisation
from portal.people.handover import PREPARED_ALREADY, arrange, problem_of, tell_prepared
from portal.people.invitations import Invitee, ask_to_send, invitation_of, refuse_unknown_duty
from portal.permissions import Action, allows
from portal.registry import organisation_codes
from portal.spreadsheets import Choice, Column, Date, Text, choices_of
from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import ColumnType, RawCell


def folded(text: str) -> str:
    """A code, a name or an address as it is compared: half width, no blanks, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


class Office(ColumnType):
    """An organisation by its code, or by its name where only one is called so."""

    example = "282014"

    def __init__(self, ids: Mapping[str, int | None], names: Mapping[int, str]) -> None:
        self.ids, self.names = ids, names

    def convert(self, cell: RawCell) -> int:
        """The id of an organisation the actor looks after."""
        text = folded(cell.text)
        if text not in self.ids:
            raise Unreadable(
                "office",
                "は、担当者を管理している団体ではありません。",
                "団体コードか団体名を確認してください。",
            )
        found = self.ids[text]
        if found is None:
            raise Unreadable(
                "office_twice", "という名前の団体は複数あります。", "団体コードで入力してください。"
            )
        return found

    def export(self, value: Any) -> Any:
        """The name, or the code where there is one."""
        return self.names.get(value, value)


class Email(ColumnType):
    """An e-mail address; full-width letters are put right."""

    example = "tanto@example.jp"

    def convert(self, cell: RawCell) -> str:
        """The address."""
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell.text))
        try:
            validate_email(text)
        except ValidationError:
            raise Unreadable(
                "email",
                "は、メールアドレスとして正しくありません。",
                "「name@example.jp」の形で入力してください。",
            ) from None
        return text


class PersonName(ColumnType):
    """Somebody already there, by e-mail address or issued sign-in ID."""

    example = "zennin@example.jp"

    def __init__(self, ids: Mapping[str, int], names: Mapping[int, str]) -> None:
        self.ids, self.names = ids, names

    def convert(self, cell: RawCell) -> int:
        """The id of the person."""
        found = self.ids.get(folded(cell.text))
        if found is None:
            raise Unreadable(
                "person",
                "の所属は、見当たりません。",
                "前任者のメールアドレスかサインインIDを確認してください。",
            )
        return found

    def export(self, value: Any) -> Any:
        """What the person types to sign in."""
        return self.names.get(value, value)


class OfficeResource(TableResource):
    """What both tables share: the offices the actor looks after, and the words of a person."""

    @cached_property
    def offices(self) -> dict[int, Organisation]:
        """Organisations the actor may invite for, by id."""
        rows = Organisation.objects.for_user(self.actor).kept_by(self.actor).select_related("parent")
        return {row.pk: row for row in rows}

    def office_column(self) -> Column:
        """The first column of both forms."""
        ids: dict[str, int | None] = {}
        for pk, row in self.offices.items():
            for name in {folded(row.name), folded(row.full_name)}:
                ids[name] = None if name in ids else pk
        codes = {pk: code for more in organisation_codes.all() for pk, code in more(self.offices).items()}
        for pk, code in codes.items():
            ids |= {folded(code): pk, folded(code[:5]): pk}
        names = {pk: codes.get(pk, row.full_name) for pk, row in self.offices.items()}
        return Column(
            "organisation", "団体コード・団体名", Office(ids, names), required=True,
            aliases=("団体コード", "団体名", "団体コード／団体名"),
            help="6桁か5桁の団体コード。コードのない団体は名称。",
        )  # fmt: skip

    def person_columns(self, whose: str) -> list[Column]:
        """Duty, department and telephone."""
        return [
            Column(
                "duty",
                "担当",
                Choice(choices_of(Duty.choices)),
                blank="",
                help="空欄は、その団体の最初の担当。",
            ),
            Column("department", "所属課", Text(100), blank="", help=f"{whose}の所属課。"),
            Column(
                "phone", "電話", Text(40, nfkc=True, example="03-1234-5678"), blank="", aliases=("電話番号",)
            ),
        ]

    def office_of(self, instance: Any) -> Organisation:
        """The organisation of a row, without a query."""
        return self.offices[instance.organisation_id]


class InvitationResource(OfficeResource):
    """New people by office, name and address; what stands already is never changed by a file."""

    class Meta:
        model = Invitation
        fields = ("organisation", "name", "email", "duty", "department", "phone", "valid_from", "valid_until")
        import_id_fields = ("organisation", "name", "email")

    def get_queryset(self) -> models.QuerySet[Any]:
        """Open invitations of the offices the actor looks after."""
        return Invitation.objects.for_user(self.actor).open().filter(organisation__in=self.offices)  # type: ignore[attr-defined]

    def get_columns(self) -> Sequence[Column]:
        """The columns of the form."""
        return [
            self.office_column(),
            Column("name", "氏名", Text(100, example="役場 太郎"), required=True),
            Column(
                "email",
                "メールアドレス",
                Email(),
                blank="",
                aliases=("e-mail",),
                help="空欄は、書面で案内します。",
            ),
            *self.person_columns("招待する人"),
            Column("valid_from", "開始日", Date(), required=True),
            Column("valid_until", "終了日", Date(), help="空欄は、期限なし。"),
        ]

    def label_of(self, row: dict[str, Any]) -> str:
        """Office and name."""
        return f"{self.offices[row['organisation']].full_name} {row['name']}"

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """A duty left out is the first one of the office."""
        super().import_instance(instance, row, **kwargs)
        office = self.office_of(instance)
        instance.duty = instance.duty or Membership.first_duty(office.kind)
        instance.role = ROLE_OF_KIND[office.kind]

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        """A new person with a duty the office knows; not one whose invitation is open already."""
        office = self.office_of(instance)
        try:
            refuse_unknown_duty(office, instance.duty)
        except PortalError as error:
            raise ValidationError({"duty": error.sentence}) from error
        if self.before is not None and self._differences(instance):
            raise ValidationError("同じ人の招待が、すでにあります。取り消してから、招待し直してください。")
        if instance.valid_until and instance.valid_until < instance.valid_from:
            raise ValidationError({"valid_until": "終了日は、開始日以降の日付にしてください。"})
        super().validate_instance(instance, *args, **kwargs)

    def before_create(self, instances: list[Invitation]) -> None:
        """Who asks, and until when the link will live."""
        for row in instances:
            made = invitation_of(_invitee(row, self.office_of(row)), self.actor)
            row.invited_by, row.membership = made.invited_by, made.membership
            row.invited_at, row.expires_at = made.invited_at, made.expires_at

    def bulk_create(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        """Ask for the mails when the rows have their ids."""
        made = [] if dry_run else list(self.create_instances)
        super().bulk_create(using_transactions, dry_run, *args, **kwargs)
        if made:
            ask_to_send(made, self.actor)
            record(
                AuditCode.INVITATION_MADE, actor=self.actor, details={"invitations": [row.pk for row in made]}
            )


def _invitee(row: Invitation, office: Organisation) -> Invitee:
    return Invitee(organisation=office, name=row.name, duty=row.duty, valid_from=row.valid_from)


class HandoverResource(OfficeResource):
    """The yearly change of staff: office and leaving person → successor and day."""

    class Meta:
        model = Handover
        fields = (
            "organisation", "person", "successor_name", "successor_email", "duty", "department", "phone",
            "effective_on",
        )  # fmt: skip
        import_id_fields = ("organisation", "person")

    def get_queryset(self) -> models.QuerySet[Any]:
        """Prepared hand-overs of the offices the actor looks after."""
        return Handover.objects.for_user(self.actor).prepared().filter(organisation__in=self.offices)  # type: ignore[attr-defined]

    @cached_property
    def leaving(self) -> dict[tuple[int, int], list[Membership]]:
        """The memberships in force, or to come, by office and person."""
        today = clock.today()
        rows = Membership.objects.for_user(self.actor).standing().filter(organisation__in=self.offices)
        found: dict[tuple[int, int], list[Membership]] = {}
        for row in rows.select_related("user", "organisation").order_by("valid_from", "pk"):
            if row.valid_until is None or row.valid_until >= today:
                found.setdefault((row.organisation_id, row.user_id), []).append(row)
        return found

    def get_columns(self) -> Sequence[Column]:
        """The columns of the form."""
        people = {row.user_id: row.user for rows in self.leaving.values() for row in rows}
        names = {
            folded(name): pk for pk, user in people.items() for name in (user.email, user.login_id) if name
        }
        shown = {pk: user.sign_in_name for pk, user in people.items()}
        return [
            self.office_column(),
            Column(
                "person", "前任者", PersonName(names, shown), required=True,
                aliases=("前任", "前任者のメールアドレス・サインインID", "前任e-mail"),
                help="前任者のメールアドレスかサインインID。",
            ),
            Column(
                "successor_name", "後任の氏名", Text(100, example="役場 花子"), required=True,
                aliases=("後任氏名",),
            ),
            Column(
                "successor_email", "後任のメールアドレス", Email(), blank="", aliases=("後任e-mail",),
                help="空欄は、書面で案内します。",
            ),
            *self.person_columns("後任者"),
            Column(
                "effective_on", "適用日", Date(), required=True,
                help="後任者の最初の日。前任者は前日まで。",
            ),
        ]  # fmt: skip

    def label_of(self, row: dict[str, Any]) -> str:
        """Office and successor."""
        return f"{self.offices[row['organisation']].full_name} {row['successor_name']}"

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Find what is handed over; a duty left out stays what it is."""
        super().import_instance(instance, row, **kwargs)
        rows = self.leaving.get((instance.organisation_id, instance.person_id), [])
        fitting = [one for one in rows if one.duty == instance.duty] if instance.duty else rows
        self.choice = fitting or rows
        if len(self.choice) == 1:
            instance.leaving = self.choice[0]
            instance.organisation, instance.person = self.office_of(instance), instance.leaving.user
            instance.duty = instance.duty or instance.leaving.duty

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        """The rules of a single hand-over, for each row, without a query."""
        if not self.choice:
            raise ValidationError(
                {"person": "この団体に、前任者の所属がありません。団体と前任者を確認してください。"}
            )
        if len(self.choice) > 1:
            raise ValidationError(
                {"duty": "前任者の所属が複数あります。担当の欄で、引き継ぐ所属を指定してください。"}
            )
        if self.before is not None and self._differences(instance):
            raise ValidationError(PREPARED_ALREADY)
        if self.before is None:
            self._refuse(instance)
        super().validate_instance(instance, *args, **kwargs)

    def _refuse(self, instance: Handover) -> None:
        if not allows(self.actor, Action.PREPARE_HANDOVER, instance.leaving):
            raise ValidationError("この団体の引継ぎを準備する権限がありません。団体を確認してください。")
        if sentence := problem_of(instance, today=clock.today()):
            raise ValidationError(sentence)

    def before_create(self, instances: list[Handover]) -> None:
        """End the leaving memberships, bring in successors, ask for their mails."""
        arrange(instances, self.actor)

    def bulk_create(self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any) -> None:
        """One entry of the trail a batch, after the rows."""
        made = [] if dry_run else list(self.create_instances)
        super().bulk_create(using_transactions, dry_run, *args, **kwargs)
        if made:
            tell_prepared(made, self.actor)
