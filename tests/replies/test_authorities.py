"""Which supervisory authority a letter names (Art. 12(4), 77(1); law.md rules 20 and 31)."""

from dataclasses import replace

import pytest

from bot.core.letters import RecordField, Residence
from bot.core.residence import residence_of
from bot.core.rights import OUR_LANGUAGES
from replies import Company, LetterWriter, iter_samples
from replies.policy.authorities import authority_of, load_authorities
from replies.policy.places import place_of
from replies.readability import complaints

EU = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}
EEA_AND_NEIGHBOURS = {"IS", "LI", "NO", "GB", "CH"}
LANDS = {
    *("DE-BW", "DE-BY", "DE-BE", "DE-BB", "DE-HB", "DE-HH", "DE-HE", "DE-MV"),
    *("DE-NI", "DE-NW", "DE-RP", "DE-SL", "DE-SN", "DE-ST", "DE-SH", "DE-TH"),
}
SAMPLES = {sample.name: sample.brief for sample in iter_samples()}
OURS = Company("Nexio Projects", "info@nexioprojects.com", authority="NL")


@pytest.mark.rule(31)
def test_rule_31_every_state_and_every_german_land_has_its_authority() -> None:
    authorities = load_authorities()
    assert set(authorities) == EU | EEA_AND_NEIGHBOURS | LANDS
    for authority in authorities.values():
        assert authority.own
        assert not any("(" in name for name in (authority.own, *authority.names.values()))
        for site in (authority.site, *authority.sites.values()):
            assert "." in site
            assert "/" not in site
        assert {authority.languages[0], *authority.names} >= set(OUR_LANGUAGES)


@pytest.mark.rule(31)
@pytest.mark.parametrize(
    ("residence", "place"),
    [
        (Residence(country="Belgique"), "BE"),
        (Residence(country="be"), "BE"),
        (Residence(country="BEL"), "BE"),
        (Residence(country="Königreich der Niederlande"), ""),
        (Residence(country="Deutschland"), "DE"),
        (Residence(country="Allemagne", region="Bavière"), "DE-BY"),
        (Residence(country="Germany", address="Hauptstr. 1, 10115 Berlin"), "DE-BE"),
        (Residence(address="Jungfernstieg 3\n20095 Hamburg\nDeutschland"), "DE-HH"),
        (Residence(address="D-80331 München"), "DE"),
        (Residence(address="D-80331 München, Bayern"), "DE-BY"),
        (Residence(address="12 rue des Lilas, B-1000 Bruxelles"), "BE"),
        (Residence(address="Dam 1, 1012 JS Amsterdam, Nederland"), "NL"),
        (Residence(address="10 High Street, London, UK"), "GB"),
        (Residence(address="1 Market Street, Wilmington, DE"), ""),
        (Residence(address="7 Mill Lane, Leeds"), ""),
        (Residence(country="United States", address="Berlin, New Hampshire"), "US"),
        (Residence(phones=("06 12 34 56 78", "+32 2 123 45 67")), "BE"),
        (Residence(phones=("00352 123456",)), "LU"),
        (Residence(country="France", phones=("+41 44 123 45 67",)), "FR"),
        (Residence(address="Rue Haute 2, Luxembourg", phones=("+33 1 23 45 67 89",)), "LU"),
        (Residence(phones=("0612345678",)), ""),
    ],
)
def test_art_77_the_record_says_where_a_person_lives_and_a_phone_only_hints(residence: Residence, place: str) -> None:
    assert place_of(residence) == place


def test_a_record_is_read_by_the_companys_own_columns() -> None:
    fields = (RecordField("Pays", "Suisse"), RecordField("adresse postale", "Bahnhofstrasse 1, Zürich"))
    assert residence_of(fields, ("+41 1",)) == Residence("Suisse", "", "Bahnhofstrasse 1, Zürich", ("+41 1",))


def test_in_germany_nobody_is_named_without_the_land() -> None:
    lead = load_authorities()["NL"]
    assert authority_of(Residence(country="Germany"), lead) is None
    assert authority_of(Residence(country="Germany"), load_authorities()["DE-HE"]) is load_authorities()["DE-HE"]


@pytest.mark.rule(20)
@pytest.mark.parametrize(
    ("language", "country", "words"),
    [
        ("fr", "Belgique", "(Autorité de protection des données belge, autoriteprotectiondonnees.be)"),
        ("nl", "België", "(Gegevensbeschermingsautoriteit, gegevensbeschermingsautoriteit.be)"),
        ("de", "Belgien", "(belgische Datenschutzbehörde, dataprotectionauthority.be)"),
        ("fr", "Pays-Bas", "(autorité néerlandaise de protection des données, Autoriteit Persoonsgegevens, "),
        ("en", "Ireland", "(Irish Data Protection Commission, dataprotection.ie)"),
        ("nl", "Nederland", "(Autoriteit Persoonsgegevens, autoriteitpersoonsgegevens.nl)"),
        ("de", "Schweiz", "(Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter, edoeb.admin.ch)"),
        ("nl", "Japan", "(Autoriteit Persoonsgegevens, autoriteitpersoonsgegevens.nl)"),
    ],
)
def test_art_12_4_a_letter_names_the_authority_of_this_person(language: str, country: str, words: str) -> None:
    brief = replace(SAMPLES[f"{language} answer erasure"], residence=Residence(country=country))
    assert words in LetterWriter(OURS).compose(brief).body


def test_rule_16_an_unproven_reader_does_not_learn_the_country_on_record() -> None:
    brief = replace(SAMPLES["en answer erasure unproven"], residence=Residence(country="Ireland"))
    body = LetterWriter(OURS).compose(brief).body
    assert "Ireland" not in body
    assert "Autoriteit Persoonsgegevens" in body


@pytest.mark.parametrize("language", OUR_LANGUAGES)
def test_the_remedies_stay_readable_with_the_longest_name(language: str) -> None:
    writer = LetterWriter(OURS)
    for code in load_authorities():
        lives = Residence(country=code[:2], region=code)
        body = writer.compose(replace(SAMPLES[f"{language} answer erasure"], residence=lives)).body
        assert not complaints(body), code
