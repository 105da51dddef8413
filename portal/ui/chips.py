"""The status chips: one table from status code to look, icon and usual word."""

#: code → (look, icon, word). The looks stand in components.css as chip[data-look].
CHIPS: dict[str, tuple[str, str, str]] = {
    # progress forms, assessments, reports
    "todo": ("gray", "circle-dashed", "未着手"),
    "draft": ("blue", "pencil", "作成中"),
    "waiting": ("yellow", "clock", "決裁待ち"),
    "submitted": ("yellow", "clock", "提出済み"),
    "reviewing": ("yellow", "clock", "確認中"),
    "returned": ("orange", "return", "差戻し"),
    "accepted": ("green", "check", "受理"),
    "confirmed": ("green", "check", "確定"),
    "approved": ("green", "check", "承認"),
    "published": ("green", "check", "公開"),
    "overdue": ("red", "exclamation", "期限超過"),
    "not_applicable": ("gray", "minus", "該当なし"),
    # rounds and regions
    "setup": ("gray", "pencil", "準備中"),
    "withdrawn": ("gray", "close", "取りやめ"),
    "planned": ("gray", "circle-dashed", "受付前"),
    "open": ("blue", "pencil", "受付中"),
    "closed": ("gray", "lock", "締切"),
    "candidate": ("yellow", "clock", "候補"),
    "adopted": ("green", "check", "採択"),
    "declined": ("gray", "close", "不採択"),
    # comments
    "unresolved": ("yellow", "comment", "未解決"),
    "resolved": ("green", "check", "解決済み"),
    # local issues
    "considering": ("yellow", "comment", "検討中"),
    "working": ("blue", "pencil", "取組中"),
    "solved": ("green", "check", "解決"),
    "shelved": ("gray", "minus", "見送り"),
    "taken_back": ("gray", "close", "取下げ"),
    # jobs
    "queued": ("gray", "clock", "順番待ち"),
    "running": ("blue", "gear", "処理中"),
    "succeeded": ("green", "check", "完了"),
    "failed": ("red", "exclamation", "失敗"),
    "cancelled": ("gray", "close", "中止"),
    # mails
    "mail_waiting": ("gray", "clock", "送信待ち"),
    "mail_held": ("gray", "clock", "まとめて送信"),
    "mail_sending": ("blue", "send", "送信中"),
    "mail_sent": ("green", "check", "送信済み"),
    "mail_failed": ("orange", "return", "再送待ち"),
    "mail_given_up": ("red", "exclamation", "送信できず"),
    "mail_portal_only": ("yellow", "alert", "宛先なし"),
    "unread": ("blue", "bell", "未読"),
    "read": ("gray", "check", "既読"),
    # files that are imported
    "reading": ("gray", "clock", "読み取り中"),
    "previewed": ("yellow", "clock", "確認待ち"),
    "refused": ("red", "exclamation", "誤りあり"),
    "applied": ("green", "check", "反映済み"),
    # people: memberships, invitations, hand-overs
    "in_force": ("green", "check", "有効"),
    "coming": ("blue", "clock", "開始前"),
    "over": ("gray", "close", "終了"),
    "stopped": ("red", "lock", "停止中"),
    "vacant": ("red", "exclamation", "不在"),
    "unsent": ("gray", "clock", "送信待ち"),
    "send_failed": ("red", "exclamation", "送信できず"),
    "invited": ("yellow", "clock", "登録待ち"),
    "expired": ("orange", "exclamation", "期限切れ"),
    "joined": ("green", "check", "登録済み"),
    "revoked": ("gray", "close", "取消し"),
    "prepared": ("yellow", "clock", "準備済み"),
    "done": ("green", "check", "引継ぎ済み"),
    # anything else
    "info": ("gray", "info", "参考"),
    "sample": ("yellow", "info", "見本"),
}
