"""Codes that are stored, with the Japanese labels that are shown."""

from django.db import models


class OrganisationKind(models.TextChoices):
    """Kinds of organisation (団体の種別)."""

    PREFECTURE = "prefecture", "都道府県"
    MUNICIPALITY = "municipality", "市区町村"
    UNION = "union", "一部事務組合・広域連合"
    VENDOR = "vendor", "伴走支援事業者"
    SECRETARIAT = "secretariat", "事務局"
    EXPERT_PANEL = "expert_panel", "有識者会議"
    MINISTRY = "ministry", "総務省・総合通信局"
    OPERATOR = "operator", "システム運用"


class Role(models.TextChoices):
    """What a person does for an organisation (役割)."""

    PREFECTURE = "prefecture", "都道府県担当者"
    MUNICIPALITY = "municipality", "市町村担当者"
    VENDOR = "vendor", "伴走支援事業者"
    SECRETARIAT = "secretariat", "事務局"
    EXPERT = "expert", "有識者"
    MINISTRY = "ministry", "総務省・総合通信局"
    ADMIN = "admin", "システム管理者"


class Duty(models.TextChoices):
    """What a person may do within a role (担当)."""

    EDITOR = "editor", "入力担当"
    APPROVER = "approver", "決裁者"
    MANAGER = "manager", "管理"
    READER = "reader", "閲覧"
    STAFF = "staff", "担当"


class AuditResult(models.TextChoices):
    """How a recorded act ended (結果)."""

    DONE = "done", "完了"
    REFUSED = "refused", "拒否"
    FAILED = "failed", "失敗"


class FactorResetState(models.TextChoices):
    """States of a request to reset a lost second factor (二段階認証の初期化)."""

    WAITING = "waiting", "決定待ち"
    CONFIRMED = "confirmed", "初期化済み"
    REFUSED = "refused", "見送り"


class JobState(models.TextChoices):
    """States of a job (処理の状態)."""

    QUEUED = "queued", "待機中"
    RUNNING = "running", "処理中"
    SUCCEEDED = "succeeded", "完了"
    FAILED = "failed", "失敗"
    CANCELLED = "cancelled", "取消し"


class JobQueue(models.TextChoices):
    """Queues of background work; Celery workers subscribe to them by these names."""

    DEFAULT = "default", "標準"
    RENDER = "render", "PDF作成"
    IMPORT = "import", "取込み"


class HandoverState(models.TextChoices):
    """States of a hand-over (引継ぎの状態)."""

    PREPARED = "prepared", "準備済み"
    DONE = "done", "引継ぎ済み"
    WITHDRAWN = "withdrawn", "取りやめ"


class InvitationState(models.TextChoices):
    """What an invitation shows today (招待の状態); computed from its dates, never stored."""

    UNSENT = "unsent", "送信待ち"
    FAILED = "send_failed", "送信できず"
    SENT = "invited", "登録待ち"
    EXPIRED = "expired", "期限切れ"
    USED = "joined", "登録済み"
    REVOKED = "revoked", "取消し"


class LinkKind(models.TextChoices):
    """How the link of an invitation reached the person (招待の届け方)."""

    MAIL = "mail", "メール"
    LETTER = "letter", "書面"


class MessageState(models.TextChoices):
    """States of a message in the outbox (送信の状態)."""

    WAITING = "waiting", "送信待ち"
    HELD = "held", "まとめて送信"
    SENDING = "sending", "送信中"
    SENT = "sent", "送信済み"
    FAILED = "failed", "再送待ち"
    GIVEN_UP = "given_up", "送信できず"
    PORTAL_ONLY = "portal_only", "宛先なし"


class ImportState(models.TextChoices):
    """States of an import (取り込みの状態)."""

    READING = "reading", "読み取り中"
    PREVIEWED = "previewed", "確認待ち"
    REFUSED = "refused", "誤りあり"
    APPLIED = "applied", "反映済み"


class ScanState(models.TextChoices):
    """What is known of a stored file's viruses (ウイルス検査)."""

    UNSCANNED = "unscanned", "未検査"
    SCANNING = "scanning", "検査中"
    CLEAN = "clean", "問題なし"
    INFECTED = "infected", "ウイルスあり"


#: Which role a person may hold in which kind of organisation.
ROLE_OF_KIND: dict[str, str] = {
    OrganisationKind.PREFECTURE: Role.PREFECTURE,
    OrganisationKind.MUNICIPALITY: Role.MUNICIPALITY,
    OrganisationKind.UNION: Role.MUNICIPALITY,
    OrganisationKind.VENDOR: Role.VENDOR,
    OrganisationKind.SECRETARIAT: Role.SECRETARIAT,
    OrganisationKind.EXPERT_PANEL: Role.EXPERT,
    OrganisationKind.MINISTRY: Role.MINISTRY,
    OrganisationKind.OPERATOR: Role.ADMIN,
}

#: The duties a role knows; the first is what a person gets when nothing else is said.
DUTIES_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.MUNICIPALITY: (Duty.EDITOR, Duty.APPROVER),
    Role.PREFECTURE: (Duty.MANAGER, Duty.READER),
    Role.VENDOR: (Duty.STAFF,),
    Role.SECRETARIAT: (Duty.STAFF,),
    Role.EXPERT: (Duty.STAFF,),
    Role.MINISTRY: (Duty.STAFF,),
    Role.ADMIN: (Duty.STAFF,),
}

#: Whose people a role looks after (invites, ends, hands over), by kind of organisation.
KEPT_KINDS: dict[str, tuple[str, ...]] = {
    Role.SECRETARIAT: (
        OrganisationKind.PREFECTURE,
        OrganisationKind.VENDOR,
        OrganisationKind.EXPERT_PANEL,
        OrganisationKind.SECRETARIAT,
    ),
    Role.ADMIN: (OrganisationKind.OPERATOR, OrganisationKind.SECRETARIAT, OrganisationKind.MINISTRY),
}
#: The same for a role that looks after its own organisation and those under it only.
KEPT_UNDER: dict[str, tuple[str, ...]] = {
    Role.PREFECTURE: (OrganisationKind.MUNICIPALITY, OrganisationKind.UNION),
}
