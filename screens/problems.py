"""A sentence for each reason to refuse: what is wrong, and what to do."""

from __future__ import annotations

from handlers.context import Refused
from handlers.declarations.forms import Declare, MyLines
from handlers.members import Help, Home
from rules.problems import Problem
from screens import calendars, documents, drafts, expressions, findings, forms, imports, reminding
from screens.declarations.lines import state_word
from screens.screen import Choice, Draw, Screen
from screens.tasks import problems as of_tasks
from screens.tasks import refusals, refusals_issuing
from screens.texts import Say, Sentences, clean, month, names


def _need(say: Say, need: str) -> str:
    """What a running house does not know yet."""
    return {
        "imported": say("imported values"),
        "details": say("further details of people and entries"),
        "classes": say("classes of members"),
        "units": say("points of units"),
        "population": say("figures of the whole class"),
        "past": say("results of former cycles"),
        "event": say("cycles by event"),
        "cycle": say("cycles other than the calendar year"),
        "dates": say("days of single entries"),
        "recorders": say("entries of peers, hosts, committees or the system"),
        "options": say("options of more than 64 characters"),
        "formulas": say("points of entries that ask for more than the entry"),
        "ballots": say("ballots"),
        "promises": say("promised tasks"),
    }[need]


WORDS: Sentences = {
    "quantity_out_of_range": lambda say, f: say(
        "{name}: the quantity must be more than 0 and at most {most}{unit}. Please type another.", **f
    ),
    "quantity_not_whole": lambda say, f: say("{name} is counted in whole {unit}. Please type a whole number.", **f),
    "quantity_not_half": lambda say, f: say("{name} is counted in halves of {unit}, such as 1.5.", **f),
    "judged_out_of_range": lambda say, f: say(
        "{name}: the points must be between {least} and {most}, with at most two decimals. Please type others.", **f
    ),
    "option_unknown": lambda say, f: say(
        "{name}: please choose one of {known}.", name=f["name"], known=names(say, f["known"])
    ),
    "notice_over": lambda say, f: say("The notice about personal data has changed. Please read the new one."),
    "reason_missing": lambda say, f: say("Please write a reason; the member will read it."),
    "text_empty": lambda say, f: say("Nothing was written. Please type a few words."),
    "text_too_long": lambda say, f: say("That is {length} characters; at most {most}. Please shorten it.", **f),
    "file_empty": lambda say, f: say("The file is empty. Please send it again."),
    "file_too_large": lambda say, f: say("The file has {size} MB; at most {most} MB. Please send a smaller one.", **f),
    "file_type_refused": lambda say, f: say(
        "This kind of file is not taken. Please send a photo (JPEG, PNG, WebP), PDF, Word or Excel file."
    ),
    "picture_too_large": lambda say, f: say(
        "The picture has more than {most} million points. Please send a smaller one.", **f
    ),
    "criterion_unknown": lambda say, f: say(
        "No criterion is called “{text}”. Please choose by category.", text=clean(str(f["text"]))[:30]
    ),
    "nothing_last_month": lambda say, f: say("Nothing was declared last month. Please choose by category."),
    "no_drafts": lambda say, f: say("There are no drafts. Please start a declaration."),
    "drafts_changed": lambda say, f: say("These lines were submitted or changed meanwhile. See this month's lines."),
    "period_over": lambda say, f: say(
        "{month} is over for new lines. Please declare in the current month.", month=month(say, f["period"])
    ),
    "line_unknown": lambda say, f: say("This line is not yours to open, or no longer there."),
    "line_state": lambda say, f: say(
        "{name} is already {state}{by}; nothing was changed.",
        name=f["name"],
        state=state_word(say, f["state"]),
        by=_by(say, f["reviewer"]),
    ),
    "undo_over": lambda say, f: say("Undo is possible for five minutes. Single lines can still be withdrawn."),
    "not_allowed": lambda say, f: say("Your role does not allow this here. Please ask your branch secretary."),
    "not_reviewer": lambda say, f: say("Only branch secretaries and organisation officers review lines."),
    "not_recorder": lambda say, f: say("Only branch secretaries record entries for others."),
    "number_not_shown": lambda say, f: say(
        "Number {numbers} is not on the list (1 to {most}). Nothing was changed.", **f
    ),
    "meeting_recorded": lambda say, f: say(
        "{name} is already recorded for today. Correct single entries instead.", **f
    ),
    "member_unknown": lambda say, f: say("You are not a member of a unit today. Please ask your branch secretary."),
    "no_scheme": lambda say, f: say("No rulebook is in force for your unit yet. Please ask the committee."),
    "no_such_figure": lambda say, f: say("There is no such category. Please choose one."),
    "entry_unknown": lambda say, f: say("This entry does not exist."),
    "entry_reversed_already": lambda say, f: say("This entry was taken back already."),
    "not_declaring": lambda say, f: say("Only members of a branch declare points."),
    "declared_already": lambda say, f: say("Last month's lines all stand this month already; nothing was added."),
    "not_returned": lambda say, f: say("An entry of the organisation is approved or rejected, not returned."),
    "reverse_own": lambda say, f: say("Nobody takes back an entry of his own; please ask another reviewer."),
    "no_such_member": lambda say, f: say("No member has the code {code}.", code=clean(f["member"])),
    "no_such_unit": lambda say, f: say("No unit has the code {code}.", code=clean(f["unit"])),
    "no_units": lambda say, f: say("There are no units yet. First: zhibu init"),
    "days_out_of_range": lambda say, f: say("An invitation is good for 1 to {most} days.", **f),
    "people_already": lambda say, f: say(
        "This folder holds people already; nothing was changed. Give another folder with ZHIBU_DATA, "
        "or for a new link: zhibu invite CODE"
    ),
    "title_too_long": lambda say, f: say(
        "The first line is the title; it has {length} characters, at most {most}. Put a short title on the first line.",
        **f,
    ),
    "not_announcer": lambda say, f: say(
        "Only branch secretaries, organisation officers, grid leads, the committee and administrators announce."
    ),
    "announcement_unknown": lambda say, f: say("This announcement is not yours to open, or no longer there."),
    "announcement_sent": lambda say, f: say(
        "It is sent already and cannot be changed. Withdraw it and send a new one."
    ),
    "announcement_nobody": lambda say, f: say("There is nobody to send it to. Choose somebody else."),
    "announcement_withdrawn": lambda say, f: say("It is withdrawn; nobody need be reminded."),
    "announcement_confirmed": lambda say, f: say("All have confirmed; nobody need be reminded."),
    "urged_today": lambda say, f: say("A reminder went out today already; one a day is enough. Try again tomorrow."),
    "nothing_to_confirm": lambda say, f: say("There is no announcement that you have still to confirm."),
    "invitation_over": lambda say, f: say(
        "This link cannot be used any more. Please ask your secretary for a new one."
    ),
    "account_bound": lambda say, f: say("This account is bound to you already."),
    "account_of_other": lambda say, f: say("This account is bound already; end that first by typing: unbind."),
    "binding_refused": lambda say, f: say("This request was refused. Please speak to your secretary."),
    "binding_decided": lambda say, f: say("This request was decided meanwhile; nothing was changed."),
    "nothing_bound": lambda say, f: say(
        "No other account than the web chat is bound to you. To use another app, ask your branch secretary for a link."
    ),
    "kind_not_taken": lambda say, f: say(
        "This kind of message is not understood. Please send text, a photo or a file."
    ),
    "edit_ignored": lambda say, f: say("An edited message is not read again. Please send it anew."),
    "file_not_fetched": lambda say, f: say("The file could not be fetched. Please send it again."),
    "pin_wrong": lambda say, f: say("The PIN is wrong. {left} tries are left.", **f),
    "absent": lambda say, f: say("There is nothing here that you may see."),
    "no_console": lambda say, f: say("The console is for those who hold a role, such as branch secretaries."),
    "link_over": lambda say, f: say(
        "This link was used or is older than ten minutes. Please type “console” in the chat for a new one."
    ),
    "session_over": lambda say, f: say("Your session is over. Please sign in again."),
    "password_wrong": lambda say, f: say("The code or the password is wrong. Please try again."),
    "account_rests": lambda say, f: say(
        "Too many wrong passwords: no password is taken for {minutes} minutes. Please come in by a link from the chat.",
        **f,
    ),
    "password_short": lambda say, f: say("The password needs at least {least} characters.", **f),
    "password_long": lambda say, f: say("The password may have at most {most} characters.", **f),
    "password_about_you": lambda say, f: say("The password must not hold your name or code."),
    "password_weak": lambda say, f: say("This password is easy to guess. Please take three or four unrelated words."),
    "password_differs": lambda say, f: say("The two entries differ. Please type the new password twice."),
    "own_role": lambda say, f: say("Nobody changes his own roles. Please ask another administrator or officer."),
    "role_held": lambda say, f: say("This role is held already on some of these days. End it first."),
    "role_over": lambda say, f: say("This has ended already; nothing was changed."),
    "dates_order": lambda say, f: say("The last day lies before the first, or is over. Please check the dates."),
    "date_unclear": lambda say, f: say("Please choose a day, such as 2026-12-01."),
    "deputy_unknown": lambda say, f: say("No other member in your scope has this code. Please check it."),
    "deputy_dates": lambda say, f: say(
        "A deputy needs a first and a last day, at most {most} days apart, the last not before today.", **f
    ),
    "choose_one": lambda say, f: say("Please choose one of the list."),
    "version_published": lambda say, f: say(
        "Version {version} of {scheme} is published and cannot be changed. Give the file a new version.", **f
    ),
    "scheme_unreadable": lambda say, f: say(
        "The rulebook cannot be read. Line {line}, column {column}: {told}",
        line=f["line"],
        column=f["column"],
        told=WORDS[f["code"]](say, f["facts"]),
    ),
    "scheme_overlay_alone": lambda say, f: say("This file adds to a rulebook and is none by itself."),
    "scheme_not_live": lambda say, f: say(
        "A running house has no {need} for this rulebook yet; score it with: zhibu scheme score.",
        need=_need(say, f["need"]),
    ),
    "overlay_of_another": lambda say, f: say("It adds to {scheme} {version}; the rulebook given is {given}.", **f),
    "overlay_category_unknown": lambda say, f: say("The rulebook has no category {name}.", **f),
    "overlay_not_allowed": lambda say, f: say("To the category {category} nothing may be added.", **f),
    "overlay_too_many": lambda say, f: say("To {category} at most {most} may be added; these are {count}.", **f),
    "overlay_too_much": lambda say, f: say("{name}: what is added may be worth at most {most} points each.", **f),
    "facts_not_a_mapping": lambda say, f: say("The file must hold subjects and entries."),
    "facts_subject_twice": lambda say, f: say("Two subjects have the same id."),
    "facts_subject_unknown": lambda say, f: say("There is no subject {name} in the file.", **f),
    "facts_entry_twice": lambda say, f: say("Two entries have the id {name}.", **f),
    "facts_criterion_unknown": lambda say, f: say("The rulebook has no criterion {name}.", **f),
    "facts_option_unknown": lambda say, f: say("There is no option “{name}”. The options are: {known}.", **f),
    "line_not_posted": lambda say, f: say("Line {line} is approved but has no ledger entry.", **f),
    "entry_differs": lambda say, f: say("Ledger entry {entry} does not match its line.", **f),
    "summary_differs": lambda say, f: say(
        "The stored figures of member {member} in {year} do not match the ledger.", **f
    ),
    "period_unclear": lambda say, f: say("Give a month such as 2026-11 or a year such as 2026."),
    "nothing_ticked": lambda say, f: say("Nothing is chosen. Please tick the lines first."),
    "export_busy": lambda say, f: say("Two files are being made already. Please try again in a minute."),
    "day_unclear": lambda say, f: say("Give two days in order, such as 2026-11-01 and 2026-11-30."),
    "filter_unclear": lambda say, f: say("There is no such choice in the filter. Please choose from the list."),
    "narrow_first": lambda say, f: say(
        "Over more than one month, choose a branch or a member first, or take the list away as a file."
    ),
    "too_many_found": lambda say, f: say(
        "More than {most} members fit. Please give more of the name, or the code.", **f
    ),
    "audit_broken": lambda say, f: say("The audit chain is broken at entry {entry}.", **f),
    **documents.WORDS,
    **drafts.WORDS,
    **expressions.WORDS,
    **findings.WORDS,
    **forms.WORDS,
    **imports.WORDS,
    **reminding.WORDS,
    **calendars.WORDS,
    **refusals.WORDS,
    **of_tasks.WORDS,
    **refusals_issuing.WORDS,
    "backup_busy": lambda say, f: say("Another backup is being made in {folder}. Wait until it is done.", **f),
    "backup_no_space": lambda say, f: say(
        "Not enough space in {folder}: {needed} MB are needed, {free} MB are free. Nothing was begun.", **f
    ),
    "backup_disk_full": lambda say, f: say("The disk is full or a limit was met in {folder}. Nothing was kept.", **f),
    "backup_forbidden": lambda say, f: say("The system does not allow writing or reading in {folder}.", **f),
    "backup_no_file": lambda say, f: say("There is no file {file}.", **f),
    "backup_system": lambda say, f: say("The system refused with error {number} in {folder}.", **f),
    "backup_source_unreadable": lambda say, f: say("The database could not be read. Run zhibu verify."),
    "backup_not_whole": lambda say, f: say(
        "{file} is not a whole backup of this program: it was cut short, damaged, or is something else.", **f
    ),
    "backup_files_only": lambda say, f: say(
        "{file} holds files only. Its database is restored by pg_restore; tar opens the file (docs/postgres.md).", **f
    ),
    "backup_damaged": lambda say, f: say("{file} is damaged. Take another backup.", **f),
    "backup_name_unsafe": lambda say, f: say(
        "{file} holds a name that a backup never has ({name}). It was not opened.",
        file=f["file"],
        name=clean(f["name"]),
    ),
    "backup_database_damaged": lambda say, f: say("The database in the backup is damaged: {found}", **f),
    "backup_rows_differ": lambda say, f: say("The database in the backup does not hold what its list says."),
    "backup_newer": lambda say, f: say(
        "The backup was made by a newer version (tables {revision}; this one: {newest}). Update the program first.",
        **f,
    ),
    "backup_not_upgraded": lambda say, f: say(
        "The tables of the backup (revision {revision}) could not be updated.", **f
    ),
    "backup_unsound": lambda say, f: say(
        "The figures do not fit, so this is no good backup. It was kept as {file} for examination.", **f
    ),
    "backup_incomplete": lambda say, f: say(
        "{file}: {missing} files of evidence are missing or changed, and are so in the backup.", **f
    ),
    "backup_killed": lambda say, f: say("The backup process ended before its time (code {code}).", **f),
    "restore_holds_data": lambda say, f: say(
        "{folder} holds data already. Give another folder, or --replace to move it aside.", **f
    ),
}

