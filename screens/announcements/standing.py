"""How announcements stand, for those who look after them."""

from __future__ import annotations

from handlers.announcements import receiving, status, writing
from handlers.members import Home
from screens.announcements.words import audience_words, short
from screens.screen import Choice, Draw, Screen
from screens.texts import Say, clean, day, names
from storage.announcements import AnnouncementRow
from storage.confirmations import Listed, Silent, Standing


def done(say: Say, answer: status.AnnouncementDone) -> Screen:
    """Sent, reminded or withdrawn, and where to look on."""
    row, title = answer.row, clean(answer.row.title)
    choices = (
        Choice(say("Who was reached, who has confirmed"), status.AnnouncementStatus(row.id)),
        Choice(say("Announcements sent"), status.SentAnnouncements()),
        Choice(say("Home"), Home()),
    )
    head = {
        "sent": say("Sent: {title}", title=title),
        "urged": say("Reminded {count} people: {title}", title=title, count=answer.count),
        "withdrawn": say("Withdrawn: {title}", title=title),
    }[answer.done]
    lines = {
        "sent": [_sent_line(say, row), say("{count} people are being told now.", count=answer.count)],
        "urged": [say("Only those who have not confirmed; the next reminder is possible tomorrow.")],
        "withdrawn": [say("Everybody who got it is told. For a correction write a new one.")],
    }[answer.done]
    if answer.done == "sent" and row.confirm_by:
        lines.append(say("To be confirmed by {day}", day=day(say, row.confirm_by.isoformat())))
    return Screen(head, tuple(lines), choices)


def state(say: Say, answer: status.AnnouncementState) -> Screen:
    """How an announcement stands, and what can be done."""
    row, number = answer.row, answer.row.id
    choices = [
        Choice(say("Look again"), status.AnnouncementStatus(number, answer.page)),
        Choice(say("Read it"), receiving.ReadAnnouncement(number)),
    ]
    if answer.may_urge:
        left = answer.standing.told - answer.standing.confirmed
        label = say("Remind those who have not confirmed ({count})", count=left)
        choices.insert(0, Choice(label, status.UrgeAnnouncement(number)))
    if answer.pages > 1:
        onward = status.AnnouncementStatus(number, (answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    if row.withdrawn_at is None:
        choices.append(Choice(say("Withdraw the announcement"), status.WithdrawAnnouncement(number)))
    choices += [Choice(say("Announcements sent"), status.SentAnnouncements()), Choice(say("Home"), Home())]
    title = say("Announcement: {title}", title=clean(row.title))
    return Screen(title, tuple(_state_lines(say, answer)), tuple(choices))


def _sent_line(say: Say, row: AnnouncementRow) -> str:
    who = audience_words(say, row.audience_name, row.role)
    sent_on = row.sent_on.isoformat() if row.sent_on else ""
    return say("Sent on {day} to {who}, by {name}", day=day(say, sent_on), who=who, name=row.author_name)


def _state_lines(say: Say, answer: status.AnnouncementState) -> list[str]:
    return counts_lines(say, answer.row, answer.standing) + _silent_lines(say, answer)


def counts_lines(say: Say, row: AnnouncementRow, standing: Standing) -> list[str]:
    """By whom to whom it was sent, until when it is to be confirmed, and the counts."""
    lines = [_sent_line(say, row)]
    if row.withdrawn_at is not None:
        lines.append(say("It is withdrawn; confirming is over. For a correction write a new one."))
    elif standing.told < row.recipients:
        lines.append(say("Being sent: {told} of {count} people so far", told=standing.told, count=row.recipients))
    if row.confirm_by:
        lines.append(say("To be confirmed by {day}", day=day(say, row.confirm_by.isoformat())))
    lines.append(
        say(
            "Sent to {told} people, {reached} reached, {confirmed} confirmed",
            told=standing.told,
            reached=standing.reached,
            confirmed=standing.confirmed,
        )
    )
    return lines


def _silent_lines(say: Say, answer: status.AnnouncementState) -> list[str]:
    """Who has not confirmed, by unit; who was not reached by any channel stands apart too."""
    left = answer.standing.told - answer.standing.confirmed
    if not left:
        return [say("All have confirmed.")] if answer.standing.told else []
    lines = []
    by_unit: dict[str, list[Silent]] = {}
    for each in answer.silent:
        by_unit.setdefault(each.unit_name, []).append(each)
    if len(by_unit) == 1 and answer.pages == 1:
        people = names(say, [each.name for each in answer.silent])
        lines.append(say("Not confirmed yet ({count}): {names}", count=left, names=people))
    else:
        lines.append(say("Not confirmed yet ({count}):", count=left))
        lines += [unit + say(": ") + names(say, [each.name for each in some]) for unit, some in by_unit.items()]
    failed = [each.name for each in answer.silent if each.failed]
    if failed:
        people = names(say, failed)
        lines.append(say("Not reached by any channel: {names}. Please tell them yourself.", names=people))
    if answer.standing.failed > len(failed):
        others = answer.standing.failed - len(failed)
        lines.append(say("{count} more on other pages were not reached by any channel.", count=others))
    return lines


def sent_list(say: Say, answer: status.SentList) -> Screen:
    """What was announced, each one tap from how it stands."""
    first = answer.page * status.LISTED + 1
    lines = tuple(f"{n}. {_listed(say, row)}" for n, row in enumerate(answer.rows, first))
    choices = [
        Choice(f"{n}. {short(row.title)}", status.AnnouncementStatus(row.number))
        for n, row in enumerate(answer.rows, first)
    ]
    if answer.page:
        before = status.SentAnnouncements(answer.page - 1, answer.everything)
        choices.append(Choice(say("Newer ones"), before))
    if answer.more:
        choices.append(Choice(say("Earlier ones"), status.SentAnnouncements(answer.page + 1, answer.everything)))
    choices += [Choice(say("New announcement"), writing.Announce()), Choice(say("Home"), Home())]
    return Screen(say("Announcements sent"), lines or (say("None yet."),), tuple(choices))


def _listed(say: Say, row: Listed) -> str:
    facts = {
        "title": clean(row.title),
        "day": day(say, row.sent_on.isoformat()),
        "who": audience_words(say, row.audience_name, row.role),
        "confirmed": row.confirmed,
        "count": row.recipients,
    }
    if row.withdrawn:
        return say("{title} ({day}, {who}, withdrawn)", **facts)
    return say("{title} ({day}, {who}, {confirmed} of {count} confirmed)", **facts)


def withdraw_question(say: Say, answer: status.WithdrawQuestion) -> Screen:
    """Really?"""
    number = answer.row.id
    lines = (
        say("Everybody who got it is told once that it is withdrawn; this cannot be taken back."),
        say("For a correction, withdraw it and send a new one."),
    )
    choices = (
        Choice(say("Confirm: withdraw"), status.WithdrawAnnouncement(number, confirmed=True)),
        Choice(say("Back"), status.AnnouncementStatus(number)),
    )
    return Screen(say("Withdraw “{title}”?", title=clean(answer.row.title)), lines, choices)


SCREENS: dict[type, Draw] = {
    status.AnnouncementDone: done,
    status.AnnouncementState: state,
    status.SentList: sent_list,
    status.WithdrawQuestion: withdraw_question,
}
