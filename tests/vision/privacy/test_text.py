"""Secrets in a text: found by their looks, whatever stands around them."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic

from tests.vision import planted
from tests.vision.leaks import leaks
from tests.vision.planted import Planted
from tests.vision.screens import PROSE
from vision.privacy.finding import Finding, Kind, merged, without
from vision.privacy.text import find_secrets

CHANCE = st.integers(0, 2**32).map(random.Random)
PROSE_LINES = st.sampled_from(PROSE)
CERTAIN: list[Callable[[random.Random], Planted]] = [
    planted.card,
    planted.account,
    planted.identity,
    planted.code,
    planted.seed,
    planted.private_key,
]
"""What has a check digit or a shape; whether a string is random is never certain."""


def redacted(text: str, read: bool = False) -> str:
    return without(text, find_secrets(text, read))


@pytest.mark.parametrize("kind", CERTAIN, ids=lambda kind: kind.__name__)
@settings(max_examples=40, deadline=None)
@given(chance=CHANCE, before=PROSE_LINES, after=PROSE_LINES)
def test_a_secret_is_gone_wherever_it_stands(
    kind: Callable[[random.Random], Planted], chance: random.Random, before: str, after: str
) -> None:
    secret = kind(chance)
    text = redacted(f"{before}\n{secret.written}\n{after}")
    assert not leaks(secret.secret, text.replace(before, "").replace(after, ""))
    assert text.startswith(before[:12])
    assert kind is planted.seed or text.endswith(after[-12:])  # words go on in words


@settings(deadline=None)
@given(chance=CHANCE, at=st.sets(st.integers(0, 15), max_size=4))
def test_letters_for_digits_do_not_save_a_card(chance: random.Random, at: set[int]) -> None:
    number = planted.card(chance).secret
    lookalike = {"0": "O", "1": "l", "5": "S", "8": "B", "2": "Z", "6": "G"}
    digits = "".join(lookalike.get(digit, digit) if place in at else digit for place, digit in enumerate(number))
    written = planted.grouped(digits, (4, 4, 4, 4) if len(digits) == 16 else (4, 6, 5), " ")
    text = redacted(f"see {written} thanks")
    assert text.startswith("see [")
    assert text.endswith(" hidden] thanks")


@settings(deadline=None)
@given(chance=CHANCE, at=st.integers(0, 15), digit=st.sampled_from("0123456789"))
def test_nor_does_one_wrong_digit_in_a_grouped_card(chance: random.Random, at: int, digit: str) -> None:
    number = "4" + planted.drawn(chance, "0123456789", 15)
    number = "4" + (number[:at] + digit + number[at + 1 :])[1:]
    assert "card number hidden" in redacted(planted.grouped(number, (4, 4, 4, 4), " "))


@settings(deadline=None)
@given(chance=CHANCE, at=st.integers(4, 17))
def test_an_account_with_a_character_found_in_reading_is_gone(chance: random.Random, at: int) -> None:
    iban = planted.account(chance).secret
    assert "bank account number hidden" in redacted(f"to {iban[:at]}7{iban[at:]} today")


@pytest.mark.parametrize(
    "text",
    [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "ghp 16C7e42F292c69 12E7710c838347Ae178B4a",
        "AKIAIOSFODNN7EXAMPLE",
        "AK1AIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "sk-proj-abcDEF123456ghiJKL789mnopQRstu",
        "sk-ant-api03-abcDEF123456ghiJKL789mnopQRstu",
        "AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI",
        "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "glpat-rf8G-FOzbWkIhcj0eezC",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "otpauth://totp/Example:anna?secret=JBSWY3DPEHPK3PXP&issuer=Example",
        "G-482910",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "xK9#mP2$vL5@nQ8!",
        "\u200b4111\u200b1111\u200b1111\u200b1111",
        "４１１１ １１１１ １１１１ １１１１",
    ],
)
def test_known_formats_are_gone(text: str) -> None:
    hidden = redacted(f"the {text} end")
    assert "hidden]" in hidden
    assert not leaks(text, hidden.replace("the ", "").replace(" end", ""))


@pytest.mark.parametrize(
    "text, kept",
    [
        ("https://anna:hunter22@example.org/x", "https://[password hidden]@example.org/x"),
        ("DB_PASSWORD=hunter22", "DB_PASSWORD=[password hidden]"),
        ('"token": "abc123def"', '"token": "[password hidden]"'),
        ("GET /x?a=1&access_token=abcdef123456", "GET /x?a=1&access_token=[password hidden]"),
    ],
)
def test_of_what_only_its_place_tells_the_place_stays(text: str, kept: str) -> None:
    assert redacted(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        *PROSE,
        "sha256-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "python3.11-minimal_3.11.2-6+deb12u3_amd64.deb",
        "getUTF8StringFromBase64Url(AbstractSingletonProxyFactoryBean)",
        "a desk-based, risk-averse approach with 12 items",
        "https://example.org:8080/path?page=2 and mail to anna@example.org",
        "Password: required. Token: none. Enter your password:",
        "2019 2020 2021 2022 2023 2024",
        "10.0.0.1 192.168.100.12 255.255.255.0 fe80::1ff:fe23:4567:890a",
        "1234567890 1700000000000 16:04:31.123456 (+49) 40 1234567",
        "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDgz3VJZ9eXq1dMIVk",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_findings_in_order_and_inside_it(text: str) -> None:
    findings = find_secrets(text)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))


@settings(deadline=None)
@given(chance=CHANCE)
def test_what_was_redacted_has_nothing_left_to_redact(chance: random.Random) -> None:
    text = redacted(" and ".join(make(chance).written for make in planted.SHORT))
    assert redacted(text) == text


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6))
def test_merged_findings_cover_the_same_places(spans: list[tuple[int, int]]) -> None:
    findings = [Finding(start, start + length, Kind.KEY) for start, length in spans]
    places = {at for finding in findings for at in range(finding.start, finding.end)}
    assert {at for finding in merged(findings) for at in range(finding.start, finding.end)} == places


@pytest.mark.parametrize("text", ["Hint: d@T5z! X0d#V8y ! DO", "w%Y7m* A4t$E4f!N1", "x d@T5z! X0d#V8y y"])
def test_a_password_that_was_read_in_two_is_gone(text: str) -> None:
    hidden = redacted(text, read=True)
    assert not any(piece in hidden for piece in ("d@T5z", "X0d#V8y", "w%Y7m", "A4t$E4f"))


@pytest.mark.parametrize("text", ["Ab3! is short, d@T5z! alone", "a[i] += B*2; x9 = y!", "C++17 C# F# A*2"])
def test_two_odd_words_that_no_password_is_made_of_stay(text: str) -> None:
    assert redacted(text, read=True) == text


MENUS = "File Edit Search View Document Help Open Save Print Find Replace Select all Close Window Zoom History Tool"


def test_the_words_of_menus_are_no_recovery_phrase() -> None:
    assert find_secrets(MENUS) == []


def test_a_recovery_phrase_whose_check_holds_is_one_whatever_its_words() -> None:
    phrase = "edit view help open save print find close window history tool "
    last = next(word for word in Mnemonic("english").wordlist if Mnemonic("english").check(phrase + word))
    assert [found.kind for found in find_secrets(phrase + last)] == [Kind.SEED]
