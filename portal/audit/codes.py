"""The acts that are recorded: stable codes, and what each is called."""

from django.db import models


class AuditCode(models.TextChoices):
    """Acts in the audit trail (操作の種類); a code is never renamed or given another meaning.

    Labels end in the plain past, so that 「だれが、」 before and 「。」 after make a sentence.
    """

    # Signing in and the own account.
    SIGNED_IN = "signin.done", "サインインした"
    SIGN_IN_FAILED = "signin.failed", "サインインに失敗した"
    SIGNED_OUT = "signout.done", "ログアウトした"
    PASSWORD_CHANGED = "password.changed", "パスワードを変更した"
    PASSWORD_RESET = "password.reset", "パスワードを設定し直した"
    EMAIL_ASKED = "email.asked", "新しいメールアドレスの確認を申し込んだ"
    EMAIL_CONFIRMED = "email.confirmed", "メールアドレスを確認した"
    EMAIL_CHANGED = "email.changed", "メールアドレスを変更した"
    EMAIL_REMOVED = "email.removed", "メールアドレスを削除した"
    MEMBERSHIP_SWITCHED = "membership.switched", "所属を切り替えた"

    # Forms.
    FORM_STARTED = "form.started", "作成を始めた"
    FORM_SAVED = "form.saved", "下書きを保存した"
    STATE_MOVED = "state.moved", "状態を変えた"
    FORM_OPENED = "form.opened", "提出されたものの確認を始めた"
    FORM_PRINTED = "form.printed", "取組状況のPDFを作成した"
    COMMENT_MADE = "comment.made", "コメントを書いた"
    COMMENT_RESOLVED = "comment.resolved", "コメントを解決済みにした"
    COMMENT_REOPENED = "comment.reopened", "コメントを未解決に戻した"
    COMMENT_WITHDRAWN = "comment.withdrawn", "コメントを取り下げた"
    SUPPORT_SAVED = "support.saved", "県による支援の状況を保存した"

    # Imports, background work, reports.
    IMPORT_STARTED = "import.started", "取り込むファイルを登録した"
    IMPORT_AGAIN = "import.again", "取り込む内容の再確認を依頼した"
    IMPORT_PREVIEWED = "import.previewed", "取り込む内容を確かめた"
    IMPORT_CONFIRMED = "import.confirmed", "取り込みの反映を依頼した"
    IMPORT_APPLIED = "import.applied", "取り込みを反映した"
    JOB_ASKED = "job.asked", "処理を依頼した"
    JOB_CANCELLED = "job.cancelled", "処理を取り消した"
    JOB_RETRIED = "job.retried", "処理のやり直しを依頼した"
    JOB_SUCCEEDED = "job.succeeded", "処理が完了した"
    JOB_FAILED = "job.failed", "処理が失敗した"
    REPORT_MADE = "report.made", "報告書の版を作成した"
    DATA_LOADED = "data.loaded", "データを読み込んだ"

    # What leaves the portal.
    EXPORTED = "export.made", "一覧をファイルに書き出した"
    FILE_DOWNLOADED = "file.downloaded", "ファイルを受け取った"

    # What is removed when its time is over.
    DRAFTS_PURGED = "drafts.purged", "期限を過ぎた、保存していない入力を削除した"

    # What was refused.
    ACCESS_REFUSED = "access.refused", "権限のない操作をしようとした"
    ACCESS_NOT_FOUND = "access.not_found", "見られないものを開こうとした"
    MOVE_REFUSED = "move.refused", "今の状態ではできない操作をしようとした"

    # The trail itself.
    AUDIT_SIGNED = "audit.signed", "操作記録の末尾に署名した"
    AUDIT_PURGED = "audit.purged", "保存期間を過ぎた操作記録を削除した"
    # sign-in
    FACTOR_ADDED = "signin.factor_added", "二段階認証の方法を登録した"
    FACTOR_REMOVED = "signin.factor_removed", "二段階認証の方法を削除した"
    FACTOR_FAILED = "signin.factor_failed", "認証コードが違った"
    RECOVERY_RENEWED = "signin.recovery_renewed", "復旧コードを作り直した"
    RECOVERY_USED = "signin.recovery_used", "復旧コードを使った"
    FACTOR_RESET_ASKED = "signin.factor_reset_asked", "二段階認証の初期化を依頼した"
    FACTOR_RESET_CONFIRMED = "signin.factor_reset_confirmed", "二段階認証を初期化した"
    FACTOR_RESET_REFUSED = "signin.factor_reset_refused", "二段階認証の初期化を断った"
    KEYS_ROTATED = "signin.keys_rotated", "二段階認証の秘密を新しい鍵で暗号化し直した"
    REAUTH_FAILED = "signin.reauth_failed", "本人の確認に失敗した"
    LIMIT_HIT = "signin.limited", "受付の制限にかかった"
    SESSIONS_ENDED = "signin.sessions_ended", "サインイン中の端末をログアウトさせた"
    SESSION_TIMED_OUT = "signin.timed_out", "時間の経過でログアウトした"
    # people, organisations, memberships
    INVITATION_MADE = "invitation.made", "招待した"
    INVITATION_SENT = "invitation.sent", "招待のメールを送った"
    INVITATION_NOT_SENT = "invitation.not_sent", "招待のメールを送れなかった"
    INVITATION_ASKED_AGAIN = "invitation.resent", "招待のメールの再送を依頼した"
    INVITATION_LETTER = "invitation.letter", "招待の書面を作成した"
    INVITATION_REVOKED = "invitation.revoked", "招待を取り消した"
    INVITATION_ACCEPTED = "invitation.accepted", "招待から登録した"
    PASSWORD_LETTER = "password.letter", "パスワード再設定の書面を作成した"
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
    # --- files (portal.files and their owners) ---
    FILE_STORED = "file.stored", "ファイルを登録した"
    FILE_REFUSED = "file.refused", "ファイルを受け付けなかった"
    FILE_INFECTED = "file.infected", "ファイルからウイルスが見つかった"
    FILE_REMOVED = "file.removed", "ファイルの添付を取り消した"
    # rounds: setting them up, extensions, forms that do not apply
    ROUND_CREATED = "round.created", "報告回を作った"
    ROUND_CHANGED = "round.changed", "報告回の設定を変えた"
    ROUND_TARGETS_CHANGED = "round.targets_changed", "報告回の対象団体を変えた"
    ROUND_CONFIRMED = "round.confirmed", "報告回の設定を確定した"
    ROUND_WITHDRAWN = "round.withdrawn", "報告回を取りやめた"
    GUIDE_ATTACHED = "guide.attached", "記入要領・記入例を登録した"
    GUIDE_REMOVED = "guide.removed", "記入要領・記入例を取り外した"
    EXTENSION_GRANTED = "extension.granted", "提出期限を延長した"
    EXTENSION_CHANGED = "extension.changed", "延長した提出期限を変えた"
    EXTENSION_WITHDRAWN = "extension.withdrawn", "提出期限の延長を取り消した"
    NOT_APPLICABLE_DECLARED = "not_applicable.declared", "該当なしを登録した"
    NOT_APPLICABLE_UNDONE = "not_applicable.undone", "該当なしを取り消した"
    # end of rounds
    # the forms of a round as a file, filled in by a prefecture for a town
    ENTRY_PROPOSED = "entry.proposed", "代理入力の確認を市町村に依頼した"
    ENTRY_TAKEN = "entry.taken", "代理入力の内容を反映した"
    ENTRY_DECLINED = "entry.declined", "代理入力を断った"
    ENTRY_WITHDRAWN = "entry.withdrawn", "代理入力を取り下げた"
    # local issues
    ISSUE_CREATED = "local_issue.created", "地域課題を登録した"
    ISSUE_CHANGED = "local_issue.changed", "地域課題を変更した"
    ISSUES_ORDERED = "local_issue.ordered", "地域課題の順位を変えた"
    ISSUE_WITHDRAWN = "local_issue.withdrawn", "地域課題を取り下げた"
    ISSUE_RESTORED = "local_issue.restored", "地域課題の取下げを取り消した"
    # notices and mails
    REMINDERS_SENT = "reminder.sent", "リマインドを送った"
    MAIL_RETRIED = "mail.retried", "メールをもう一度送った"
    MAIL_SETTING_CHANGED = "mail.setting_changed", "メールの受け取り方を変えた"
