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
    KEEPER = "keeper", "その団体の利用者を管理する団体"


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
    PRINT_PROGRESS = "print_progress", "取組状況を印刷する"
    VIEW_COMMENTS = "view_comments", "コメントを見る"
    COMMENT_ON_FORM = "comment_on_form", "コメントを書く"
    RESOLVE_COMMENT = "resolve_comment", "コメントを解決済みにする・戻す"
    EDIT_PREFECTURE_SUPPORT = "edit_prefecture_support", "県による支援の状況を入力する"
    VIEW_ASSESSMENT = "view_assessment", "自己点検を見る"
    EDIT_ASSESSMENT = "edit_assessment", "自己点検に回答する"
    SUBMIT_ASSESSMENT = "submit_assessment", "自己点検を提出する"
    CONFIRM_ASSESSMENT = "confirm_assessment", "自己点検を確定する・差し戻す"
    # rounds: setting them up, extensions, forms that do not apply
    CREATE_ROUND = "create_round", "報告回を作る"
    MANAGE_ROUND = "manage_round", "この報告回を設定する"
    VIEW_TARGET = "view_target", "団体ごとの提出状況を見る"
    EXTEND_DUE = "extend_due", "提出期限を延長する"
    DECLARE_NOT_APPLICABLE = "declare_not_applicable", "該当なしを登録する"
    ENTER_ON_BEHALF = "enter_on_behalf", "市町村に代わって入力する"
    # end of rounds
    VIEW_REPORT = "view_report", "報告書を見る"
    RENDER_REPORT = "render_report", "報告書のPDFを作成する"
    VIEW_JOBS = "view_jobs", "処理の状況を見る"
    MANAGE_JOB = "manage_job", "処理を取り消す・やり直す"
    # The audit trail.
    VIEW_AUDIT = "view_audit", "操作記録を見る"
    # sign-in
    ASK_FACTOR_RESET = "ask_factor_reset", "二段階認証の初期化を依頼する"
    DECIDE_FACTOR_RESET = "decide_factor_reset", "二段階認証の初期化を決定する"
    END_SESSIONS = "end_sessions", "サインイン中の端末をログアウトさせる"

    # people, organisations, memberships
    VIEW_PEOPLE = "view_people", "団体と所属を見る"
    VIEW_CONTACTS = "view_contacts", "連絡先名簿を見る"
    EXPORT_CONTACTS = "export_contacts", "連絡先名簿を保存する"
    MANAGE_PEOPLE = "manage_people", "招待と引継ぎを管理する"
    INVITE_PERSON = "invite_person", "利用者を招待する"
    EDIT_ORGANISATION = "edit_organisation", "団体の設定を変更する"
    EDIT_MEMBERSHIP = "edit_membership", "所属を変更する・終える"
    GIVE_PASSWORD_LINK = "give_password_link", "パスワード再設定の書面を作成する"
    PREPARE_HANDOVER = "prepare_handover", "引継ぎを準備する・取りやめる"
    MANAGE_ACCOUNT = "manage_account", "利用者を停止する・再開する"
    VIEW_LIAISONS = "view_liaisons", "DX推進リエゾンを見る"
    ASSIGN_LIAISON = "assign_liaison", "DX推進リエゾンを割り当てる・終える"
    # local issues
    VIEW_LOCAL_ISSUES = "view_local_issues", "地域課題を見る"
    EDIT_LOCAL_ISSUE = "edit_local_issue", "地域課題を入力する"
    VIEW_ISSUE_REPORT = "view_issue_report", "提出された地域課題を見る"
    SUBMIT_ISSUE_REPORT = "submit_issue_report", "地域課題を提出する"
    CONFIRM_ISSUE_REPORT = "confirm_issue_report", "提出された地域課題を確定する・差し戻す"

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
    Action.PRINT_PROGRESS: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.VIEW_COMMENTS: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.COMMENT_ON_FORM: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.RESOLVE_COMMENT: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.EDIT_PREFECTURE_SUPPORT: frozenset({S.PREFECTURE}),
    Action.VIEW_ASSESSMENT: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.EDIT_ASSESSMENT: frozenset({S.AUTHOR}),
    Action.SUBMIT_ASSESSMENT: frozenset({S.AUTHOR}),
    Action.CONFIRM_ASSESSMENT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.CREATE_ROUND: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.MANAGE_ROUND: frozenset({S.AUTHOR}),
    Action.VIEW_TARGET: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.EXTEND_DUE: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.DECLARE_NOT_APPLICABLE: frozenset({S.AUTHOR}),
    Action.ENTER_ON_BEHALF: frozenset({S.PREFECTURE}),
    Action.VIEW_REPORT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.RENDER_REPORT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
    Action.VIEW_JOBS: _ALL,
    Action.MANAGE_JOB: frozenset({S.AUTHOR}),
    # Rows by `AuditEntry.objects.for_user`: all for the administrator, else one's own organisation's.
    Action.VIEW_AUDIT: _ALL,
    # sign-in: of one's own office, of the towns of the prefecture, of those the secretariat looks after
    Action.ASK_FACTOR_RESET: frozenset({S.AUTHOR, S.PREFECTURE, S.VENDOR, S.SECRETARIAT}),
    Action.DECIDE_FACTOR_RESET: frozenset({S.ADMIN}),
    Action.END_SESSIONS: frozenset({S.AUTHOR, S.PREFECTURE, S.VENDOR, S.SECRETARIAT, S.ADMIN}),
    # people, organisations, memberships
    Action.VIEW_PEOPLE: _ALL - {S.EXPERT},
    Action.VIEW_CONTACTS: _ALL - {S.EXPERT, S.MINISTRY},
    Action.EXPORT_CONTACTS: frozenset({S.PREFECTURE, S.SECRETARIAT, S.ADMIN}),
    Action.MANAGE_PEOPLE: frozenset({S.PREFECTURE, S.SECRETARIAT, S.ADMIN}),
    Action.INVITE_PERSON: frozenset({S.KEEPER}),
    Action.EDIT_ORGANISATION: frozenset({S.AUTHOR, S.KEEPER, S.ADMIN}),
    Action.EDIT_MEMBERSHIP: frozenset({S.KEEPER, S.ADMIN}),
    Action.GIVE_PASSWORD_LINK: frozenset({S.KEEPER, S.ADMIN}),
    Action.PREPARE_HANDOVER: frozenset({S.KEEPER, S.AUTHOR}),
    Action.MANAGE_ACCOUNT: frozenset({S.ADMIN}),
    Action.VIEW_LIAISONS: frozenset({S.PREFECTURE, S.MUNICIPALITY, S.SECRETARIAT}),
    Action.ASSIGN_LIAISON: frozenset({S.PREFECTURE}),
    # local issues
    Action.VIEW_LOCAL_ISSUES: frozenset({S.AUTHOR, S.PREFECTURE, S.VENDOR, S.SECRETARIAT}),
    Action.EDIT_LOCAL_ISSUE: frozenset({S.AUTHOR}),
    Action.VIEW_ISSUE_REPORT: frozenset({S.AUTHOR, S.PREFECTURE, S.SECRETARIAT}),
    Action.SUBMIT_ISSUE_REPORT: frozenset({S.AUTHOR}),
    Action.CONFIRM_ISSUE_REPORT: frozenset({S.PREFECTURE, S.SECRETARIAT}),
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
    Action.RECALL_PROGRESS: _EDITORS,
    Action.REVIEW_PROGRESS: _DECIDERS,
    Action.COMMENT_ON_FORM: _EDITORS | {Duty.APPROVER},
    Action.RESOLVE_COMMENT: _EDITORS | {Duty.APPROVER},
    Action.EDIT_PREFECTURE_SUPPORT: _DECIDERS,
    Action.EDIT_ASSESSMENT: _EDITORS,
    Action.SUBMIT_ASSESSMENT: _EDITORS,
    Action.CONFIRM_ASSESSMENT: _DECIDERS,
    Action.RENDER_REPORT: _DECIDERS,
    Action.VIEW_AUDIT: frozenset({Duty.EDITOR, Duty.APPROVER, Duty.MANAGER, Duty.STAFF}),
    # sign-in
    Action.ASK_FACTOR_RESET: _DECIDERS | {Duty.APPROVER},
    Action.END_SESSIONS: _DECIDERS | {Duty.APPROVER},
    # people, organisations, memberships
    Action.MANAGE_PEOPLE: _DECIDERS,
    Action.INVITE_PERSON: _DECIDERS,
    Action.EDIT_ORGANISATION: frozenset(Duty) - {Duty.READER},
    Action.EDIT_MEMBERSHIP: _DECIDERS,
    Action.GIVE_PASSWORD_LINK: _DECIDERS,
    Action.PREPARE_HANDOVER: _DECIDERS | {Duty.APPROVER},
    Action.MANAGE_ACCOUNT: _DECIDERS,
    Action.ASSIGN_LIAISON: _DECIDERS,
    Action.CREATE_ROUND: _DECIDERS,
    Action.MANAGE_ROUND: _DECIDERS,
    Action.EXTEND_DUE: _DECIDERS,
    Action.DECLARE_NOT_APPLICABLE: _EDITORS,
    Action.ENTER_ON_BEHALF: _DECIDERS,
    # local issues
    Action.EDIT_LOCAL_ISSUE: _EDITORS,
    Action.SUBMIT_ISSUE_REPORT: _EDITORS,
    Action.CONFIRM_ISSUE_REPORT: _DECIDERS,
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


