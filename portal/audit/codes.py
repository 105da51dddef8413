"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning."""

    SIGNED_IN = "signin.done", "サインインした"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"

    # --- files (portal.files and their owners) ---
    FILE_STORED = "file.stored", "ファイルを登録した"
    FILE_REFUSED = "file.refused", "ファイルを受け付けなかった"
    FILE_INFECTED = "file.infected", "ファイルからウイルスが見つかった"
    FILE_DOWNLOADED = "file.downloaded", "ファイルを取得した"
    FILE_REMOVED = "file.removed", "ファイルの添付を取り消した"
