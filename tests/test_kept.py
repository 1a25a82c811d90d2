"""What is kept stays under its bound, whatever is asked."""

from hyteverkko.kept import LARGEST, AnswerCache, Kept


def test_what_was_used_last_is_kept() -> None:
    cache = AnswerCache(LARGEST * 10_000)
    for number in range(100):
        cache.keep((b"a", str(number)), Kept((), b"x" * 10_000))
        cache.get((b"a", "0"))
    assert cache.get((b"a", "0")) is not None
    assert cache.get((b"a", "1")) is None
    assert cache.get((b"a", "99")) is not None


def test_long_questions_with_short_answers_are_bounded_too() -> None:
    cache, most = AnswerCache(1_000_000), 1_000_000
    keys = [(b"release", b"%d" % number + b"x" * 50_000) for number in range(100)]
    for key in keys:
        cache.keep(key, Kept((), b""))
    kept = [key for key in keys if cache.get(key) is not None]
    assert 0 < sum(map(len, (part for key in kept for part in key))) <= most


def test_an_answer_that_is_too_large_is_not_kept() -> None:
    cache = AnswerCache(LARGEST * 10_000)
    cache.keep((b"a",), Kept((), b"x" * 10_001))
    assert cache.get((b"a",)) is None
