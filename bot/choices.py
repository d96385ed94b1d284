"""What the company chose or still has to choose, looked at without reaching anybody: for the doctor."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime

import classifiers
from bot.bootstrap import model_of, public_holidays
from bot.channels.x.platform import COSTS
from bot.core.errors import RightsDeskError
from bot.finding import Finding, mend
from bot.settings import Settings
from bot.social import is_on
from replies.vocabulary import load_vocabulary


def choices(settings: Settings) -> Iterator[Finding]:
    """Look at the files, the reader, the calendar, and what nobody has decided yet."""
    yield from _secrets(settings)
    yield _reader(settings)
    yield _calendar(settings)
    yield from _still_to_say(settings)
    yield from _asked_in_words(settings)
    yield from _left_off(settings)
    for name, value, decides in settings.unconfirmed():
        written = ", ".join(sorted(value)) if isinstance(value, frozenset) else value or "nothing"
        text = f"still at its default ({written}); it says {decides}. Have your lawyers confirm it and write it down"
        yield Finding(name, ok=False, text=text)


def _secrets(settings: Settings) -> Iterator[Finding]:
    if not settings.keys_path.exists():
        text = f"{settings.keys_path} is made with the first start; back it up apart from the database"
        yield Finding("keys", ok=True, text=text)
    there = [path for path in settings.secret_files() if path.is_file()]
    for path in there:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield mend("secrets", f"others may read {path}: `chmod 600 {path}`")
        else:
            yield Finding("secrets", ok=True, text=f"{path}, readable by its owner only")


def _reader(settings: Settings) -> Finding:
    folder = model_of(settings)
    wrong = classifiers.complaint(folder)
    if wrong:
        option = "" if folder == classifiers.MODEL_DIR else f" --out {folder}"
        return mend("reader", f"{wrong}: run `nexio-intake train{option}`")
    return Finding("reader", ok=True, text=f"pipeline in {folder}, current")


def _asked_in_words(settings: Settings) -> Iterator[Finding]:
    """Name the facts that people would be asked for by the name of a column."""
    asked = dict.fromkeys((*settings.identity.facts, *settings.identity.second_facts))
    unnamed = [fact for fact in asked if fact not in {*load_vocabulary("en").field, *settings.fields}]
    if asked:
        how = f"people are asked for “{', '.join(unnamed)}”, as the file calls it: say it in words under [fields.NAME]"
        yield Finding("facts", ok=not unnamed, text=how if unnamed else "asked in the person's language")


def _left_off(settings: Settings) -> Iterator[Finding]:
    """Say of an account that costs money what it costs, where nobody said that they pay."""
    for section in settings.social:
        if not is_on(section):
            yield Finding(section.name, ok=True, text=f"off. {COSTS}; `paid = true` turns it on")


def _calendar(settings: Settings) -> Finding:
    """Say how far public holidays are known: a date set now may lie three months ahead (Art. 12(3))."""
    this_year = datetime.now(UTC).year
    try:
        known = {day.year for day in public_holidays(settings.company.country, settings.company.subdivision)}
    except RightsDeskError as unknown:
        return mend("holidays", str(unknown))
    last = this_year - 1
    while last + 1 in known:
        last += 1
    if last <= this_year:
        return mend("holidays", f"known until {last} only: install a newer version of the package `holidays`")
    return Finding("holidays", ok=True, text=f"known until {last}")


def _still_to_say(settings: Settings) -> Iterator[Finding]:
    """List what the company still has to say."""
    if not settings.company.authority:
        text = (
            "name the lead authority (company.authority, such as NL or DE-BY); until then a refusal to anybody "
            "whose country we don't know can't be approved"
        )
        yield Finding("company.authority", ok=False, text=text)
    if not settings.staff.notify:
        text = "nobody hears of deadlines and alarms: set staff.notify"
        yield Finding("staff.notify", ok=False, text=text)
    if settings.smtp_out is None:
        yield mend("smtp_out", "no way out for mail: add [smtp_out]")
    if not (settings.mailbox or settings.smtp_in or settings.telegram or settings.social):
        yield mend("sources", "no way in: add [[mailbox]], [smtp_in], [telegram] or [[social]]")
    if settings.replies.mode == "observe":
        yield Finding("replies.mode", ok=False, text="observe: drafts are written, nothing is approved or sent")
