"""Filing goods: a batch is received with its number, checked set by set, and answered cell by cell.

Acceptance is automatic: what the rules find in order is on file from that day. The same content again is nothing
new; other content under a known item number is its next version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone, translation

from accounts.models import Company
from accounts.permissions import Permission
from accounts.principals import Principal
from filing.goods import lifecycle, reader, rules
from filing.goods.columns import TABLES
from filing.goods.findings import Finding
from filing.models import BatchState, GoodsBatch, GoodsFiling
from reference.problems import Refused
from reference.selectors import code_names, code_sets, tariff
from submissions.models import Submission, SubmissionState
from submissions.nudge import nudge
from submissions.services import receive, recompute, unseal_payload
from trail.actors import SYSTEM
from trail.services import record

KIND = "goods-filing"
AT_ONCE_BYTES = 100 * 1024  # so much is checked while the sender waits; more by a worker
LOCK = 0x676F6F64
INSERT = 1000


def receive_goods(
    data: bytes, *, name: str, principal: Principal, company: Company, channel: str, content_type: str = ""
) -> Submission:
    """Take a file in: number, sealed payload, a worker woken.

    `Refused` when it cannot be a goods file at all; `PermissionDenied` for a company one may not act for.
    """
    principal.require(Permission.GOODS_FILE)
    if not principal.may_act_for(company, KIND):
        raise PermissionDenied
    found = content_type or reader.format_of(name, data)
    if found == reader.XLSX:
        reader.check_package(data)
    with transaction.atomic():
        submission = receive(
            kind=KIND,
            company=company,
            by=principal.actor_for(company),
            channel=channel,
            payload=data,
            content_type=found,
            title=name[-200:],
            parties=(),
            agencies=(),
            hold=False,
            created_by=principal.user,
        )
        GoodsBatch.objects.create(submission=submission, file_name=name[-200:])
        _wake(submission.pk)
    return submission


def _wake(submission_id: UUID) -> None:
    from filing import tasks

    nudge(tasks.check_goods, str(submission_id))


def file_at_once(
    data: bytes, *, name: str, principal: Principal, company: Company, channel: str, content_type: str = ""
) -> Submission:
    """`receive_goods`, and the check in the same breath; when that dies, the sweep finds the batch."""
    submission = receive_goods(
        data, name=name, principal=principal, company=company, channel=channel, content_type=content_type
    )
    check_batch(submission.pk)
    submission.refresh_from_db()
    return submission


def check_batch(submission_id: UUID, *, on: date | None = None) -> bool:
    """Check a waiting batch and file what is in order; False when that was done before. Safe to repeat."""
    batch = GoodsBatch.objects.select_related("submission__company", "submission__payload").get(
        pk=submission_id
    )
    if batch.state != BatchState.WAITING:
        return False
    day = on or timezone.localdate()
    rows, checked = _checked(batch.submission, day)
    with transaction.atomic():
        # One batch of a company at a time: the second compares with what the first has filed.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, batch.submission.company_id])
        if not GoodsBatch.objects.filter(pk=submission_id, state=BatchState.WAITING).exists():
            return False
        counts = _file(batch.submission, list(checked.goods.values()), day)
        counts |= {"row_count": rows, "faulty_count": rows - len(checked.goods)}
        lifecycle.check(submission_id, counts=counts, findings=checked.findings)
        recompute([submission_id], SYSTEM)
    return True


def _checked(submission: Submission, day: date) -> tuple[int, rules.Checked]:
    """Number of rows, goods and findings; what is wrong with the file as a whole is a finding too."""
    try:
        rows = reader.read(unseal_payload(submission), submission.payload.content_type)
    except Refused as refused:
        findings = [Finding(0, "", 0, "", problem) for problem in refused.problems]
        return 0, rules.Checked({}, findings)
    return len(rows), rules.check(rows, tables((row.text("hs10") for row in rows), day))


def tables(hs_codes: Iterable[str], day: date) -> rules.Tables:
    """The reference data the rules compare with on that day."""
    sets = code_sets(day)
    with translation.override("zh-hans"):
        names = {table: code_names(table, day) for table in TABLES}
    lines = tariff((hs for hs in hs_codes if len(hs) == rules.HS_DIGITS), day)
    return rules.Tables(sets, names, {hs: (line.unit1, line.unit2) for hs, line in lines.items()})


def digest_of(good: rules.Goods) -> str:
    """What the applicant says, in one number: 0.80 and 0.8 say the same."""
    told = {
        name: str(value.normalize()) if isinstance(value, Decimal) else value
        for name, value in asdict(good).items()
    }
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


def _file(submission: Submission, goods: list[rules.Goods], day: date) -> dict[str, int]:
    """New goods and new versions in one set; the counts of the batch."""
    counts = {"filed_count": 0, "amended_count": 0, "unchanged_count": 0}
    known = _latest(submission.company_id, [good.item_no for good in goods])
    rows = []
    for good in goods:
        version, digest = known.get(good.item_no, (0, ""))
        new = digest_of(good)
        if new == digest:
            counts["unchanged_count"] += 1
            continue
        counts["amended_count" if version else "filed_count"] += 1
        values = asdict(good) | {"trade_modes": list(good.trade_modes)}
        rows.append(
            GoodsFiling(
                company_id=submission.company_id,
                submission=submission,
                version=version + 1,
                valid_from=day,
                digest=new,
                **values,
            )
        )
    GoodsFiling.objects.bulk_create(rows, batch_size=INSERT)
    record(
        "goods.file",
        by=SYSTEM,
        object_type="submission",
        object_id=submission.reference,
        count=len(rows),
        digest=hashlib.sha256("".join(row.digest for row in rows).encode()).hexdigest(),
        detail={"company": submission.company.uscc, "amended": counts["amended_count"]},
    )
    return counts


def _latest(company_id: int, item_nos: list[str]) -> Mapping[str, tuple[int, str]]:
    """Item number → (version, digest) of its latest version; one query."""
    turn = Window(RowNumber(), partition_by="item_no", order_by=F("version").desc())
    rows = GoodsFiling.objects.filter(company_id=company_id, item_no__in=item_nos).annotate(turn=turn)
    latest = rows.filter(turn=1).values_list("item_no", "version", "digest")
    return {item_no: (version, digest) for item_no, version, digest in latest}


def joint_states(submission_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """The joint state of batches: in progress until checked; then by whether all, some or no rows were right."""
    found = GoodsBatch.objects.filter(pk__in=list(submission_ids))
    return {batch.pk: _joint(batch) for batch in found}


def _joint(batch: GoodsBatch) -> str:
    if batch.state == BatchState.WAITING:
        return SubmissionState.IN_PROGRESS
    right = batch.row_count - batch.faulty_count
    if right == 0:
        return SubmissionState.REFUSED
    return SubmissionState.PARTLY_ACCEPTED if batch.faulty_count else SubmissionState.ACCEPTED


def waiting(limit: int = 100) -> list[UUID]:
    """Batches that nobody has checked yet, oldest first: for the sweep."""
    rows = GoodsBatch.objects.filter(state=BatchState.WAITING).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])
