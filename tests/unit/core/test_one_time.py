"""One-time passwords against the RFC's own figures."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.one_time import app_address, matching_step, password_at, spell, step_of

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "password"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_figures_of_rfc_6238(seconds: int, password: str) -> None:
    assert password_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == password


def test_a_password_is_taken_a_step_early_or_late_and_never_twice() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    step = step_of(now)
    typed = password_at(SECRET, step)
    for late in (-30, 0, 30):
        assert matching_step(SECRET, f" {typed[:3]} {typed[3:]} ", now + timedelta(seconds=late), after=0) == step
    assert matching_step(SECRET, typed, now + timedelta(seconds=61), after=0) is None
    assert matching_step(SECRET, typed, now, after=step) is None
    assert matching_step(SECRET, "", now, after=0) is None
    assert matching_step(SECRET, "六", now, after=0) is None


def test_an_app_is_told_the_secret_in_base_32() -> None:
    assert spell(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = app_address(SECRET, "ann@example.com", "Nexio & Co")
    assert address == (
        "otpauth://totp/Nexio%20%26%20Co%3Aann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Nexio%20%26%20Co"
    )