HINTS: Sentences = {**documents.HINTS, **findings.HINTS}
"""The code of a problem → a hint that says what to do about it."""

DECLARE_INSTEAD = {
    "criterion_unknown",
    "declared_already",
    "nothing_last_month",
    "no_drafts",
    "period_over",
    "quantity_out_of_range",
}


def _by(say: Say, reviewer: str) -> str:
    return say(" (by {name})", name=clean(reviewer)) if reviewer else ""


def sentence(say: Say, problem: Problem) -> str:
    """The sentence of a problem."""
    return WORDS[problem.code](say, problem.facts)


def refused(say: Say, answer: Refused) -> Screen:
    """Every reason, and the ways on."""
    seen: dict[str, None] = {sentence(say, problem): None for problem in answer.problems}
    codes = {problem.code for problem in answer.problems}
    choices = [Choice(say("Home"), Home())]
    if codes & DECLARE_INSTEAD:
        choices.insert(0, Choice(say("Declare"), Declare()))
    if codes & {"drafts_changed", "line_state", "undo_over"}:
        choices.insert(0, Choice(say("This month's lines"), MyLines()))
    if codes & {"not_allowed"}:
        choices.append(Choice(say("Help"), Help()))
    return Screen(say("Not done"), tuple(seen), tuple(choices))


SCREENS: dict[type, Draw] = {Refused: refused}
