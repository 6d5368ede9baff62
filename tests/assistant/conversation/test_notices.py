"""Whoever watches a conversation cannot break it."""

import logging

import pytest

from assistant.conversation.notices import MicrophoneLevel, Notice, unfailing


def test_an_observer_that_fails_is_told_all_the_same_and_the_log_knows_it_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[float] = []

    def watch(notice: Notice) -> None:
        assert isinstance(notice, MicrophoneLevel)
        told.append(notice.dbfs)
        if 2 <= notice.dbfs < 5:
            raise OSError("the terminal is gone")

    with caplog.at_level(logging.ERROR):
        observer = unfailing(watch)
        for level in range(8):
            observer(MicrophoneLevel(level))
    assert told == list(range(8))
    assert len(caplog.records) == 1
