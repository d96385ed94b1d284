"""Only what the person wrote now counts."""

import time

import pytest

from classifiers.quoting import own_spans


def own(text: str, subject: str = "") -> str:
    head = f"{subject}\n" if subject else ""
    whole = head + text
    return "".join(whole[start:end] for start, end in own_spans(whole, len(head)) if start >= len(head)).strip()


@pytest.mark.parametrize(
    "quoted",
    [
        "> Unsubscribe here\n> at once",
        "Le 3 mai 2024 à 10:00, Nexio Projects a écrit :\nSe désabonner",
        "On 3 May 2024, at 10:00, Nexio Projects wrote:\nUnsubscribe",
        "Op ma 3 juni schreef Nexio Projects:\n> afmelden",
        "Am 3. Mai 2024 um 10:00 schrieb Nexio Projects:\nabmelden",
        "-----Original Message-----\nFrom: Nexio\nSent: today\nSubject: offers\nUnsubscribe",
        "Von: Nexio\nGesendet: heute\nAn: mich\nBetreff: Angebote\nabmelden",
        "De : Nexio\nEnvoyé : hier\nÀ : moi\nObjet : offres\nse désabonner",
        "-- \nJohn Doe\nunsubscribe@example.org",
        "Sent from my iPhone",
    ],
)
def test_quoted_mail_and_signatures_are_left_out(quoted: str) -> None:
    assert own(f"I never got my parcel.\n\n{quoted}\n") == "I never got my parcel."


def test_a_confidentiality_notice_is_left_out_below_the_message() -> None:
    notice = "This e-mail is confidential. If you are not the intended recipient, delete it and all copies."
    assert own(f"Where is my parcel?\n\n{notice}") == "Where is my parcel?"


def test_a_message_of_nothing_but_quotes_still_counts() -> None:
    assert own("> please delete my account") == "> please delete my account"


def test_a_forwarded_request_counts() -> None:
    forwarded = "Please handle.\n\n---------- Forwarded message ---------\nFrom: A\nSubject: B\n\nDelete my data."
    assert own(forwarded, "Fwd: B").endswith("Delete my data.")


def test_a_reply_under_the_quote_counts() -> None:
    assert own("> Do you want our news?\nNo, stop it.") == "No, stop it."


@pytest.mark.parametrize("line", ["> " * 8000, "On " * 6000, "-" * 18000, "a\n" * 9000, ">\n" * 9000, "From:\n" * 3000])
def test_it_takes_linear_time(line: str) -> None:
    start = time.process_time()
    own_spans(line, 0)
    assert time.process_time() - start < 1
