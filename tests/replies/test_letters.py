"""What people read: the words of each letter, and what a letter may not say."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.core.challenge import LIFETIME
from bot.core.drafts import CODE_SLOT, CODES_TYPED_ELSEWHERE, DraftKind, Question
from bot.core.letters import Brief, Extent, Finding, ItemBrief, Letter, RecordField
from bot.core.messages import MAIL, TELEGRAM, Way, is_chat
from bot.core.pages import NO_LINKS
from bot.core.ports import Writer
from bot.core.rights import OUR_LANGUAGES, RIGHTS, DataCategory, RequestType, Scope
from replies import Company, LetterWriter, iter_samples
from replies.checks import LONGEST_CHAT, as_judged
from replies.markup import read_aloud
from replies.policy import PUBLISHED
from replies.samples import PROMISE, REFERENCE, STATUTORY, TODAY, exchanges, item, record
from replies.vocabulary import load_vocabulary
from replies.wording import Wording

GOLDEN: Final = Path(__file__).parent / "golden"
WRITER: Final = LetterWriter(PUBLISHED)
SAMPLES: Final = {sample.name: sample.brief for sample in iter_samples()}
COMPARED_WHOLE: Final = {
    "acknowledgement": "acknowledgement plausible 'Claire Martin'",
    "acknowledgement-unproven": "acknowledgement unproven",
    "opt-out": "opt-out email+post",
    "code-by-reply": "code_by_reply 0",
    "clarification": "clarification unproven",
    "which-address": "chat which_address 0",
    "answer-erasure": "answer erasure",
    "answer-nothing": "answer access nothing",
    "answer-unproven": "answer access unproven",
    "answer-everything": "answer everything one",
    "erasure-partly": "answer erasure partly",
    "access-partly": "answer access partly",
    "objection-refused": "answer objection refused",
    "rectification-refused": "answer rectification refused",
    "not-identifiable": "answer access not_identifiable",
    "fee": "interim access fee",
    "extension": "extension redaction of several",
    "reminder": "reminder code_by_reply",
    "status": "status",
    "status-late": "status late",
}

STRANGER: Final = Brief(
    kind=DraftKind.ACKNOWLEDGEMENT,
    language="en",
    channel=MAIL,
    reference=REFERENCE,
    promise_due=PROMISE,
    today=TODAY,
    first=True,
)
CUSTOMER: Final = replace(
    STRANGER, plausible=True, name="Claire Martin", subject="My account", items=(item(RequestType.ERASURE),)
)


GERMAN_BEGINNINGS: Final = {
    *("Ihre", "Ihr", "Ihrer", "Ihnen", "Sie"),
    *(
        "abgesehen",
        "damit",
        "am",
        "bitte",
        "das",
        "der",
        "diese",
        "dieser",
        "eine",
        "hier",
        "noch",
        "jemand",
        "mit",
        "nichts",
        "unser",
    ),
    *("vielen", "wenn", "wir"),
}


def write(brief: Brief) -> Letter:
    return WRITER.compose(brief)


def words(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def test_it_is_the_port_the_desk_expects() -> None:
    writer: Writer = WRITER
    assert writer.compose(STRANGER).body


@pytest.mark.parametrize("language", OUR_LANGUAGES)
@pytest.mark.parametrize("name", COMPARED_WHOLE)
def test_letters_read_as_agreed(language: str, name: str) -> None:
    """Compare whole letters; to accept new words, delete the file, run once, and read what was written."""
    letter = write(SAMPLES[f"{language} {COMPARED_WHOLE[name]}"])
    written = f"{letter.subject}\n\n{letter.body}\n"
    agreed = GOLDEN / f"{language}-{name}.txt"
    if not agreed.exists():
        agreed.write_text(written, encoding="utf-8")
        pytest.fail(f"{agreed.name} did not exist: read it, then run again")
    assert written == agreed.read_text(encoding="utf-8")


@pytest.mark.rule(16)
@pytest.mark.parametrize(
    "question", [Question.CODE_BY_REPLY, *sorted(CODES_TYPED_ELSEWHERE), Question.CODE_SENT, Question.CODE_WRONG]
)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_an_identity_question_is_the_same_for_known_and_unknown(language: str, question: Question) -> None:
    asked = replace(STRANGER, kind=DraftKind.IDENTITY_QUESTION, language=language, question=question, tries_left=3)
    known = replace(
        asked,
        plausible=True,
        proven=True,
        name="Claire Martin",
        subject="My account",
        items=tuple(item(right, provisional=True) for right in RequestType),
        finding=Finding.ONE,
        identifier="claire.martin@example.org",
        record=record(6),
        correspondence=exchanges(3),
        categories=frozenset(DataCategory),
        candidates=RIGHTS,
        unsure=RIGHTS,
    )
    assert write(asked) == write(known)


@pytest.mark.parametrize("language", OUR_LANGUAGES)
@pytest.mark.parametrize("kind", [DraftKind.ACKNOWLEDGEMENT, DraftKind.CLARIFICATION, DraftKind.HOLDING])
def test_a_stranger_hears_nothing_of_what_was_read(language: str, kind: DraftKind) -> None:
    plain = replace(STRANGER, kind=kind, language=language)
    told = replace(
        plain, name="Mallory", subject="Buy now", items=(item(RequestType.HUMAN_REVIEW),), candidates=RIGHTS[:1]
    )
    assert write(plain) == write(told)


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_an_unproven_acknowledgement_holds_the_reference_and_the_promise_and_not_the_law(language: str) -> None:
    letter = write(replace(STRANGER, language=language))
    assert REFERENCE in letter.body
    assert REFERENCE in letter.subject
    assert "2026" in letter.body
    assert "12" not in letter.body.replace(REFERENCE, "")


def test_a_plausible_sender_hears_what_was_understood_and_both_dates_apart() -> None:
    letter = write(CUSTOMER)
    assert letter.subject == f"Re: My account ({REFERENCE})"
    assert "Dear Claire Martin," in letter.body
    assert "have your data or your account deleted (Article 17 GDPR)" in letter.body
    assert "We promise to answer you by 7 February 2026 at the latest." in letter.body
    assert "The law gives us until 2 March 2026 at most (Article 12(3) GDPR)." in letter.body


@pytest.mark.rule(2)
def test_the_law_is_not_quoted_for_a_complaint() -> None:
    letter = write(replace(CUSTOMER, items=(item(RequestType.COMPLAINT),)))
    assert "12(3)" not in letter.body


@pytest.mark.rule(2)
def test_different_clocks_are_told_apart() -> None:
    late = ItemBrief(RequestType.ACCESS, promise_due=date(2026, 2, 9), statutory_due=date(2026, 3, 4))
    letter = write(replace(CUSTOMER, items=(item(RequestType.ERASURE), late, item(RequestType.COMPLAINT))))
    assert "Erasure of your data: we promise to answer by 7 February 2026 at the latest." in letter.body
    assert "Copy of your data: we promise to answer by 9 February 2026 at the latest." in letter.body
    assert "until 4 March 2026 at most" in letter.body


OWN_WORDS: Final = {"last_order": {"fr": "Votre dernière commande", "en": "o", "nl": "o", "de": "Letzte Bestellung"}}


def test_columns_of_the_company_are_called_by_its_own_words_in_each_language() -> None:
    writer = LetterWriter(replace(PUBLISHED, fields=OWN_WORDS))
    asked = replace(SAMPLES["fr facts 3"], facts=("last_order", "country"))
    assert "\n- Votre dernière commande\n- Pays\n" in writer.compose(asked).body
    held = replace(SAMPLES["de answer access"], record=(RecordField("last_order", "2026-01-05"),))
    assert "\n- Letzte Bestellung: 2026-01-05\n" in writer.compose(held).body
    assert "\n- Last order: 2026-01-05\n" in write(replace(held, language="en")).body


ASKED: Final = {
    "fr": "Le 6 janvier 2026, nous vous avons demandé une confirmation, que nous n’avons pas reçue.",
    "en": "On 6 January 2026 we asked you for a confirmation, and it has not reached us.",
    "nl": "Op 6 januari 2026 hebben wij u om een bevestiging gevraagd; die hebben wij niet ontvangen.",
    "de": "Am 6. Januar 2026 haben wir Sie um eine Bestätigung gebeten; sie ist nicht bei uns eingegangen.",
}


@pytest.mark.rule(8)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_a_letter_after_silence_says_when_the_proof_was_asked_for(language: str) -> None:
    asked = SAMPLES[f"{language} answer everything asked in vain"]
    assert ASKED[language] in write(asked).body
    never = write(replace(asked, asked=None))
    assert ASKED[language][:6] not in never.body
    assert len(never.open_slots) == len(write(asked).open_slots) + 1


@pytest.mark.parametrize("right", [RequestType.RESTRICTION, RequestType.OBJECTION, RequestType.CONSENT_WITHDRAWAL])
def test_who_takes_back_what_was_stopped_already_is_not_told_that_nothing_changed(right: RequestType) -> None:
    name = f"answer {right} withdrawn"
    assert "Nothing was changed." in write(SAMPLES[f"en {name}"]).body
    for kind in ("", "chat "):
        stopped = write(SAMPLES[f"en {kind}{name} after a precaution"]).body
        assert "The precaution we had taken has ended" in stopped
        assert "Nothing was changed" not in stopped


@pytest.mark.rule(2, refused=True)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_a_late_letter_cites_the_month_for_nothing_else_either(language: str) -> None:
    words = load_vocabulary(language)
    asked = (item(RequestType.COMPLAINT), item(RequestType.ERASURE), item(RequestType.CONSENT_WITHDRAWAL))
    body = write(replace(CUSTOMER, language=language, items=asked, today=PROMISE + timedelta(days=1), late=True)).body
    paragraphs = body.split("\n\n")
    at = next(
        i
        for i, paragraph in enumerate(paragraphs)
        if "2 mars" in paragraph or "March" in paragraph or "maart" in paragraph or "März" in paragraph
    )
    assert paragraphs[at].endswith(":")
    assert paragraphs[at + 1] == f"- {words.right[RequestType.ERASURE].topic}"


def test_dates_that_are_over_are_not_told_as_if_they_were_ahead() -> None:
    older = ItemBrief(RequestType.ACCESS, promise_due=date(2026, 1, 20), statutory_due=date(2026, 2, 13))
    asked = (older, item(RequestType.ERASURE), item(RequestType.COMPLAINT))
    body = write(replace(CUSTOMER, items=asked, promise_due=older.promise_due, late=True)).body
    assert "We did not keep that promise, and we apologise. These are the dates that count:" in body
    assert "- Copy of your data: the law gives us until 13 February 2026 at most (Article 12(3) GDPR)." in body
    assert "20 January 2026" in body.split("These are")[0]
    assert "20 January 2026" not in body.split("These are")[1]
    assert "- Complaint: we promise to answer by 7 February 2026 at the latest.\n" in body
    over = write(replace(CUSTOMER, items=(older, item(RequestType.ERASURE)), today=date(2026, 4, 1))).body
    assert "Article 12(3)" not in over


@pytest.mark.rule(12)
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_who_proved_who_they_are_hears_of_the_precaution_that_was_taken_before(language: str) -> None:
    held = load_vocabulary(language).held[RequestType.OBJECTION]
    assert f"\n- {held}\n" in write(SAMPLES[f"{language} code right after a precaution"]).body


def test_provisional_measures_are_told() -> None:
    letter = write(replace(CUSTOMER, items=(item(RequestType.OBJECTION, provisional=True),)))
    assert "We have suspended the use you object to." in letter.body


@pytest.mark.parametrize(
    "brief",
    [
        replace(STRANGER, opted_out=frozenset({Scope.EMAIL})),
        replace(CUSTOMER, opted_out=frozenset({Scope.EMAIL})),
        replace(
            STRANGER,
            kind=DraftKind.IDENTITY_QUESTION,
            question=Question.CODE_BY_REPLY,
            opted_out=frozenset({Scope.EMAIL}),
        ),
        replace(STRANGER, kind=DraftKind.CLARIFICATION, opted_out=frozenset({Scope.EMAIL})),
    ],
    ids=["stranger", "customer", "identity", "clarification"],
)
def test_an_opt_out_is_confirmed_before_anything_else_and_can_be_undone(brief: Brief) -> None:
    paragraphs = write(brief).body.split("\n\n")
    assert paragraphs[2].startswith("You will no longer receive marketing e-mails or newsletters from us.")
    assert paragraphs[3].startswith(
        "It applies to the address we are writing to here. If we still reach you elsewhere,"
    )
    assert paragraphs[4] == "Was this a mistake? Reply to this message and we will undo it."


def test_a_marketing_objection_of_a_customer_is_confirmed_from_its_item() -> None:
    objection = item(RequestType.OBJECTION, marketing=True, provisional=True, done=True)
    letter = write(replace(CUSTOMER, kind=DraftKind.UNSUBSCRIBE_CONFIRMATION, items=(objection,)))
    assert "You will no longer receive any marketing or survey invitations from us, by any means." in letter.body
    assert "suspended" not in letter.body


def test_every_scope_at_once_is_said_once() -> None:
    each = frozenset({Scope.EMAIL, Scope.PHONE, Scope.POST, Scope.SURVEY})
    stopped = replace(STRANGER, kind=DraftKind.UNSUBSCRIBE_CONFIRMATION)
    assert write(replace(stopped, opted_out=each)) == write(replace(stopped, opted_out=frozenset({Scope.ALL})))


@pytest.mark.rule(34)
def test_only_the_first_letter_carries_the_notices() -> None:
    first, later = write(CUSTOMER).body, write(replace(CUSTOMER, first=False)).body
    assert "This message is automatic." in first
    assert "Your data in this exchange" in first
    assert "This message is automatic." not in later
    assert "Your data in this exchange" not in later


def test_the_welcome_names_no_case_because_there_is_none() -> None:
    letter = write(replace(STRANGER, channel=TELEGRAM, question=Question.WELCOME, promise_due=TODAY))
    assert REFERENCE not in letter.body + letter.subject


def test_a_chat_message_is_short_and_holds_no_case_details() -> None:
    for name, brief in SAMPLES.items():
        if is_chat(brief.channel):
            letter = write(brief)
            assert len(letter.body) <= LONGEST_CHAT, name
            assert not letter.html, name
            assert "@" not in as_judged(brief, letter).body.replace(PUBLISHED.contact, ""), name


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_text_and_html_say_the_same(language: str) -> None:
    for name, brief in SAMPLES.items():
        if brief.language != language or brief.channel != MAIL:
            continue
        letter = write(brief)
        assert words(read_aloud(letter.html)) == words(letter.body), name
        assert f'<html lang="{language}">' in letter.html, name
        assert letter.html.count("<h1>") == 1, name
        assert "{%" not in letter.body, name
        assert "None" not in letter.body, name


def test_only_a_letter_that_carries_a_code_holds_its_slot() -> None:
    for name, brief in SAMPLES.items():
        letter = write(brief)
        coded = {Question.CODE_BY_REPLY, Question.SECOND_PROOF, *CODES_TYPED_ELSEWHERE}
        carries = brief.channel == MAIL and brief.question in coded
        linked = brief.question is Question.CODE_FOR_CHAT and bool(brief.links.chat)
        assert letter.body.count(CODE_SLOT) == carries + linked, name
        assert CODE_SLOT not in letter.open_slots, name
        assert CODE_SLOT not in letter.subject, name


@pytest.mark.parametrize("kind", [DraftKind.ACKNOWLEDGEMENT, DraftKind.IDENTITY_QUESTION, DraftKind.CLARIFICATION])
def test_what_leaves_by_itself_has_no_open_slot(kind: DraftKind) -> None:
    for brief in SAMPLES.values():
        if brief.kind is kind:
            assert write(brief).open_slots == ()


def test_the_first_of_a_month_is_french() -> None:
    letter = write(replace(STRANGER, language="fr", promise_due=date(2026, 2, 1)))
    assert "au plus tard le 1er février 2026" in letter.body


def test_german_goes_on_in_lower_case_after_the_greeting() -> None:
    for name, brief in SAMPLES.items():
        if not name.startswith("de ") or brief.channel != MAIL:
            continue
        text = write(brief).body.split("Guten Tag", 1)[1].split("\n\n", 1)[1]
        text = text.split("\n\n", 1)[1] if text.startswith("⟦Bitte zuerst") else text
        assert text.split()[0] in GERMAN_BEGINNINGS, name


def test_an_answer_says_what_was_found_under_the_address_that_was_proven() -> None:
    letter = write(SAMPLES["en answer access nothing"])
    assert "Apart from this exchange, we found nothing under claire.martin@example.org." in letter.body


def test_an_access_answer_carries_the_record_and_the_correspondence() -> None:
    letter = write(SAMPLES["en answer 40 records"])
    assert letter.body.count("\n- Column ") == 35
    assert letter.body.count("> Subject: Mes données") == 40
    assert "- Customer number: C-1042" in letter.body
    assert "- Language: Dutch" in letter.body


@pytest.mark.rule(11, refused=True)
def test_an_unproven_answer_discloses_nothing_and_names_the_way_on() -> None:
    careless = replace(
        SAMPLES["en answer access stranger"], record=record(6), correspondence=exchanges(2), finding=Finding.ONE
    )
    letter = write(careless)
    assert "C-1042" not in letter.body
    assert "copy of your data" not in letter.body
    assert "Claire" not in letter.body
    assert "Mes données" not in letter.subject
    for due in ("(Article 12(6) GDPR)", "supervisory authority", "go to court", "we will send you a code"):
        assert due in letter.body


def test_what_needs_no_proof_is_answered_beside_what_does() -> None:
    both = (item(RequestType.ACCESS), item(RequestType.RESTRICTION))
    letter = write(replace(SAMPLES["en answer access unproven"], items=both))
    assert "We have not been able to act on your request." in letter.body
    assert "Your data is no longer used, as you asked" in letter.body


def test_several_records_are_asked_apart_in_time_for_an_answer() -> None:
    letter = write(SAMPLES["en answer access several"])
    assert "by 23 February 2026 at the latest" in letter.body
    assert "C-1042" not in letter.body
    assert (STATUTORY - date(2026, 2, 23)).days == 7


def test_a_reading_that_is_unsure_is_confirmed_by_a_colleague_first() -> None:
    letter = write(replace(SAMPLES["fr answer erasure"], unsure=(RequestType.ERASURE,)))
    assert letter.open_slots[0].startswith("⟦Collègue\u00a0: confirmez d’abord notre lecture")
    assert "⟦ce qui a été effacé, et quand⟧" in letter.open_slots


def test_a_missed_promise_gets_an_apology_and_the_law_does_not() -> None:
    late = replace(SAMPLES["en answer erasure"], late=True)
    assert "We did not keep that promise, and we apologise." in write(late).body
    assert "apologise" not in write(SAMPLES["en answer erasure"]).body


@pytest.mark.rule(3)
@pytest.mark.parametrize(
    ("language", "sorry"), [("en", "apolog"), ("fr", "excus"), ("nl", "excuses"), ("de", "ntschuldig")]
)
def test_a_letter_apologises_for_a_missed_promise_and_says_that_it_did(language: str, sorry: str) -> None:
    ours = {name: brief for name, brief in SAMPLES.items() if name.startswith(f"{language} ")}
    past = Wording(PUBLISHED, load_vocabulary(language)).day(TODAY - timedelta(days=1))
    owned_to = set()
    for name, brief in ours.items():
        letter = write(brief)
        assert letter.apologises is (sorry in letter.body), name
        if letter.apologises:
            owned_to.add((brief.kind, brief.question, is_chat(brief.channel)))
        if name.endswith("after the apology"):
            assert past not in letter.body, name
    assert owned_to >= {
        (DraftKind.ACKNOWLEDGEMENT, None, False),
        (DraftKind.ACKNOWLEDGEMENT, None, True),
        (DraftKind.IDENTITY_QUESTION, Question.CODE_BY_REPLY, False),
        (DraftKind.CLARIFICATION, Question.WHICH_RIGHT, False),
        (DraftKind.STATUS, None, False),
        (DraftKind.STATUS, None, True),
        (DraftKind.HOLDING, None, False),
        (DraftKind.EXTENSION, None, True),
        (DraftKind.ANSWER, None, False),
    }


_WRITTEN_BACK: Final = {"en": "eply to this", "fr": "ce message", "nl": "dit bericht", "de": "diese Nachricht"}
_BROUGHT: Final = {DraftKind.ANSWER, DraftKind.INTERIM, DraftKind.EXTENSION, DraftKind.RECORD_NOTICE}


@pytest.mark.rule("letters")
@pytest.mark.parametrize("way", [Way.LETTER, Way.CALL])
@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_nobody_is_asked_to_reply_to_what_is_said_or_comes_on_paper(language: str, way: Way) -> None:
    ours = {
        name: brief for name, brief in SAMPLES.items() if name.startswith(f"{language} ") and brief.kind in _BROUGHT
    }
    for name, brief in ours.items():
        if not is_chat(brief.channel) and brief.question is not Question.NEW_ADDRESS:
            until = brief.until or (TODAY + timedelta(days=14) if way is Way.LETTER else None)
            body = write(replace(brief, channel=way, links=NO_LINKS, until=until)).body
            assert _WRITTEN_BACK[language] not in body, name


@pytest.mark.rule(12)
@pytest.mark.parametrize(
    ("language", "number", "now", "heard"),
    [
        ("en", "this phone number", "please say so now", "will be in touch with you"),
        ("fr", "ce numéro de téléphone", "dites-le-nous maintenant", "vous recontactera"),
        ("nl", "dit telefoonnummer", "Zeg het ons dan nu", "neemt contact met u op"),
        ("de", "diese Telefonnummer", "sagen Sie es uns bitte gleich jetzt", "meldet sich bei Ihnen"),
    ],
)
def test_a_notice_to_the_record_is_worded_for_the_telephone(language: str, number: str, now: str, heard: str) -> None:
    letter = write(SAMPLES[f"{language} was_it_you by call"])
    assert all(words in letter.body for words in (number, now, heard, PUBLISHED.contact))
    assert (letter.open_slots, "http" in letter.body) == ((), False)


def test_an_opt_out_has_no_refusal_and_no_remedies() -> None:
    letter = write(replace(SAMPLES["en answer marketing"], proven=False))
    assert letter.open_slots == ()
    assert "court" not in letter.body


def test_the_authority_of_the_settings_fills_its_slot() -> None:
    writer = LetterWriter(
        Company(
            "Nexio Projects",
            "info@nexioprojects.com",
            authority="Autoriteit Persoonsgegevens",
            authority_site="example.org",
        )
    )
    letter = writer.compose(SAMPLES["nl answer access unproven"])
    assert "bij de toezichthouder (Autoriteit Persoonsgegevens, example.org)" in letter.body
    assert len(letter.open_slots) == 1


def test_no_recipient_period_or_origin_is_stated_that_a_colleague_has_not_confirmed() -> None:
    slots = "\n".join(write(SAMPLES["en answer information"]).open_slots)
    for open_point in (
        "each recipient by name",
        "period or criterion",
        "source of the data",
        "countries and safeguards",
    ):
        assert open_point in slots


def test_a_template_is_named_with_a_version_that_its_words_decide() -> None:
    plain, other = write(STRANGER).template, write(replace(STRANGER, kind=DraftKind.HOLDING)).template
    assert plain.startswith("en/acknowledgement@")
    assert plain == write(replace(STRANGER, reference="NX-AAAA-BBBB")).template
    assert plain.partition("@")[2] != other.partition("@")[2]


def test_the_hours_a_code_is_valid_are_the_hours_the_letters_say() -> None:
    assert timedelta(hours=24) == LIFETIME
    for language in OUR_LANGUAGES:
        assert " 24 " in write(SAMPLES[f"{language} code_by_reply 0"]).body


def test_a_notice_is_no_letter() -> None:
    with pytest.raises(ValueError, match="notice"):
        write(replace(STRANGER, kind=DraftKind.NOTICE))


def test_an_answer_that_is_the_first_letter_tells_what_becomes_of_the_persons_data() -> None:
    answer = replace(SAMPLES["en answer erasure"], first=True)
    assert "Your data in this exchange" in write(answer).body
    assert "This message is automatic." not in write(answer).body
    assert "Your data in this exchange" not in write(replace(answer, first=False)).body
    chat = replace(SAMPLES["en chat answer"], first=True)
    assert "uses your messages here only to handle your request" in write(chat).body


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "the address we are writing to here, all addresses and numbers we have on record with it and the addresses",
        ),
        (
            "fr",
            "l’adresse à laquelle nous vous écrivons ici, toutes les coordonnées que nous y avons associées et les",
        ),
        (
            "nl",
            "het adres waarnaar wij u nu schrijven, alle adressen en nummers die wij daarbij hebben vastgelegd en de",
        ),
        (
            "de",
            "diese E-Mail-Adresse, alle dazu gespeicherten Adressen und Nummern und die von Ihnen genannten Adressen",
        ),
    ],
)
def test_an_opt_out_says_how_far_it_reaches(language: str, told: str) -> None:
    assert told in write(SAMPLES[f"{language} opt-out reaching here+named+record"]).body
    assert told not in write(SAMPLES[f"{language} opt-out reaching here"]).body


def test_a_chat_says_that_only_its_account_is_known() -> None:
    confirmed = replace(SAMPLES["en chat opt-out email"], extent=frozenset({Extent.HERE}))
    assert "It applies to this chat account. Elsewhere too? Write “stop” and the address" in write(confirmed).body
