"""Nothing in a name or a subject can become a header, and what is written comes out again."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.messaging import labels
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.bounces import BounceKind
from surveyapp.messaging.email.mime import compose
from surveyapp.messaging.errors import HeaderRefused
from surveyapp.messaging.model import Outcome, Reason
from tests.messaging.mails import TOKEN, email


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\u2028", "\x0b"])
@pytest.mark.parametrize(
    "field",
    "recipient recipient_name sender sender_name subject message_id envelope_sender reply_to language".split(),
)
def test_a_line_break_cannot_smuggle_in_a_header(field, sign):
    with pytest.raises(HeaderRefused):
        email(**{field: f"a@b.vn{sign}Bcc: x@y.vn"})


@pytest.mark.parametrize("header", [("X-A", "a\r\nBcc: b"), ("X A", "a"), ("X:", "a"), ("", "a")])
def test_a_header_of_the_callers_is_checked_too(header):
    with pytest.raises(HeaderRefused):
        email(headers=(header,))


LETTERS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=80)


@given(name=LETTERS, subject=LETTERS)
def test_any_name_and_subject_come_out_as_they_went_in(name, subject):
    raw = compose(email(recipient_name=name, subject=subject))
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) < 998 for line in head.split(b"\r\n"))
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"].split() == subject.split()
    [to] = mail["To"].addresses
    assert to.addr_spec == "binh@so.example.vn"


@given(
    st.text(
        st.characters(
            exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
        )
    )
)
def test_any_text_comes_out_as_it_went_in(text):
    mail = message_from_bytes(compose(email(text=text, html="")), policy=policy.default)
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


def test_a_plain_name_with_marks_in_it_is_quoted():
    raw = compose(email(recipient_name='Binh "So 1" <x@y.vn>, \\'))
    [to] = message_from_bytes(raw, policy=policy.default)["To"].addresses
    assert (to.display_name, to.addr_spec) == ('Binh "So 1" <x@y.vn>, \\', "binh@so.example.vn")


def test_the_same_email_is_the_same_bytes_at_every_attempt():
    assert compose(email()) == compose(email())


def test_a_token_goes_out_and_comes_back():
    sender = return_addresses.verp("tra-lai@example.vn", TOKEN)
    assert sender == f"tra-lai+{TOKEN}@example.vn"
    assert (
        return_addresses.token_of_address(f"<{sender.upper()}>", "tra-lai@example.vn")
        == TOKEN.upper()
    )
    assert return_addresses.token_of_address("tra-lai+x@example.vn", "tra-lai@example.vn") == ""
    assert return_addresses.token_of_address(f"khac+{TOKEN}@example.vn", "tra-lai@example.vn") == ""
    message_id = return_addresses.message_id(TOKEN, "example.vn")
    assert return_addresses.token_of_message_id(f"<a@b.vn> {message_id}", "example.vn") == TOKEN


@pytest.mark.parametrize("token", ["", "short", "a" * 65, "a+b" * 5, "../../etc", "abc defgh"])
def test_what_is_no_token_is_not_made_into_an_address(token):
    with pytest.raises(ValueError, match="token"):
        return_addresses.verp("a@b.vn", token)


def test_every_reason_and_every_kind_has_words():
    assert all(labels.reason(one) for one in Reason)
    assert all(labels.returned(one) for one in BounceKind)


def test_only_a_dead_address_is_held_against_the_person():
    assert Outcome.never(Reason.NO_SUCH_ADDRESS).concerns_address
    assert not Outcome.never(Reason.POLICY).concerns_address
    assert not Outcome.later(Reason.BUSY).concerns_channel
