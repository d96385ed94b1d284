"""The legal lint: each thing that must keep a draft from approval, and nothing else."""

import re
from dataclasses import replace

import pytest

from bot.core.drafts import CODE_SLOT, Draft, DraftKind
from bot.core.messages import TELEGRAM, Handle, Way
from bot.core.outcomes import ALLOWED, INTERIM, REFUSING
from bot.core.rights import RequestType
from replies import LetterWriter, iter_samples
from replies.checks import as_draft, as_judged
from replies.markup import OPEN_SLOT
from replies.policy import PUBLISHED

WRITER = LetterWriter(PUBLISHED)
SAMPLES = {sample.name: sample.brief for sample in iter_samples()}
AUTHORITY = ("⟦authority of the place", "⟦autorité du lieu", "⟦toezichthouder van de plaats", "⟦Behörde des Ortes")
LANGUAGES = ["fr", "en", "nl", "de"]


def draft(name: str) -> Draft:
    """Return a sample as a draft whose slots a colleague has filled, the authority's with a real one."""
    made = as_judged(SAMPLES[name], WRITER.compose(SAMPLES[name]))
    return edited(made, OPEN_SLOT.sub(filled, made.body))


def filled(slot: re.Match[str]) -> str:
    if slot[0] == CODE_SLOT:
        return CODE_SLOT
    return "CNIL, cnil.fr" if slot[0].startswith(AUTHORITY) else "done"


def edited(made: Draft, body: str) -> Draft:
    html = WRITER.dress(body, made.language) if made.html else ""
    return replace(made, body=body, html=html, open_slots=())


def findings(made: Draft) -> str:
    return "\n".join(flaw.said for flaw in WRITER.findings(made))


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_letters_pass_once_their_slots_are_filled(language: str) -> None:
    for name, brief in SAMPLES.items():
        if brief.language == language:
            assert findings(draft(name)) == "", name


def test_an_open_slot_is_named() -> None:
    made = as_draft(SAMPLES["fr answer erasure"], WRITER.compose(SAMPLES["fr answer erasure"]))
    assert "fill in or delete ⟦ce qui a été effacé, et quand⟧" in findings(made)


def test_a_finding_says_which_line_causes_it() -> None:
    made = draft("en answer erasure")
    last = made.body.count("\n") + 2
    for sentence in ("what ⟦was", "⟦who?⟧", "See () here.", "Dear Mr Martin,", "What a special offer!", "word " * 40):
        (flaw,) = WRITER.findings(edited(made, f"{made.body}\n\n{sentence}"))
        assert flaw.line == last, sentence
    chat = draft("en chat acknowledgement")
    (flaw,) = WRITER.findings(edited(chat, f"{chat.body}\nask ann@example.com"))
    assert flaw.line == chat.body.count("\n") + 1
    assert [flaw.line for flaw in WRITER.findings(replace(made, subject=" "))] == [None]


def test_half_a_slot_and_an_emptied_bracket_are_noticed() -> None:
    made = draft("en answer erasure")
    assert "left over" in findings(edited(made, made.body + "\n\nwhat ⟦was"))
    assert "brackets hold nothing" in findings(edited(made, made.body.replace("(CNIL, cnil.fr)", "()")))


