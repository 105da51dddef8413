"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning."""

    SIGNED_IN = "signin.done", "サインインした"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"

    # people, organisations, memberships
    INVITATION_MADE = "invitation.made", "招待した"
    INVITATION_SENT = "invitation.sent", "招待のメールを送った"
    INVITATION_NOT_SENT = "invitation.not_sent", "招待のメールを送れなかった"
    INVITATION_ASKED_AGAIN = "invitation.resent", "招待のメールの再送を依頼した"
    INVITATION_LETTER = "invitation.letter", "招待の書面を作成した"
    INVITATION_REVOKED = "invitation.revoked", "招待を取り消した"
    INVITATION_ACCEPTED = "invitation.accepted", "招待から登録した"
    MEMBERSHIP_CHANGED = "membership.changed", "所属を変更した"
    MEMBERSHIP_ENDED = "membership.ended", "所属を終えた"
    MEMBERSHIP_KEPT = "membership.kept", "所属の終了を取り消した"
    HANDOVER_PREPARED = "handover.prepared", "引継ぎを準備した"
    HANDOVER_WITHDRAWN = "handover.withdrawn", "引継ぎを取りやめた"
    HANDOVER_DONE = "handover.done", "引き継いだ"
    ORGANISATION_CHANGED = "organisation.changed", "団体の設定を変更した"
    ACCOUNT_DISABLED = "account.disabled", "利用者を停止した"
    ACCOUNT_ENABLED = "account.enabled", "利用者を再開した"
    VACANCY_TOLD = "vacancy.told", "担当者の不在を知らせた"
    LIAISON_ASSIGNED = "liaison.assigned", "DX推進リエゾンを割り当てた"
    LIAISON_ENDED = "liaison.ended", "DX推進リエゾンの担当を終えた"
