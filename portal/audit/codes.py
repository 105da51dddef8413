"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning."""

    SIGNED_IN = "signin.done", "サインインした"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"

    # notices and mails
    REMINDERS_SENT = "reminder.sent", "リマインドを送った"
    MAIL_RETRIED = "mail.retried", "メールをもう一度送った"
    MAIL_SETTING_CHANGED = "mail.setting_changed", "メールの受け取り方を変えた"
