"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning."""

    SIGNED_IN = "signin.done", "サインインした"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"
    # rounds: setting them up, extensions, forms that do not apply
    ROUND_CREATED = "round.created", "報告回を作った"
    ROUND_CHANGED = "round.changed", "報告回の設定を変えた"
    ROUND_TARGETS_CHANGED = "round.targets_changed", "報告回の対象団体を変えた"
    ROUND_CONFIRMED = "round.confirmed", "報告回の設定を確定した"
    ROUND_WITHDRAWN = "round.withdrawn", "報告回を取りやめた"
    GUIDE_ATTACHED = "guide.attached", "記入要領・記入例を登録した"
    GUIDE_REMOVED = "guide.removed", "記入要領・記入例を取り外した"
    GUIDE_DOWNLOADED = "guide.downloaded", "記入要領・記入例を保存した"
    EXTENSION_GRANTED = "extension.granted", "提出期限を延長した"
    EXTENSION_CHANGED = "extension.changed", "延長した提出期限を変えた"
    EXTENSION_WITHDRAWN = "extension.withdrawn", "提出期限の延長を取り消した"
    NOT_APPLICABLE_DECLARED = "not_applicable.declared", "該当なしを登録した"
    NOT_APPLICABLE_UNDONE = "not_applicable.undone", "該当なしを取り消した"
    # end of rounds
