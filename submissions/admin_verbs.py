"""The verbs on a case: buttons that call services, some after a page that asks for words or a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import Permission
from accounts.principals import Principal, principal_of
from submissions import admin_registry, admin_words, services
from submissions.admin_ask import AskForm
from submissions.admin_forms import OptionalWordsForm, ReassignForm, WordsForm
from submissions.admin_queue import UNDECIDED, cases_of, holder_of
from submissions.lifecycle import WrongState
from submissions.models import Referral, ReferralState

if TYPE_CHECKING:
    from submissions.registry import Text
    from trail.actors import Actor

R = ReferralState
Data = Mapping[str, Any]
OPEN_STATES = frozenset({R.WAITING, R.SENT, R.INFORMATION_REQUESTED})


@dataclass(frozen=True, slots=True)
class Verb:
    """A button. With a `form` there is a page first that says what will happen; without, it acts at once.

    `decides`: only where officials decide here. `offered_to`: whether to show it, by who holds the case.
    """

    code: str
    label: Text
    done: Text
    permission: Permission
    run: Callable[[UUID, User, Actor, Data], None]
    states: frozenset[str] = OPEN_STATES
    form: type[forms.Form] | None = None
    warning: Text = ""
    decides: bool = False
    style: str = ""
    offered_to: Callable[[Referral, User], bool] = lambda referral, user: True

    @property
    def route_name(self) -> str:
        """Name of its address."""
        return f"case_{self.code}"


def _take(key: UUID, user: User, by: Actor, data: Data) -> None:
    services.take(key, user, by=by)


def _put_back(key: UUID, user: User, by: Actor, data: Data) -> None:
    services.put_back(key, user, by=by)


def _reassign(key: UUID, user: User, by: Actor, data: Data) -> None:
    services.reassign(key, data["to"], by=by, why=data["reason"])


def _ask(key: UUID, user: User, by: Actor, data: Data) -> None:
    services.ask_information(key, by=by, words=data["words"], problems=data["problems"], officer=user)


def _accept(key: UUID, user: User, by: Actor, data: Data) -> None:
    services.accept(key, by=by, words=data["words"], officer=user)


def _refuse(key: UUID, user: User, by: Actor, data: Data) -> None:
    services.refuse(key, by=by, words=data["words"], officer=user)


def _is_holder(referral: Referral, user: User) -> bool:
    return holder_of(referral) == user


def _is_free(referral: Referral, user: User) -> bool:
    return holder_of(referral) is None


def _not_anothers(referral: Referral, user: User) -> bool:
    return holder_of(referral) in (None, user)


VERBS: tuple[Verb, ...] = (
    Verb(
        "take", _("Take"), _("The case is yours."), Permission.QUEUE_WORK, _take,
        style="btn-primary", offered_to=_is_free,
    ),
    Verb(
        "prolong", _("Keep for eight more hours"), _("The case stays yours for eight more hours."),
        Permission.QUEUE_WORK, _take, offered_to=_is_holder,
    ),
    Verb(
        "put_back", _("Put back"), _("The case is back in the queue."), Permission.QUEUE_WORK, _put_back,
        offered_to=_is_holder,
    ),
    Verb(
        "reassign", _("Reassign"), _("The case has been reassigned."), Permission.QUEUE_SUPERVISE, _reassign,
        form=ReassignForm, warning=_("The colleague who has the case now loses it."),
    ),
    Verb(
        "ask_information", _("Ask for information"), _("The applicant has been asked."),
        Permission.QUEUE_WORK, _ask, states=frozenset({R.WAITING, R.SENT}), form=AskForm, decides=True,
        warning=_("The applicant is told at once and answers before you go on."), offered_to=_not_anothers,
    ),
    Verb(
        "accept", _("Accept"), _("The case is accepted."), Permission.QUEUE_WORK, _accept,
        form=OptionalWordsForm, decides=True, offered_to=_not_anothers,
        warning=_("The decision is final and goes to the applicant at once."),
    ),
    Verb(
        "refuse", _("Refuse"), _("The case is refused."), Permission.QUEUE_WORK, _refuse,
        form=WordsForm, decides=True, offered_to=_not_anothers,
        warning=_("The decision is final and goes to the applicant at once."),
    ),
)  # fmt: skip


def fits(verb: Verb, referral: Referral, principal: Principal) -> bool:
    """Whether the state, the kind and the permission leave the verb open (who holds the case aside)."""
    decided_here = admin_registry.case_desk(referral.submission.kind).decided_here
    return (
        principal.may(verb.permission)
        and referral.state in verb.states
        and referral.submission.state in ("in_progress", "action_needed")
        and (decided_here or not verb.decides)
    )


def offered(referral: Referral, principal: Principal) -> list[Verb]:
    """The buttons of this case for this person."""
    user = principal.user
    if user is None:
        return []
    return [verb for verb in VERBS if fits(verb, referral, principal) and verb.offered_to(referral, user)]


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, case_id: UUID, *, verb: Verb) -> HttpResponse:
    """Do it (POST), or show the page that asks for words first (GET); old pages get a sentence, no error."""
    principal = principal_of(request)
    rows = cases_of(principal) if principal else Referral.objects.none()
    referral = rows.select_related("submission__company", "agency", "taken_by").filter(pk=case_id).first()
    if principal is None or referral is None:
        raise Http404
    desk = admin_registry.case_desk(referral.submission.kind)
    if verb.decides and not desk.decided_here:
        messages.error(request, str(desk.elsewhere))
        return redirect("admin:case", case_id)
    form = _form(verb, referral, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        _run(request, verb, referral, principal, _given(form))
        return redirect("admin:case", case_id)
    if form is None:
        return redirect("admin:case", case_id)
    context = {
        "title": verb.label,
        "verb": verb,
        "referral": referral,
        "form": form,
        "fits": fits(verb, referral, principal),
    }
    return admin_registry.page(
        request, "admin/desk/confirm.html", context, status=400 if form.is_bound else 200
    )


def _form(verb: Verb, referral: Referral, data: Any) -> forms.Form | None:
    if verb.form is None:
        return None
    if verb.form is ReassignForm:
        return ReassignForm(data, agency=referral.agency)
    if verb.form is AskForm:
        places = admin_registry.case_desk(referral.submission.kind).places
        return AskForm(data, places=places(referral) if places else ())
    return verb.form(data)


def _given(form: forms.Form | None) -> Data:
    if isinstance(form, AskForm):
        return form.cleaned_data | {"problems": form.problems()}
    return form.cleaned_data if form else {}


def _run(request: HttpRequest, verb: Verb, referral: Referral, principal: Principal, data: Data) -> None:
    """Through the service, which picks the winner; a loser is told who won."""
    user = principal.user
    if user is None:
        raise Http404
    try:
        if not Referral.objects.filter(UNDECIDED, pk=referral.pk).exists():
            raise WrongState("referral", verb.code, referral.state)
        verb.run(referral.pk, user, principal.actor, data)
    except WrongState as error:
        now = Referral.objects.select_related("taken_by").get(pk=referral.pk)
        messages.error(request, admin_words.explain(error, now))
    else:
        messages.success(request, str(verb.done))


def view_of(verb: Verb) -> Callable[..., HttpResponse]:
    """The address of one verb; each has its own, so that its permission is its door."""
    return partial(act, verb=verb)