#: The second line behind the middleware: it holds where a view is called past it.
FACTOR_FIRST = (
    "この所属で操作するには、二段階認証が必要です。"
    "「サインインの設定」で登録するか、認証コードを入力してください。"
)


class PermissionRefused(PermissionDenied):
    """An act that is not allowed; its text is the reason, in Japanese, for the person who tried."""

    def __init__(self, reason: str, action: Action | None = None, obj: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        #: For the audit trail.
        self.action, self.obj = action, obj


class Protected(Protocol):
    """An object that says what an actor is to it."""

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """The actor's standings towards this object; empty for a stranger."""


def _standings(actor: Actor, obj: Protected | None) -> frozenset[Standing]:
    return STANDING_OF_ROLE[actor.role] if obj is None else obj.roles_of(actor)


def allows(actor: Actor | None, action: Action, obj: Protected | None = None) -> bool:
    """Whether the actor may do this; for menus and buttons. Nobody may do nothing."""
    if actor is None or actor.factor_missing:
        return False
    return _duty_allows(actor, action) and bool(RULES[action] & _standings(actor, obj))


def _duty_allows(actor: Actor, action: Action) -> bool:
    duties = DUTIES.get(action)
    return duties is None or Duty(actor.membership.duty) in duties


def check(actor: Actor | None, action: Action, obj: Protected | None = None) -> None:
    """Return when the actor may do this; else raise PermissionRefused with the reason."""
    if allows(actor, action, obj):
        return
    if actor and actor.factor_missing:
        raise PermissionRefused(FACTOR_FIRST)
    if actor and RULES[action] & _standings(actor, obj):
        duties = "、".join(duty.label for duty in Duty if duty in DUTIES[action])
        raise PermissionRefused(
            f"「{action.label}」ことができる担当は、{duties}です。あなたの担当は「{actor.membership.title}」です。",
            action,
            obj,
        )
    who = "、".join(standing.label for standing in Standing if standing in RULES[action])
    raise PermissionRefused(f"「{action.label}」ことができるのは、{who}の担当者です。", action, obj)
