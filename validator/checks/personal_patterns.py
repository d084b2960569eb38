"""What personal identifiers look like in text, and what only resembles them.

A pattern asks for whole tokens: digits inside longer runs, decimals, identifiers, times and UUIDs
do not count. What is written the same way as an ordinary code (the old 9-digit number, a plate
without separators) counts only beside a word that says what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

# A token starts after no letter or digit, and is not the fraction of a decimal number.
_START: Final = r"(?<![^\W_])(?<![0-9][.,:/])"
_END: Final = r"(?![^\W_])(?![.,:/][0-9])"
_GAP: Final = r"[ .\-]?"

# Province code 001-096, or 000 as used for test data; not the last group of a UUID, not all zeros.
_PERSONAL_ID = re.compile(
    rf"{_START}(?<!-[0-9a-fA-F]{{4}}-)(?!0{{12}})0[0-9]{{2}}([ .]?)[0-9]{{3}}\1[0-9]{{3}}\1[0-9]{{3}}{_END}"
)
MAX_PROVINCE: Final = 96

_OLD_ID_WORD: Final = r"(?:CMND|CMTND|CMT|chứng minh nhân dân|chứng minh thư)"
_NINE_DIGITS: Final = rf"[0-9]{{3}}[ .]?[0-9]{{3}}[ .]?[0-9]{{3}}{_END}"
_OLD_ID = re.compile(rf"{_OLD_ID_WORD}[^0-9\n]{{0,20}}{_NINE_DIGITS}", re.IGNORECASE)
_NUMBERED = re.compile(rf"\bsố[ :.]{{1,3}}{_NINE_DIGITS}", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"(\w{1,20})[ ,;:.(]*\Z")
_LOOK_BACK: Final = 40
_NUMBERED_THINGS: Final = frozenset(
    {"định", "sơ", "bản", "văn", "đồng", "khoản", "đơn", "phiếu", "lai", "hoá", "hóa", "điện", "tờ", "lô", "máy",
     "hiệu", "ký", "mã", "thuế", "thửa", "phép", "lệnh", "thông", "báo", "tổng", "với", "là", "một", "vào"}
)  # fmt: skip

_PHONE = re.compile(rf"(?<![\w+])(?<![0-9][.,:/\-])(?:0|\+84{_GAP}0?)[35789][0-9](?:{_GAP}[0-9]){{7}}{_END}")
_TAX_WORD = re.compile(
    r"(?:\bMST|mã số thuế|mã số doanh nghiệp|mã số hộ kinh doanh|tax code|tax id)[^0-9\n]{0,15}\Z", re.IGNORECASE
)

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])(?P<local>[A-Za-z0-9._%+\-]{1,64})@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
# The sender of a Vietnamese alert is written code@domain: an agency, not a person.
_AGENCY = re.compile(r"(?:[A-Y][0-9]{2}(?:\.[0-9A-Z]+)*|[0-9]{10}|[0-9]{13}|Z[0-9]{2}[0-9A-Z]{1,32})\Z")

_SERIES: Final = r"(?:1[1-9]|[2-9][0-9])[ \-]?[A-ZĐ][A-ZĐ0-9]?"
_PLATE = re.compile(rf"{_START}{_SERIES}[ \-]?[0-9]{{3}}\.[0-9]{{2}}{_END}|{_START}{_SERIES}-[0-9]{{5}}{_END}")
_PLATE_WORD = re.compile(
    r"(?:biển số|biển kiểm soát|biển đăng ký|\bBKS|\bBSX)[^0-9\n]{0,15}"
    rf"{_SERIES}[ \-]?[0-9]{{3}}\.?[0-9]{{1,2}}{_END}",
    re.IGNORECASE,
)

_DATE: Final = (
    r"(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2} tháng [0-9]{1,2},? năm [0-9]{4})"
)
_BORN = re.compile(
    r"(?:(?<!phát )(?<!vệ )(?<!học )(?<!thí )\bsinh(?: ngày)?|ngày sinh|ngày tháng năm sinh"
    rf"|\bDOB|date of birth|\bborn(?: on)?)\W{{0,5}}{_DATE}",
    re.IGNORECASE,
)
_WHOLE_DATE = re.compile(rf"\s*{_DATE}(?:T[0-9:.+Z\-]+)?\s*\Z")
_BIRTH_KEYS: Final = frozenset({"ngaysinh", "ngaythangnamsinh", "birthdate", "birthday", "dateofbirth", "dob"})
_NAME_KEYS: Final = frozenset({"hoten", "hovaten", "tendaydu", "fullname", "personname", "patientname", "nguoikhai"})

_SURNAMES: Final = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Lương|Trương|Mai|Tô|Tạ"
    "|Hà|Lâm|Chu|Cao|Thái|Quách|Phùng|Vương|Tống|Đào|Kiều|Từ|Triệu|Nông|Hứa|La|Giàng|Thào|Lò|Quàng|Siu|Rơ|Y"
)
_NAME_WORD: Final = r"[A-ZÀ-ÝĂĐĨŨƠƯẠ-Ỹ][a-zà-ýăđĩũơưạ-ỹ]+|[A-ZÀ-ÝĂĐĨŨƠƯẠ-Ỹ]"
_FULL_NAME = re.compile(rf"(?<!\w)(?:{_SURNAMES})(?: (?:{_NAME_WORD})(?!\w)){{1,4}}")
_FULL_NAME_CAPITALS = re.compile(rf"(?<!\w)(?:{_SURNAMES.upper()})(?: [A-ZÀ-ÝĂĐĨŨƠƯẠ-Ỹ]+(?!\w)){{1,4}}")


def has_personal_id(text: str) -> bool:
    """A 12-digit personal identifier: province code, then nine digits."""
    return any(int(found[0][:3]) <= MAX_PROVINCE for found in _PERSONAL_ID.finditer(text))


def has_old_id(text: str) -> bool:
    """An old 9-digit identity card number beside a word that says so."""
    if _OLD_ID.search(text):
        return True
    return any(not _names_a_thing(_before(text, found.start())) for found in _NUMBERED.finditer(text))


def _before(text: str, at: int) -> str:
    """What stands just before a place, at a bounded cost."""
    return text[max(0, at - _LOOK_BACK) : at]


def _names_a_thing(before: str) -> bool:
    """Whether the word before "số" makes it the number of a paper or an object (also QĐ, CV, HĐ)."""
    found = _WORD_BEFORE.search(before)
    word = found[1] if found else ""
    return word.casefold() in _NUMBERED_THINGS or (len(word) > 1 and word.isupper())


def has_phone(text: str) -> bool:
    """A Vietnamese mobile number that no word beside it makes a tax code."""
    return any(not _TAX_WORD.search(_before(text, found.start())) for found in _PHONE.finditer(text))


def has_email(text: str) -> bool:
    """An e-mail address whose local part is not an agency's code."""
    return "@" in text and any(not _AGENCY.match(found["local"]) for found in _EMAIL.finditer(text))


