"""`Idempotency-Key` on unsafe calls: same key and body, same answer; other body 422; a twin 409.

An error frees the key: nothing was done under it. So does a worker that died, after `WORKING`.
Keys belong to the caller and are kept at least 24 hours (the sweep deletes older ones).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.principals import principal_of
from reference.problem_documents import problem_response
from submissions.models import IdempotencyKey

HEADER = "Idempotency-Key"
_FORM = re.compile(r"[\x21-\x7e]{1,100}")
WORKING = timedelta(minutes=5)  # a call unfinished for so long lost its worker
RETRY_AFTER = {"Retry-After": "1"}

View = Callable[..., Response]


def idempotent(view: View) -> View:
    """Wrap a view method; without the header it is called as it is."""

    @wraps(view)
    def keyed(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        principal = principal_of(request)
        if key is None or principal is None:
            return view(self, request, *args, **kwargs)
        if not _FORM.fullmatch(key):
            return problem_response(
                status_code=400, code="idempotency_key", title=_("The Idempotency-Key is not valid")
            )
        digest = hashlib.sha256(request.body).hexdigest()
        path = f"{request.method} {request.path}"[:200]
        owner = principal.throttle_id
        if principal.user and principal.company:  # who acts for several companies has keys for each
            owner = f"{owner}:{principal.company.pk}"
        row = _claim(owner, key, path, digest)
        if isinstance(row, Response):
            return row
        try:
            answer = view(self, request, *args, **kwargs)
        except BaseException:
            row.delete()  # nothing happened under this key: it may be used again
            raise
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            row.delete()
            return answer
        row.status, row.body = answer.status_code, answer.data
        row.save(update_fields=["status", "body"])
        return answer

    return keyed


def _claim(principal: str, key: str, path: str, digest: str) -> IdempotencyKey | Response:
    """The fresh row, or the answer to give instead."""
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                principal=principal, key=key, method_path=path, sha256=digest
            )
    except IntegrityError:
        row = IdempotencyKey.objects.filter(principal=principal, key=key).first()
    if row is not None and (row.sha256 != digest or row.method_path != path):
        return problem_response(
            status_code=422,
            code="idempotency_key_reused",
            title=_("The Idempotency-Key was used for another call"),
        )
    if row is None or (row.status is None and not _taken_over(row)):
        return problem_response(
            status_code=409,
            code="in_progress",
            title=_("The same call is being worked on"),
            headers=RETRY_AFTER,
        )
    if row.status is None:
        return row
    return Response(row.body, status=row.status, headers={"Idempotent-Replay": "true"})


def _taken_over(row: IdempotencyKey) -> bool:
    """Whether the worker of this call is gone and we are the first to notice."""
    now = timezone.now()
    lost = IdempotencyKey.objects.filter(pk=row.pk, status__isnull=True, created_at__lt=now - WORKING)
    return bool(lost.update(created_at=now))
