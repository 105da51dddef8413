"""The tables of moves of this app's nouns; who may make a move stands in `portal.permissions`."""

from assessments.choices import OPEN_STATES, AssessmentState, FormState, IssueState
from portal.permissions import Action
from portal.states import Move, StateMachine

#: From where a form may go to its sign-off, and where it goes back to; the end of the move's name.
SIGN_OFF_SOURCES = {
    FormState.DRAFT: "",
    # A returned form that waited for its sign-off is still returned: only named sections are open.
    FormState.RETURNED: "_returned",
    FormState.CORRECTING: "_correcting",
}


def _from_sign_off() -> list[Move]:
    """Back from 決裁待ち to where the form came from: by its writers, or by who should have signed it."""
    waiting = (FormState.WAITING,)
    return [
        move
        for state, end in SIGN_OFF_SOURCES.items()
        for move in (
            Move(f"recall{end}", "入力に戻す", waiting, state, Action.RECALL_PROGRESS),
            Move(
                f"send_back{end}",
                "庁内で差し戻す",
                waiting,
                state,
                Action.SIGN_OFF_PROGRESS,
                needs_reason=True,
            ),
        )
    ]


#: 取組状況. 未着手 and 期限超過 are computed from dates (`services.status`), never stored.
PROGRESS = StateMachine(
    noun="取組状況",
    authored_by=frozenset({"request_sign_off", "sign_off", "submit"}),
    moves=[
        Move(
            "request_sign_off",
            "決裁を依頼する",
            tuple(SIGN_OFF_SOURCES),
            FormState.WAITING,
            Action.SUBMIT_PROGRESS,
        ),
        Move(
            "sign_off",
            "決裁して提出する",
            (FormState.WAITING,),
            FormState.SUBMITTED,
            Action.SIGN_OFF_PROGRESS,
            by_another=True,
        ),
        *_from_sign_off(),
        Move("submit", "提出する", OPEN_STATES, FormState.SUBMITTED, Action.SUBMIT_PROGRESS),
        Move(
            "accept",
            "受理する",
            (FormState.SUBMITTED,),
            FormState.ACCEPTED,
            Action.REVIEW_PROGRESS,
            by_another=True,
        ),
        Move(
            "return",
            "差し戻す",
            (FormState.SUBMITTED,),
            FormState.RETURNED,
            Action.REVIEW_PROGRESS,
            needs_reason=True,
        ),
        Move("withdraw", "取り下げる", (FormState.SUBMITTED,), FormState.DRAFT, Action.EDIT_PROGRESS),
        # What was accepted stands until its correction is accepted.
        Move(
            "correct",
            "訂正を始める",
            (FormState.ACCEPTED,),
            FormState.CORRECTING,
            Action.EDIT_PROGRESS,
            needs_reason=True,
        ),
        Move(
            "withdraw_correcting",
            "取り下げる",
            (FormState.SUBMITTED,),
            FormState.CORRECTING,
            Action.EDIT_PROGRESS,
        ),
        Move(
            "give_up",
            "訂正をやめる",
            (FormState.CORRECTING, FormState.RETURNED),
            FormState.ACCEPTED,
            Action.EDIT_PROGRESS,
        ),
    ],
)


def _handed_in_and_confirmed(noun: str, submit: Action, confirm: Action) -> StateMachine:
    """What is handed in, and confirmed by another or given back with a reason."""
    draft, submitted, confirmed = AssessmentState
    return StateMachine(
        noun=noun,
        authored_by=frozenset({"submit"}),
        moves=[
            Move("submit", "提出する", (draft,), submitted, submit),
            Move("confirm", "確定する", (submitted,), confirmed, confirm, by_another=True),
            Move("reopen", "差し戻す", (submitted, confirmed), draft, confirm, needs_reason=True),
        ],
    )


#: 自己点検.
ASSESSMENT = _handed_in_and_confirmed("自己点検", Action.SUBMIT_ASSESSMENT, Action.CONFIRM_ASSESSMENT)
#: 地域課題の提出. The list itself goes on; what was handed in stays as it was.
ISSUE_REPORT = _handed_in_and_confirmed(
    "地域課題の提出", Action.SUBMIT_ISSUE_REPORT, Action.CONFIRM_ISSUE_REPORT
)

_OPEN_ISSUE = (IssueState.TODO, IssueState.CONSIDERING, IssueState.WORKING)

#: 地域課題. Withdrawing is not a state: a withdrawn issue comes back in the state it had.
ISSUE = StateMachine(
    noun="地域課題",
    moves=[
        Move(
            "consider",
            "検討を始める",
            (IssueState.TODO,),
            IssueState.CONSIDERING,
            Action.EDIT_LOCAL_ISSUE,
        ),
        Move(
            "start",
            "取組を始める",
            (IssueState.TODO, IssueState.CONSIDERING),
            IssueState.WORKING,
            Action.EDIT_LOCAL_ISSUE,
        ),
        Move("resolve", "解決とする", _OPEN_ISSUE, IssueState.RESOLVED, Action.EDIT_LOCAL_ISSUE),
        Move("shelve", "見送る", _OPEN_ISSUE, IssueState.SHELVED, Action.EDIT_LOCAL_ISSUE, needs_reason=True),
        Move(
            "back",
            "検討に戻す",
            (IssueState.WORKING, IssueState.RESOLVED, IssueState.SHELVED),
            IssueState.CONSIDERING,
            Action.EDIT_LOCAL_ISSUE,
            needs_reason=True,
        ),
    ],
)
