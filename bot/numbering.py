"""Telephone numbers as they are written in the company's country (libphonenumber's data)."""

from dataclasses import dataclass

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse


@dataclass(frozen=True, slots=True)
class CountryNumbers:
    """The port `NumberPlan`: numbers without a country code are of this one (ISO 3166)."""

    country: str

    def international(self, written: str) -> str | None:
        """Return a number in E.164, without any extension; None where none could be dialled."""
        try:
            number = parse(written, self.country.upper())
        except NumberParseException:
            return None
        return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else None
