"""The tables of moves of this app's nouns; who may make a move stands in `portal.permissions`."""

from assessments.choices import AssessmentState, FormState, IssueState
from portal.permissions import Action
from portal.states import Move, StateMachine

#: 取組状況. 未着手 and 期限超過 are computed from dates (`services.status`), never stored.
PROGRESS = StateMachine(
    noun="取組状況",
    authored_by=frozenset({"request_sign_off", "sign_off", "submit"}),
    moves=[
        Move(
            "request_sign_off",
            "決裁を依頼する",
            (FormState.DRAFT, FormState.RETURNED),
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
        Move("recall", "入力に戻す", (FormState.WAITING,), FormState.DRAFT, Action.RECALL_PROGRESS),
        # A returned form that waited for its sign-off is still returned: only named sections are open.
        Move(
            "recall_returned", "入力に戻す", (FormState.WAITING,), FormState.RETURNED, Action.RECALL_PROGRESS
        ),
        Move(
            "submit",
            "提出する",
            (FormState.DRAFT, FormState.RETURNED),
            FormState.SUBMITTED,
            Action.SUBMIT_PROGRESS,
        ),
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
    ],
)

#: 自己点検.
ASSESSMENT = StateMachine(
    noun="自己点検",
    authored_by=frozenset({"submit"}),
    moves=[
        Move(
            "submit",
            "提出する",
            (AssessmentState.DRAFT,),
            AssessmentState.SUBMITTED,
            Action.SUBMIT_ASSESSMENT,
        ),
        Move(
            "confirm",
            "確定する",
            (AssessmentState.SUBMITTED,),
            AssessmentState.CONFIRMED,
            Action.CONFIRM_ASSESSMENT,
            by_another=True,
        ),
        Move(
            "reopen",
            "差し戻す",
            (AssessmentState.SUBMITTED, AssessmentState.CONFIRMED),
            AssessmentState.DRAFT,
            Action.CONFIRM_ASSESSMENT,
            needs_reason=True,
        ),
    ],
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
