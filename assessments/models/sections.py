"""The sections of a progress report: what is asked of a town, and what of a prefecture, in order."""

from __future__ import annotations

from dataclasses import dataclass

from portal.choices import OrganisationKind


@dataclass(frozen=True)
class Section:
    """One section (項目): a page of its own in the form, a line of its task list, a part of a submission."""

    code: str
    label: str
    help: str
    #: The columns of `ProgressReport` that it holds, in the order of the page.
    fields: tuple[str, ...]
    #: Whether the organisation may say with a reason that it has nothing to tell here (該当なし).
    may_skip: bool = False

    @property
    def text_field(self) -> str:
        """The column of its long text."""
        return self.fields[-1]


OVERVIEW = Section(
    "overview",
    "取組の概要と分野",
    "この報告の期間に行った取組を、2～3文でまとめてください。",
    ("fields", "overview"),
)
ACTIVITIES = Section(
    "activities",
    "これまでの取組",
    "誰と、いつ、何を行ったかを、行った順に入力してください。"
    "例：7月に、窓口担当課と業務の棚卸しを3回行いました。",
    ("activities",),
)
ISSUES = Section(
    "issues", "見えてきた課題", "取組を進める中で分かった課題を入力してください。", ("issues",), may_skip=True
)
SUPPORT = Section(
    "effective_support",
    "有効と思われる支援",
    "課題の解決に役立つと考える支援を、県、伴走支援事業者、国などの相手とあわせて入力してください。",
    ("effective_support",),
    may_skip=True,
)
STEPS = Section(
    "steps",
    "STEPと目指す姿",
    "この取組で、年度の終わりまでにどのような状態を目指すかを入力してください。"
    "例：転入の手続を、1つの窓口で、書かずに終えられる。",
    ("steps", "target_state"),
    may_skip=True,
)
OF_TOWN = (OVERVIEW, ACTIVITIES, ISSUES, SUPPORT, STEPS)
OF_PREFECTURE = (
    Section("issues", "課題", "市町村のDXを支援する上での、県の課題を入力してください。", ("issues",)),
    Section(
        "activities",
        "取組",
        "この報告の期間に県が行った取組を、行った順に入力してください。"
        "例：6月に、県内の全市町村との情報共有の会議を開きました。",
        ("activities",),
    ),
    Section(
        "outlook",
        "今後の予定・展望",
        "次の報告までの予定と、その先の見通しを入力してください。",
        ("outlook",),
    ),
)
#: Every section that any form has, for words and choices that must know them all.
ALL = {section.code: section for section in (*OF_PREFECTURE, *OF_TOWN)}
#: The columns whose text somebody types.
TEXT_FIELDS = ("overview", "activities", "issues", "effective_support", "target_state", "outlook")


def sections_for(kind: str) -> tuple[Section, ...]:
    """The sections asked of an organisation of this kind: a prefecture's own, or those of a town."""
    return OF_PREFECTURE if kind == OrganisationKind.PREFECTURE else OF_TOWN
