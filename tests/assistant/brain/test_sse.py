"""Server-sent events, cut and ended in every way that servers have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.brain.sse import LONGEST_LINE, EventStream, LineTooLong
from tests.assistant.brain.pieces import pieces


def decoded(*chunks: bytes) -> list[str]:
    stream = EventStream()
    return [data for chunk in chunks for data in stream.feed(chunk)] + stream.end()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_events_are_divided_by_any_line_end(line_end: str) -> None:
    assert decoded(f"data: a{line_end}{line_end}data: b{line_end}{line_end}".encode()) == ["a", "b"]


def test_comments_and_unknown_fields_are_passed_over() -> None:
    assert decoded(b": keep-alive\n\nretry: 10\nid: 7\nevent: delta\ndata: a\n\n: x\n\n") == ["a"]


def test_the_space_after_the_colon_may_be_missing() -> None:
    assert decoded(b"data:[DONE]\n\n") == ["[DONE]"]


def test_data_on_several_lines_is_one_event() -> None:
    assert decoded(b"data: {\ndata: }\n\n") == ["{\n}"]


def test_a_last_event_without_a_blank_line_counts() -> None:
    assert decoded(b"data: a\n\ndata: b") == ["a", "b"]


def test_a_line_separator_inside_the_data_does_not_divide_it() -> None:
    assert decoded("data: one\u2028two\x85three\n\n".encode()) == ["one\u2028two\x85three"]


def test_a_byte_order_mark_is_no_part_of_the_first_field() -> None:
    assert decoded(b"\xef\xbb\xbfdata: a\n\n") == ["a"]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    stream = EventStream()
    with pytest.raises(LineTooLong):
        for _ in range(LONGEST_LINE // 1000 + 2):
            stream.feed(b"x" * 1000)


bodies = st.lists(
    st.sampled_from(
        ["data: a", "data:é…", "data: 漢字", ": comment", "event: x", "", "", "\n", "\r", "\r\n", "garbage"]
    )
).map(lambda parts: "\n".join(parts).encode())


@given(bodies, st.lists(st.integers(0, 200)))
def test_it_makes_no_difference_where_the_body_is_cut(body: bytes, cuts: list[int]) -> None:
    assert decoded(*pieces(body, cuts)) == decoded(body)
