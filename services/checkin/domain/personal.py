"""Telephone and identity numbers: whether they are well formed, and how they are shown to people."""

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_CHECK_CHARACTERS = "10X98765432"
_PHONE = re.compile(r"1[0-9]{10}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def tidy_phone(text: str) -> str | None:
    """An 11-digit mobile number without country code, blanks and hyphens; None when it is none."""
    digits = re.sub(r"[\s-]", "", text).removeprefix("+86")
    return digits if _PHONE.fullmatch(digits) else None


def is_id_number(text: str) -> bool:
    """Whether 18 characters are an identity number by GB 11643: a date of birth, and the check character."""
    if not _ID_NUMBER.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return _CHECK_CHARACTERS[total % 11] == text[17]


def masked_phone(phone: str) -> str:
    """138****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)


def masked_id_number(id_number: str) -> str:
    """440106********0001: division and sequence, not the date of birth."""
    return f"{id_number[:6]}********{id_number[-4:]}" if len(id_number) == 18 else "*" * len(id_number)


def masked_name(name: str) -> str:
    """The surname, the rest starred: 陈*明 would still tell too much of a small unit, so 陈**."""
    return name[:1] + "*" * (len(name) - 1)