def has_plate(text: str) -> bool:
    """A vehicle plate such as 43A-123.45; without separators only beside a word that says so."""
    return bool(_PLATE.search(text) or _PLATE_WORD.search(text))


IDENTIFIERS: Final[Mapping[str, Callable[[str], bool]]] = {
    "personal_id": has_personal_id,
    "old_id": has_old_id,
    "phone": has_phone,
    "email": has_email,
    "plate": has_plate,
}


def is_full_name(key: str, text: str) -> bool:
    """Whether a member holds a person's full name: by its own name, or by a Vietnamese surname in the text."""
    return (_bare(key) in _NAME_KEYS and " " in text.strip()) or bool(
        _FULL_NAME.search(text) or _FULL_NAME_CAPITALS.search(text)
    )


def is_birth_date(key: str, text: str) -> bool:
    """Whether a member holds a full birth date: by its own name, or by words such as "sinh ngày"."""
    return (_bare(key) in _BIRTH_KEYS and bool(_WHOLE_DATE.match(text))) or bool(_BORN.search(text))


def is_telling(key: str) -> bool:
    """Whether a member's own name says that it holds a person's name or birth date."""
    return _bare(key) in _NAME_KEYS | _BIRTH_KEYS


def _bare(key: str) -> str:
    """A member's name without marks, case and separators: `Ngày_Sinh` is `ngaysinh`."""
    plain = unicodedata.normalize("NFD", key.casefold()).replace("đ", "d")
    return "".join(letter for letter in plain if letter.isalnum())


# What the bytes of a record must hold before it is worth reading its strings. A clean record costs
# less than its parsing: patterns start with a literal byte or letter (looked behind only from there),
# words are looked for one by one in lower case.
_DIGITS = re.compile(rb"0(?<![0-9]0)(?<![0-9]\.0)[0-9]{2}(?:[ .\-]?[0-9]){7}")
_PLATE_SHAPE = re.compile(
    rb"[A-Z\x90](?:(?<=[0-9][0-9 \-][A-Z])|(?<=[0-9][0-9 \-]\xc4\x90))(?:[A-Z0-9]|\xc4\x90)?[ \-]?[0-9]{3}\.?[0-9]"
)
_WORDS: Final = (
    "@", "\\u", "+84", "cmnd", "cmt", "chứng minh", "số", "sinh", "birth", "dob", "born", "biển", "bks", "bsx",
)  # fmt: skip
_HINTS: Final = tuple({form.encode().lower() for word in _WORDS for form in (word, word.upper())})


def may_hold(raw: bytes) -> bool:
    """Whether JSON or CSV text could hold an identifier; False is certain, True is not."""
    return sieve(raw) is not None


def sieve(batch: bytes) -> Callable[[bytes], bool] | None:
    """`may_hold` for the records of a batch, with only the questions that the batch itself answers yes.

    None when no record of the batch can hold an identifier.
    """
    shapes = [shape.search for shape in (_DIGITS, _PLATE_SHAPE) if shape.search(batch)]
    lower = batch.lower()
    hints = [hint for hint in _HINTS if hint in lower]
    if not shapes and not hints:
        return None

    def asked(raw: bytes) -> bool:
        if any(search(raw) for search in shapes):
            return True
        text = raw.lower()
        return any(hint in text for hint in hints)

    return asked
