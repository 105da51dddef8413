"""Who may do what: one table, one check.

Two questions, two gates. Which rows exist for an actor: `for_user` of each
queryset (404). Which acts are allowed on a row: `check` here (403 with the
reason). A protected object says in `roles_of(actor)` what the actor is to it;
`RULES` says which standings an action needs. Nothing else in the portal
decides about rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.core.exceptions import PermissionDenied
from django.db import models

from portal.choices import Duty, Role

if TYPE_CHECKING:
    from portal.actor import Actor


class Standing(models.TextChoices):
    """What an actor is to one object (立場)."""

    AUTHOR = "author", "作成する団体"
    PREFECTURE = "prefecture", "管轄の都道府県"
    MUNICIPALITY = "municipality", "連携市町村"
    VENDOR = "vendor", "担当の伴走支援事業者"
    SECRETARIAT = "secretariat", "事務局"
    EXPERT = "expert", "担当の有識者"
    MINISTRY = "ministry", "総務省・総合通信局"
    ADMIN = "admin", "システム管理者"


class Action(models.TextChoices):
    """Acts that are asked about (操作)."""

    VIEW_HOME = "view_home", "ホームを見る"
    VIEW_MUNICIPALITIES = "view_municipalities", "市区町村の一覧を見る"
    VIEW_IMPORTS = "view_imports", "取り込みの状況を見る"
    IMPORT_MUNICIPALITIES = "import_municipalities", "市区町村を取り込む"
    VIEW_PROGRAMS = "view_programs", "事業を見る"
    VIEW_REGION = "view_region", "支援地域を見る"
    IMPORT_PARTNERSHIPS = "import_partnerships", "連携市町村を取り込む"
    VIEW_APPLICATION = "view_application", "希望する伴走支援を見る"
    VIEW_POSTINGS = "view_postings", "常駐配置を見る"
    VIEW_ROUNDS = "view_rounds", "報告回を見る"
    VIEW_OWN_FORMS = "view_own_forms", "自団体の提出物を見る"
    VIEW_PROGRESS = "view_progress", "取組状況を見る"
    EDIT_PROGRESS = "edit_progress", "取組状況を入力する"
    SUBMIT_PROGRESS = "submit_progress", "取組状況を提出する"
    SIGN_OFF_PROGRESS = "sign_off_progress", "取組状況を決裁する"
    RECALL_PROGRESS = "recall_progress", "決裁待ちの取組状況を入力に戻す"
    REVIEW_PROGRESS = "review_progress", "取組状況を受理する・差し戻す"
    EDIT_PREFECTURE_SUPPORT = "edit_prefecture_support", "県による支援の状況を入力する"
    VIEW_ASSESSMENT = "view_assessment", "自己点検を見る"
    EDIT_ASSESSMENT = "edit_assessment", "自己点検に回答する"
    SUBMIT_ASSESSMENT = "submit_assessment", "自己点検を提出する"
    CONFIRM_ASSESSMENT = "confirm_assessment", "自己点検を確定する・差し戻す"
    VIEW_REPORT = "view_report", "報告書を見る"
    RENDER_REPORT = "render_report", "報告書のPDFを作成する"
    VIEW_JOBS = "view_jobs", "処理の状況を見る"
    MANAGE_JOB = "manage_job", "処理を取り消す・やり直す"

    # notices and mails
    VIEW_NOTICES = "view_notices", "お知らせを見る"
    SET_OFFICE_MAIL = "set_office_mail", "団体のメールの受け取り方を変える"
    VIEW_OUTBOX = "view_outbox", "送信箱を見る"
    READ_MAIL = "read_mail", "送ったメールの本文を見る"
    RETRY_MAIL = "retry_mail", "メールをもう一度送る"
    REMIND = "remind", "リマインドを送る"


S = Standing
_ALL = frozenset(Standing)
_READERS = frozenset({S.AUTHOR, S.PREFECTURE, S.VENDOR, S.SECRETARIAT, S.MINISTRY})

#: The one table: which standings an action needs.
RULES: dict[Action, frozenset[Standing]] = {
    Action.VIEW_HOME: _ALL,
    Action.VIEW_MUNICIPALITIES: _ALL,
    Action.VIEW_IMPORTS: frozenset({S.PREFECTURE, S.SECRETARIAT, S.ADMIN}),
    Action.IMPORT_MUNICIPALITIES: frozenset({S.ADMIN}),
    Action.VIEW_PROGRAMS: _ALL - {S.ADMIN},
    Action.VIEW_REGION: _ALL - {S.ADMIN},
    Action.IMPORT_PARTNERSHIPS: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.VIEW_APPLICATION: _ALL - {S.ADMIN},
    Action.VIEW_POSTINGS: _ALL - {S.ADMIN},
    Action.VIEW_ROUNDS: frozenset(
        {S.AUTHOR, S.PREFECTURE, S.MUNICIPALITY, S.VENDOR, S.SECRETARIAT, S.MINISTRY}
    ),
    Action.VIEW_OWN_FORMS: frozenset({S.AUTHOR}),
    Action.VIEW_PROGRESS: _READERS,
    Action.EDIT_PROGRESS: frozenset({S.AUTHOR}),
    Action.SUBMIT_PROGRESS: frozenset({S.AUTHOR}),
    Action.SIGN_OFF_PROGRESS: frozenset({S.AUTHOR}),
    Action.RECALL_PROGRESS: frozenset({S.AUTHOR}),
    Action.REVIEW_PROGRESS: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.EDIT_PREFECTURE_SUPPORT: frozenset({S.PREFECTURE}),
    Action.VIEW_ASSESSMENT: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.EDIT_ASSESSMENT: frozenset({S.AUTHOR}),
    Action.SUBMIT_ASSESSMENT: frozenset({S.AUTHOR}),
    Action.CONFIRM_ASSESSMENT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.VIEW_REPORT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.RENDER_REPORT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.VIEW_JOBS: _ALL,
    Action.MANAGE_JOB: frozenset({S.AUTHOR}),
    # notices and mails
    Action.VIEW_NOTICES: _ALL,
    Action.SET_OFFICE_MAIL: _ALL,
    Action.VIEW_OUTBOX: frozenset({S.PREFECTURE, S.SECRETARIAT, S.ADMIN}),
    Action.READ_MAIL: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.RETRY_MAIL: frozenset({S.PREFECTURE, S.SECRETARIAT, S.ADMIN}),
    Action.REMIND: frozenset({S.PREFECTURE, S.SECRETARIAT}),
}

_EDITORS = frozenset({Duty.EDITOR, Duty.MANAGER, Duty.STAFF})
_DECIDERS = frozenset({Duty.MANAGER, Duty.STAFF})

#: Acts that not every duty (担当) within a role may do; an act that is missing here is open to all of them.
DUTIES: dict[Action, frozenset[Duty]] = {
    Action.IMPORT_PARTNERSHIPS: _DECIDERS,
    Action.EDIT_PROGRESS: _EDITORS,
    Action.SUBMIT_PROGRESS: _EDITORS,
    Action.SIGN_OFF_PROGRESS: frozenset({Duty.APPROVER, Duty.MANAGER}),
    Action.REVIEW_PROGRESS: _DECIDERS,
    Action.EDIT_PREFECTURE_SUPPORT: _DECIDERS,
    Action.EDIT_ASSESSMENT: _EDITORS,
    Action.SUBMIT_ASSESSMENT: _EDITORS,
    Action.CONFIRM_ASSESSMENT: _DECIDERS,
    Action.RENDER_REPORT: _DECIDERS,
    # notices and mails
    Action.SET_OFFICE_MAIL: _EDITORS,
    Action.RETRY_MAIL: _DECIDERS,
    Action.REMIND: _DECIDERS,
}

#: What a role is when an act is about no single object (lists, menus, imports).
STANDING_OF_ROLE: dict[Role, frozenset[Standing]] = {
    Role.PREFECTURE: frozenset({S.PREFECTURE, S.AUTHOR}),
    Role.MUNICIPALITY: frozenset({S.MUNICIPALITY, S.AUTHOR}),
    Role.VENDOR: frozenset({S.VENDOR}),
    Role.SECRETARIAT: frozenset({S.SECRETARIAT}),
    Role.EXPERT: frozenset({S.EXPERT}),
    Role.MINISTRY: frozenset({S.MINISTRY}),
    Role.ADMIN: frozenset({S.ADMIN}),
}


class PermissionRefused(PermissionDenied):
    """An act that is not allowed; its text is the reason, in Japanese, for the person who tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Protected(Protocol):
    """An object that says what an actor is to it."""

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """The actor's standings towards this object; empty for a stranger."""


def _standings(actor: Actor, obj: Protected | None) -> frozenset[Standing]:
    return STANDING_OF_ROLE[actor.role] if obj is None else obj.roles_of(actor)


def allows(actor: Actor | None, action: Action, obj: Protected | None = None) -> bool:
    """Whether the actor may do this; for menus and buttons. Nobody may do nothing."""
    return actor is not None and _duty_allows(actor, action) and bool(RULES[action] & _standings(actor, obj))


def _duty_allows(actor: Actor, action: Action) -> bool:
    duties = DUTIES.get(action)
    return duties is None or Duty(actor.membership.duty) in duties


def check(actor: Actor | None, action: Action, obj: Protected | None = None) -> None:
    """Return when the actor may do this; else raise PermissionRefused with the reason."""
    if allows(actor, action, obj):
        return
    if actor and RULES[action] & _standings(actor, obj):
        duties = "、".join(duty.label for duty in Duty if duty in DUTIES[action])
        raise PermissionRefused(
            f"「{action.label}」ことができる担当は、{duties}です。あなたの担当は「{actor.membership.title}」です。"
        )
    who = "、".join(standing.label for standing in Standing if standing in RULES[action])
    raise PermissionRefused(f"「{action.label}」ことができるのは、{who}の担当者です。")
