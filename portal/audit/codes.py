"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning."""

    SIGNED_IN = "signin.done", "サインインした"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"

    # local issues
    ISSUE_CREATED = "local_issue.created", "地域課題を登録した"
    ISSUE_CHANGED = "local_issue.changed", "地域課題を変更した"
    ISSUE_MOVED = "local_issue.moved", "地域課題の状態を変えた"
    ISSUES_ORDERED = "local_issue.ordered", "地域課題の順位を変えた"
    ISSUE_WITHDRAWN = "local_issue.withdrawn", "地域課題を取り下げた"
    ISSUE_RESTORED = "local_issue.restored", "地域課題の取下げを取り消した"