@pytest.mark.rule(20, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_without_authority_or_court_is_stopped(language: str) -> None:
    made = draft(f"{language} answer access unproven")
    paragraphs = made.body.split("\n\n")
    without = "\n\n".join(text for text in paragraphs if "dpo" not in text and "77" not in text)
    assert "Art. 12(4)" not in findings(made)
    problems = WRITER.findings(edited(made, without))
    assert len(problems) == 2
    assert all("Art. 12(4)" in problem.said for problem in problems)


@pytest.mark.rule(20, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_art_12_4_an_authority_without_a_name_is_none(language: str) -> None:
    """law.md rule 20: the person is told where to complain, not that somewhere one could."""
    made = draft(f"{language} answer access unproven")
    assert "Art. 12(4)" in findings(edited(made, made.body.replace("CNIL, cnil.fr", "…")))


@pytest.mark.rule(28, refused=True)
def test_an_opt_out_can_not_be_refused() -> None:
    made = replace(draft("en answer unsubscribe"), refuses=True, rights=frozenset({RequestType.UNSUBSCRIBE}))
    assert "can't be refused" in findings(made)


@pytest.mark.rule(3, refused=True)
def test_an_acknowledgement_needs_its_reference_and_its_day() -> None:
    made = draft("nl acknowledgement unproven")
    assert "must carry the reference" in findings(edited(made, made.body.replace("NX-7F3K-Q2M9", "")))
    assert "by which day" in findings(edited(made, made.body.replace("7 februari 2026", "snel")))


@pytest.mark.rule(34, refused=True)
@pytest.mark.parametrize(
    "sentence",
    [
        "Nous regrettons de vous voir partir.",
        "Donnez votre avis en deux minutes.",
        "We are sorry to see you go.",
        "Here is a special offer for you.",
        "Please rate us.",
        "Wij vinden het jammer dat u ons verlaat.",
        "Als dank krijgt u een kortingscode.",
        "Schade, dass Sie gehen.",
        "Nehmen Sie an unserer Umfrage teil.",
    ],
)
def test_service_mail_neither_promotes_nor_begs(sentence: str) -> None:
    made = draft("en answer erasure")
    assert "delete it" in findings(edited(made, f"{made.body}\n\n{sentence}"))


@pytest.mark.rule("letters", refused=True)
@pytest.mark.parametrize(
    "greeting", ["Bonjour Madame Martin,", "Dear Mr Martin,", "Beste mevrouw Martin,", "Guten Tag Herr Martin,"]
)
def test_no_title_is_guessed(greeting: str) -> None:
    made = draft("en answer erasure")
    assert "guesses a title" in findings(edited(made, made.body.replace("Dear Claire Martin,", greeting)))


@pytest.mark.parametrize("greeting", ["Bonjour Marie Monsieur,", "Dear Missy Elliott,", "Beste Frauke Heerema,"])
def test_a_name_that_looks_like_a_title_is_a_name(greeting: str) -> None:
    made = draft("en answer erasure")
    assert findings(edited(made, made.body.replace("Dear Claire Martin,", greeting))) == ""


def test_the_persons_own_words_may_say_anything() -> None:
    made = draft("en answer erasure")
    assert findings(edited(made, made.body + "\n\n> Dear Sir, what a special offer! Rate us.")) == ""


@pytest.mark.rule(34, refused=True)
def test_tracking_is_stopped() -> None:
    made = draft("en answer erasure")
    assert "track" in findings(edited(made, made.body + "\n\nhttps://example.org/?utm_source=mail"))
    assert "track" in findings(replace(made, html=made.html.replace("</main>", '<img src="x"></main>')))


def test_a_code_is_never_written_out() -> None:
    made = draft("en code_by_reply 0")
    assert "written out" in findings(edited(made, made.body.replace(CODE_SLOT, "K7QM-2F9T")))
    assert "says nothing of the code" in findings(edited(made, made.body.replace(CODE_SLOT, "")))
    assert "no code can be put in" in findings(replace(made, question=None))


@pytest.mark.parametrize("said", ["Write to ann@example.org", "Call +31 20 123 45 67", "Your IBAN is 12345678901"])
def test_no_personal_data_goes_to_a_chat(said: str) -> None:
    made = replace(draft("en chat answer"), recipient=Handle(TELEGRAM, "1042"))
    assert "chat message" in findings(edited(made, f"{made.body} {said}"))
    assert findings(edited(made, f"{made.body} Write to {PUBLISHED.contact}.")) == ""


def test_a_chat_has_no_html_and_a_limit() -> None:
    made = draft("en chat answer")
    assert "HTML" in findings(replace(made, html="<p>x</p>"))
    assert "longer" in findings(edited(made, "x" * 5000))


def test_a_mail_needs_one_line_of_subject_and_html_that_agrees() -> None:
    made = draft("en answer erasure")
    assert "no subject" in findings(replace(made, subject=" "))
    assert "line break" in findings(replace(made, subject="x\nBcc: y"))
    assert "does not say the same" in findings(replace(made, body=made.body + "\n\nMore."))


def test_a_customer_number_that_looks_like_a_code_is_no_code() -> None:
    made = draft("en answer access")
    assert made.kind is DraftKind.ANSWER
    assert findings(edited(made, made.body.replace("C-1042", "ABCD-1234"))) == ""


@pytest.mark.rule(20, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_art_12_4_a_no_without_its_reason_is_stopped(language: str) -> None:
    made = draft(f"{language} answer access refused")
    without = "\n".join(line for line in made.body.split("\n") if not line.startswith("- "))
    assert findings(made) == ""
    assert "must say why" in findings(edited(made, without))


@pytest.mark.rule(27, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", ["refused", "other_basis"])
def test_art_21_1_an_objection_is_not_turned_down_without_grounds(language: str, outcome: str) -> None:
    """Neither with the grounds left open nor with them taken out; nor where the use rests on another basis."""
    brief = SAMPLES[f"{language} answer objection {outcome}"]
    asked, made = as_draft(brief, WRITER.compose(brief)), draft(f"{language} answer objection {outcome}")
    reason = next(line for line in asked.body.split("\n") if re.match("- (Raison|Motif|Reason|Reden|Grund)", line))
    assert reason.partition("⟦")[2].rstrip(".") in findings(asked)
    assert findings(made) == ""
    without = "\n".join(line for line in made.body.split("\n") if not line.startswith(reason.partition("⟦")[0].strip()))
    assert "must say why" in findings(edited(made, without))


@pytest.mark.rule(20, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_art_12_4_each_no_of_several_keeps_its_facts_and_its_reason(language: str) -> None:
    made = draft(f"{language} answer everything refused")
    assert findings(made) == ""
    lines = made.body.split("\n")
    reasons = [at for at, line in enumerate(lines) if re.match(r"- (Raison|Reason|Reden|Grund)\W", line)]
    assert len(reasons) > 6
    for at in reasons:
        assert "must say why" in findings(edited(made, "\n".join(lines[:at] + lines[at + 1 :])))
    lists = [part.split("\n") for part in made.body.split("\n\n") if part.startswith("- ")]
    facts = [one[0] for one in lists if len(one) > 1 and re.match(r"- (Raison|Reason|Reden|Grund)\W", one[-1])]
    assert len(facts) > 3
    for fact in facts:
        for left in ("", fact.removesuffix("done")):
            assert "what it says no to" in findings(edited(made, made.body.replace(fact, left, 1)))


@pytest.mark.rule(24, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("erasure", {"what was erased": 0, "what is kept": 1, "no backup": 2}),
        ("erasure partly", {"what was erased": 0, "what is kept": 1, "until when": 3, "no backup": 4}),
        ("erasure refused", {"what is kept": 0, "until when": 2}),
    ],
)
def test_rule_24_an_erasure_says_what_went_what_stays_and_until_when(
    language: str, name: str, labels: dict[str, int]
) -> None:
    assert_lines_are_kept(draft(f"{language} answer {name}"), labels)


@pytest.mark.rule(29, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rule_29_a_withdrawn_consent_says_what_became_of_the_data_or_on_what_they_rest(language: str) -> None:
    assert_lines_are_kept(draft(f"{language} answer consent_withdrawal"), {"rested on consent": 1})
    assert_lines_are_kept(draft(f"{language} answer consent_withdrawal no_consent"), {"on which basis": 0})


@pytest.mark.rule(27, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rule_27_who_can_t_object_hears_what_they_can_do_instead(language: str) -> None:
    assert_lines_are_kept(draft(f"{language} answer objection other_basis"), {"do instead": 2})


def assert_lines_are_kept(made: Draft, labels: dict[str, int]) -> None:
    """Take each of these bullets out, and then only what it says: the finding names what is lost."""
    assert findings(made) == ""
    bullets = [line for line in made.body.split("\n") if line.startswith("- ")]
    for what, at in labels.items():
        label = re.match(r"- [^:]*:", bullets[at])
        assert label
        for left in ("", label[0]):
            assert what in findings(edited(made, made.body.replace(bullets[at], left, 1)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "lost"),
    [
        pytest.param("answer rectification refused", "add a statement", marks=pytest.mark.rule(23, refused=True)),
        pytest.param("answer rectification refused", "Art. 18(1)(a)", marks=pytest.mark.rule(23, refused=True)),
        pytest.param("answer rectification partly", "add a statement", marks=pytest.mark.rule(23, refused=True)),
        pytest.param("answer access not_identifiable", "would help", marks=pytest.mark.rule(11, refused=True)),
        pytest.param("interim access fee", "costs nothing", marks=pytest.mark.rule(19, refused=True)),
    ],
)
def test_what_a_person_may_do_next_can_t_be_taken_out(language: str, name: str, lost: str) -> None:
    made = draft(f"{language} {name}")
    assert findings(made) == ""
    prose = [one for one in made.body.split("\n\n") if not one.startswith("- ")]
    assert any(lost in findings(edited(made, made.body.replace(one, ""))) for one in prose)
    assert lost not in findings(edited(made, f"{made.body}\n\nOK."))


@pytest.mark.rule(5, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whose", ["", " of several", " stranger"])
def test_rule_5_more_time_is_not_taken_without_a_day_and_a_reason(language: str, whose: str) -> None:
    made = draft(f"{language} extension volume{whose}")
    assert findings(made) == ""
    reason = next(one for one in made.body.split("\n") if re.match(r"(Raison|Reason|Reden|Grund)\W", one))
    day = next(one for one in made.body.split("\n") if "12" in one and "2026" in one)
    for lost in (reason, day):
        assert "until which day, and why" in findings(edited(made, made.body.replace(lost, "")))


@pytest.mark.rule(3, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rule_3_the_apology_for_a_missed_promise_stays_in_whatever_letter_makes_it(language: str) -> None:
    told = 0
    for name, brief in SAMPLES.items():
        letter = WRITER.compose(brief)
        if brief.language != language or not letter.apologises:
            continue
        made = replace(draft(name), sorry_for=brief.promise_due)
        assert findings(made) == "", name
        without = re.sub(r"[^.;]*(?:excus|apolog|entschuld)[^.;]*", "", made.body, flags=re.IGNORECASE)
        assert "put the apology back" in findings(edited(made, without)), name
        assert "put the apology back" not in findings(replace(edited(made, without), sorry_for=None))
        told += 1
    assert told > 20


@pytest.mark.rule(21, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["answer access", "answer information", "answer information partly"])
def test_rule_21_no_point_of_article_15_can_be_lost(language: str, name: str) -> None:
    made = draft(f"{language} {name}")
    assert findings(made) == ""
    lines = [line for line in made.body.split("\n") if line.endswith((": done", "\N{NARROW NO-BREAK SPACE}: done"))]
    points = lines[-5:]  # recipients, period, origin, transfers, automated decisions
    for point, article in zip(points, ("(c)", "(d)", "(g)", "15(2)", "(h)"), strict=True):
        assert article in findings(edited(made, made.body.replace(point, "")))
        assert article in findings(edited(made, made.body.replace(point, point.removesuffix("done"))))


@pytest.mark.rule(31, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["answer complaint", "answer information", "answer access", "answer access nothing"])
def test_rule_31_an_answer_to_a_complaint_and_about_data_says_where_to_complain(language: str, name: str) -> None:
    made = draft(f"{language} {name}")
    paragraph = next(one for one in made.body.split("\n\n") if "cnil.fr" in one)
    assert "15(1)(f), 77)" in findings(edited(made, made.body.replace(paragraph, "")))
    assert "15(1)(f), 77)" in findings(edited(made, made.body.replace("CNIL, cnil.fr", "")))


@pytest.mark.rule(20, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["erasure no_data", "objection no_data", "consent_withdrawal no_consent", "human_review no_decision"]
)
def test_art_12_4_who_hears_that_nothing_was_done_learns_where_to_complain_and_of_the_court(
    language: str, name: str
) -> None:
    made = draft(f"{language} answer {name}")
    assert findings(made) == ""
    paragraph = next(one for one in made.body.split("\n\n") if "cnil.fr" in one)
    for lost in ("Art. 12(4), 15(1)(f), 77", "can go to court"):
        assert lost in findings(edited(made, made.body.replace(paragraph, "")))
    done = draft(f"{language} answer erasure granted")
    paragraph = next(one for one in done.body.split("\n\n") if "cnil.fr" in one)
    assert findings(edited(done, done.body.replace(paragraph, ""))) == ""  # the law asks for no more


@pytest.mark.rule(34, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_27_and_34_the_first_letter_keeps_its_notices(language: str) -> None:
    made = draft(f"{language} answer before any other letter")
    told = made.body.split("\n\n")
    assert "(Art. 21(4))" in findings(edited(made, "\n\n".join(told[:-2])))
    assert "(Art. 13)" in findings(edited(made, "\n\n".join([*told[:-5], *told[-2:]])))


@pytest.mark.rule(2, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rule_2_the_month_is_not_cited_for_what_it_does_not_bind(language: str) -> None:
    cited = {
        "fr": "Article 12, paragraphe 3, du RGPD.",
        "en": "Article 12(3) GDPR.",
        "nl": "Artikel 12, lid 3, AVG.",
        "de": "Artikel 12 Absatz 3 DSGVO.",
    }
    for name, stopped in (("answer complaint", True), ("answer access", False)):
        made = draft(f"{language} {name}")
        assert ("sets no date" in findings(edited(made, f"{made.body}\n\n{cited[language]}"))) is stopped


@pytest.mark.rule("letters", refused=True)
def test_a_sentence_nobody_can_follow_is_stopped_in_our_prose_and_not_in_a_quote() -> None:
    made = draft("en answer erasure")
    endless = "and " * 40 + "so on."
    assert "make two of" in findings(edited(made, f"{made.body}\n\n{endless}"))
    assert findings(edited(made, f"{made.body}\n\n> {endless}")) == ""


@pytest.mark.rule(20)
@pytest.mark.parametrize("right", sorted(ALLOWED))
def test_rule_20_the_samples_hold_every_outcome_of_every_right_in_every_language(right: RequestType) -> None:
    for language in LANGUAGES:
        for outcome in ALLOWED[right]:
            kind = DraftKind.INTERIM if outcome in INTERIM else DraftKind.ANSWER
            made = as_draft(
                SAMPLES[f"{language} {kind} {right} {outcome}"],
                WRITER.compose(SAMPLES[f"{language} {kind} {right} {outcome}"]),
            )
            assert made.refuses is (outcome in REFUSING)
            assert "77" in made.body or outcome not in REFUSING


def test_what_is_kept_from_a_call_is_found_in_it_even_as_a_single_word() -> None:
    made = draft("en answer access")
    said = edited(made, f"{made.body}\n\nWe know of your epilepsy.")
    call = replace(said, recipient=Handle(Way.CALL, "Ann Peeters, +31612345678"))
    assert any("on the telephone" in flaw.said for flaw in WRITER.findings(call, {"epilepsy"}))
    assert not any("on the telephone" in flaw.said for flaw in WRITER.findings(call, {"asthma"}))


@pytest.mark.rule(12, refused=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_kept_from_a_letter_is_found_at_its_line_however_it_is_written(language: str) -> None:
    held = {"Canary Lane 7", "BE71 0961 2345 6769", "+31612345678", PUBLISHED.contact, "active", "BE"}
    made = draft(f"{language} answer complaint")
    assert WRITER.findings(made, held) == ()
    for said in ("CANARY  Lane\u00a07", "BE71096123456769", "+31 6 12 34 56 78"):
        told = edited(made, f"{made.body}\n\n> {said}")
        (flaw,) = WRITER.findings(told, held)
        assert "ask for a proof" in flaw.said
        assert told.body.split("\n")[flaw.line or 0] == f"> {said}"
        assert [one.line for one in WRITER.findings(replace(made, subject=said), held)] == [None]
    assert WRITER.findings(edited(made, f"{made.body}\n\n{PUBLISHED.contact}: active in BE"), held) == ()
