"""Notices: mails the wisp's people after a run about what needs a person, once for each cause.

What was mailed is remembered until all is well again. So the same cause brings no mail each night, and one
that returns later brings a new mail. When the last of it is gone, one more mail says so.

Where the wisp wants it, the first night of a week also mails that users wrote over SIMPLer's values.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from shared.domain.model.reason import is_for_an_operator
from shared.domain.model.run import AccountOutcome, RunOutcome
from shared.domain.model.schedule import NIGHTLY, last_night, moment, week_of
from shared.domain.model.suggestion import WeeklyMail
from shared.errors import OutcomeUnknown, Trouble
from shared.events import Event, log, log_internal_error
from shared.mail.letter import Letter
from shared.mail.notice import RUN, Cause, new_suggestions, notice, well_again
from shared.ports import Drop, Mail, Put
from shared.replace import replace
from shared.usecases.base.documents import find_wisp, readable, to_document
from shared.usecases.customers.suggestions import open_suggestions
from shared.usecases.sync.session import Run

Mailed = Mapping[str, Sequence[str]]
"""The codes mailed since a scope was last well, by scope."""


def send_notices(run: Run, outcome: RunOutcome) -> None:
    """Mail what is new after a run, under the run's lease. Never raises, because the run itself is done.

    Whom to mail is read now: during a run somebody may have been taken off the list, or put on it.
    """
    if outcome.state == "superseded":
        return
    try:
        wisp = find_wisp(run.services.state, run.wisp.id)
        if wisp is None or not wisp.notify:
            return
        run = replace(run, wisp=wisp)
        _send(run, causes_of(outcome), is_complete=outcome.state == "complete" and bool(outcome.accounts))
        if run.wisp.suggestions_weekly and outcome.by == NIGHTLY and outcome.state in ("complete", "partial"):
            _send_suggestions(run)
    except Trouble as trouble:
        _log_failure(run, trouble)
    except Exception as error:  # noqa: BLE001  no fault in a mail may undo what the run has done
        log_internal_error("notices failed unexpectedly", error, run=run.id)


def causes_of(outcome: RunOutcome) -> list[Cause]:
    """Return what needs a person, or that all is well, for the run and each account that is decided.

    What only an operator can mend is left out: an alert tells them.
    """
    failed = outcome.state == "failed"
    run = Cause(RUN, outcome.code if failed else "", outcome.reason if failed else "")
    accounts = (_cause(account) for account in outcome.accounts if account.state in _DECIDED)
    return [cause for cause in (run, *accounts) if not is_for_an_operator(cause.code)]


_DECIDED = ("complete", "partial", "stopped")
"""States that say whether something is wrong; an unfinished account continues anyway."""


def _cause(account: AccountOutcome) -> Cause:
    if account.state == "complete":
        return Cause(account.account, "")
    return Cause(account.account, account.code, account.reason, account.email)


def _send(run: Run, causes: Sequence[Cause], *, is_complete: bool) -> None:
    path = f"wisps/{run.wisp.id}/notices"
    mailed_codes: Mailed = {scope: document["codes"] for scope, document in run.services.state.find(path)}
    well = [cause.scope for cause in causes if not cause.code and cause.scope in mailed_codes]
    new = [cause for cause in causes if cause.code and cause.code not in mailed_codes.get(cause.scope, ())]
    writes: list[Put | Drop] = [Drop(f"{path}/{scope}") for scope in well]
    if is_complete and mailed_codes and mailed_codes.keys() <= set(well):
        _mail(run, well_again(run.wisp, run.services.console_url), [])
    if new and _mail(run, notice(new, run.wisp, run.services.console_url), [cause.code for cause in new]):
        writes += [Put(f"{path}/{c.scope}", {"codes": [*mailed_codes.get(c.scope, ()), c.code]}) for c in new]
    if writes:
        run.held_lease.write(*writes)


def _send_suggestions(run: Run) -> None:
    """Mail that suggestions are new, once a week at most.

    The week is written down before the mail is sent: whoever dies in between sends no second one, and what
    was not told is told a week later.
    """
    state, now = run.services.state, run.services.clock.now()
    path = f"wisps/{run.wisp.id}/weekly/mail"
    document = state.get(path)
    known, _ = readable([("mail", document)] if document else [], WeeklyMail, f"wisps/{run.wisp.id}/weekly")
    before = known.get("mail", WeeklyMail())
    zone = run.wisp.time_zone
    week = week_of(last_night(now, zone), zone)
    if before.week == week:
        return
    found = open_suggestions(run.services, run.wisp)
    new = Counter(each.field for each in found if moment(each.since) > moment(before.told))
    run.held_lease.write(Put(path, to_document(WeeklyMail(week, before.told))))
    if not new:
        return
    letter = new_suggestions(new, len(found), run.wisp, run.services.console_url)
    is_sent = _mail(run, letter, ["suggestions"])
    after = WeeklyMail(week, now.isoformat()) if is_sent else before
    run.held_lease.write(Put(path, to_document(after)))


def _mail(run: Run, letter: Letter, codes: Sequence[str]) -> bool:
    """Mail a notice; return whether it counts as sent. So does an unknown outcome, or it came nightly."""
    mailer = run.services.mailer()
    mailed = False
    for to in run.wisp.notify:
        try:
            mail = mailer.send(Mail(to, letter.subject, letter.text, letter.html, request=run.id))
        except Trouble as trouble:
            mailed = mailed or isinstance(trouble, OutcomeUnknown)
            _log_failure(run, trouble)
        else:
            mailed = True
            log(
                Event.NOTICE_SENT, "a notice was mailed", run=run.id, wisp=run.wisp.id, codes=codes, mail=mail
            )
    return mailed


def _log_failure(run: Run, trouble: Trouble) -> None:
    """Log why a notice was not accepted."""
    log(_event(trouble), trouble.message, run=run.id, wisp=run.wisp.id, code=trouble.reason)


def _event(trouble: Trouble) -> Event:
    """Return what it is: where no notice will be accepted until an operator acts, an alert is made of it."""
    return Event.NOTICE_MISCONFIGURED if is_for_an_operator(trouble.reason) else Event.NOTICE_FAILED
