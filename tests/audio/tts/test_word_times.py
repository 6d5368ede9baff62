"""Words and the sounds that they are heard as."""

from hypothesis import given
from hypothesis import strategies as st

from audio.tts.word_times import SpokenWord, assign, times

# What espeak-ng says for a few words alone.
ALONE = {"one": "wˈʌn", "of": "ʌv", "the": "ðə", "things": "θˈɪŋz", "GPT": "dʒˌiː pˌiː tˈiː", "model": "mˈɑːdəl"}


def phonemize(word: str) -> str:
    return ALONE.get(word.strip(".,!?"), word.lower())


def heard(text: str, *sentences: str) -> list[list[str]]:
    """What of the sentences each word is heard as, sounds only."""
    sounds = [[sound for sound in sentence if sound not in " .,ˈˌː"] for sentence in sentences]
    return [
        [text[word.start_char : word.end_char], "".join(sounds[number][word.start : word.end])]
        for number, words in enumerate(assign(text, [list(sentence) for sentence in sentences], phonemize))
        for word in words
    ]


def test_words_that_are_spoken_one_by_one_get_their_own_sounds() -> None:
    assert heard("the model", "ðə mˈɑːdəl.") == [["the", "ðə"], ["model", "mɑdəl"]]


def test_words_that_are_spoken_as_one_share_its_sounds() -> None:
    assert heard("one of the things", "wˈʌn ʌvðə θˈɪŋz.") == [
        ["one", "wʌn"],
        ["of", "ʌv"],
        ["the", "ðə"],
        ["things", "θɪŋz"],
    ]


def test_a_word_that_is_spelled_out_is_still_one_word() -> None:
    assert heard("the GPT model", "ðə dʒˌiːpˌiːtˈiː mˈɑːdəl.") == [
        ["the", "ðə"],
        ["GPT", "dʒipiti"],
        ["model", "mɑdəl"],
    ]


def test_a_join_and_a_split_that_cancel_out_in_number_are_told_apart() -> None:
    assert heard("of the GPT model", "ʌvðə dʒˌiː pˌiːtˈiː mˈɑːdəl.") == [
        ["of", "ʌv"],
        ["the", "ðə"],
        ["GPT", "dʒipiti"],
        ["model", "mɑdəl"],
    ]


def test_sentences_keep_their_words_and_punctuation_alone_is_no_word() -> None:
    words = assign("the model. - the GPT!", [list("ðə mˈɑːdəl."), list("ðə dʒˌiːpˌiːtˈiː!")], phonemize)
    assert [[word.start_char for word in sentence] for sentence in words] == [[0, 4], [13, 17]]
    assert words[1][0] == SpokenWord(13, 16, 0, 2)


def test_a_word_without_a_sound_of_its_own_lies_between_its_neighbours() -> None:
    assert heard("the & model", "ðə mˈɑːdəl.") == [["the", "ðə"], ["model", "mɑdəl"]]
    assert heard("the zzz model", "ðə mˈɑːdəl.")[1][0] == "zzz"


def test_nothing_spoken_gives_no_words() -> None:
    assert assign("...", [], phonemize) == []
    assert assign("", [["."]], phonemize) == [[]]
    assert assign("the", [["."]], phonemize) == [[]]


def test_times_follow_the_lengths_of_the_phonemes() -> None:
    """Stress marks belong to the sound after them, length marks to the one before, spaces to none."""
    phonemes = [("^", 0.1), ("ð", 0.1), ("ə", 0.1), (" ", 0.2), ("ˈ", 0.1), ("ɪ", 0.1), ("ː", 0.1), (".", 0.3)]
    the, e = times([SpokenWord(0, 3, 0, 2), SpokenWord(4, 5, 2, 3)], phonemes)
    assert (round(the.start_s, 6), round(the.end_s, 6)) == (0.1, 0.3)
    assert (round(e.start_s, 6), round(e.end_s, 6)) == (0.5, 0.8)


words_strategy = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=8)


@given(words_strategy, st.lists(st.text("abcdefgh ˈː.", max_size=12), max_size=4), st.data())
def test_whatever_is_heard_every_word_comes_once_in_order_and_within_its_sentence(
    words: list[str], sentences: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    spoken = assign(text, [list(sentence) for sentence in sentences], lambda word: word)
    if any(set(sentence) - set(" ˈː.") for sentence in sentences):
        assert [text[one.start_char : one.end_char] for sentence in spoken for one in sentence] == words
    for sentence, inside in zip(sentences, spoken, strict=True):
        lengths = [(phoneme, data.draw(st.floats(0, 0.3))) for phoneme in sentence]
        marks = times(inside, lengths)
        flat = [time for mark in marks for time in (mark.start_s, mark.end_s)]
        assert flat == sorted(flat)
        assert all(0 <= time <= sum(length for _, length in lengths) + 1e-9 for time in flat)
