"""Codes of rounds, forms and answers."""

from django.db import models


class FormState(models.TextChoices):
    """States of a progress report (取組状況); 未着手 and 期限超過 are computed from dates."""

    DRAFT = "draft", "作成中"
    WAITING = "waiting", "決裁待ち"
    SUBMITTED = "submitted", "提出済み"
    RETURNED = "returned", "差戻し"
    ACCEPTED = "accepted", "受理"
    CORRECTING = "correcting", "訂正中"


class FormKind(models.TextChoices):
    """What a round asks for (提出物); of checklists there may be several."""

    PROGRESS = "progress", "取組状況"
    CHECKLIST = "checklist", "自己点検"
    ISSUES = "issues", "地域課題"


class AssessmentState(models.TextChoices):
    """States of a self-assessment (自己点検), and of handing local issues in (地域課題の提出)."""

    DRAFT = "draft", "作成中"
    SUBMITTED = "submitted", "提出済み"
    CONFIRMED = "confirmed", "確定"


class StepState(models.TextChoices):
    """How far a progress report says one step (STEP01–04) has come."""

    TODO = "todo", "未着手"
    DOING = "doing", "実施中"
    DONE = "done", "完了"
    NOT_PLANNED = "not_planned", "行わない"


class AnswerStatus(models.TextChoices):
    """Whether an answer counts."""

    SCORED = "scored", "回答"
    NOT_APPLICABLE = "na", "該当しない"
    UNKNOWN = "unknown", "分からない"


class ChartKind(models.TextChoices):
    """How a framework's scores are drawn."""

    RADAR = "radar", "レーダーチャート"
    BARS = "bars", "棒グラフ"


class RoundStage(models.TextChoices):
    """Which report a round feeds."""

    BASELINE = "baseline", "開始時"
    MIDTERM = "midterm", "中間"
    FINAL = "final", "最終"


class GuideKind(models.TextChoices):
    """What a file of a round helps with."""

    HOW_TO = "how_to", "記入要領"
    EXAMPLE = "example", "記入例"


class TargetGroup(models.TextChoices):
    """Organisations that a round asks at once."""

    PARTNERS = "partners", "連携市町村"
    TOWNS = "towns", "すべての市区町村"
    PREFECTURE = "prefecture", "都道府県"


class ExtensionKind(models.TextChoices):
    """What was decided about the due day of one organisation."""

    GRANTED = "granted", "延長"
    CHANGED = "changed", "変更"
    WITHDRAWN = "withdrawn", "取消し"


class ReminderKind(models.TextChoices):
    """Why somebody was reminded."""

    BEFORE = "before", "期限前"
    LATE = "late", "期限後"
    BY_HAND = "by_hand", "担当者から"


class ProposalState(models.TextChoices):
    """What became of what a prefecture filled in for a town (代理入力)."""

    WAITING = "entry_waiting", "市町村の確認待ち"
    TAKEN = "entry_taken", "反映済み"
    DECLINED = "entry_declined", "市町村が断った"
    WITHDRAWN = "entry_withdrawn", "取下げ"


#: States whose content prefecture and reports may read.
HANDED_IN = (FormState.SUBMITTED, FormState.ACCEPTED)
ASSESSMENT_HANDED_IN = (AssessmentState.SUBMITTED, AssessmentState.CONFIRMED)
#: States in which the author may write.
OPEN_STATES = (FormState.DRAFT, FormState.RETURNED, FormState.CORRECTING)


class CommentVisibility(models.TextChoices):
    """Who reads a comment on a form."""

    INTERNAL = "internal", "自分の団体の中だけ"
    SHARED = "shared", "相手の団体と共有"


class IssueField(models.TextChoices):
    """What a local issue is about (分野)."""

    DISASTER = "disaster", "防災"
    CHILDCARE = "childcare", "子育て"
    HEALTH = "health", "健康福祉"
    COUNTER = "counter", "窓口"
    EDUCATION = "education", "教育"
    TRANSPORT = "transport", "配送・交通"
    TOURISM = "tourism", "観光"
    FARMING = "farming", "農林水産"
    INDUSTRY = "industry", "産業"
    OTHER = "other", "その他"


class IssueAxis(models.TextChoices):
    """What a local issue is rated by; what each level means stands in `IssueLevel`."""

    BENEFIT = "benefit", "裨益性"
    DIFFICULTY = "difficulty", "難易度"
    URGENCY = "urgency", "緊急性"


class IssueState(models.TextChoices):
    """How far a local issue has come (地域課題の状態)."""

    TODO = "todo", "未着手"
    CONSIDERING = "considering", "検討中"
    WORKING = "working", "取組中"
    RESOLVED = "solved", "解決"
    SHELVED = "shelved", "見送り"
