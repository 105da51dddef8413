"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning."""

    SIGNED_IN = "signin.done", "サインインした"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"

    # sign-in
    FACTOR_ADDED = "signin.factor_added", "二段階認証の方法を登録した"
    FACTOR_REMOVED = "signin.factor_removed", "二段階認証の方法を削除した"
    FACTOR_FAILED = "signin.factor_failed", "認証コードが違った"
    RECOVERY_RENEWED = "signin.recovery_renewed", "復旧コードを作り直した"
    RECOVERY_USED = "signin.recovery_used", "復旧コードを使った"
    FACTOR_RESET_ASKED = "signin.factor_reset_asked", "二段階認証の初期化を依頼した"
    FACTOR_RESET_CONFIRMED = "signin.factor_reset_confirmed", "二段階認証を初期化した"
    FACTOR_RESET_REFUSED = "signin.factor_reset_refused", "二段階認証の初期化を断った"
    PASSWORD_CHANGED = "signin.password_changed", "パスワードを変更した"
    PASSWORD_RESET = "signin.password_reset", "パスワードを再設定した"
    REAUTH_FAILED = "signin.reauth_failed", "本人の確認に失敗した"
    LIMIT_HIT = "signin.limited", "受付の制限にかかった"
    SESSIONS_ENDED = "signin.sessions_ended", "サインイン中の端末をログアウトさせた"
    SESSION_TIMED_OUT = "signin.timed_out", "時間の経過でログアウトした"
