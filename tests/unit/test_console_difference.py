"""What was changed in a letter, as a colleague reads it."""

from bot.console.difference import difference


def test_words_are_told_apart_and_what_stayed_is_left_out() -> None:
    lines = [f"line {number}" for number in range(9)]
    changed = [*lines[:4], "a line four", *lines[5:]]
    shown = difference("\n".join(lines), "\n".join(changed))
    assert shown == "…\nline 3\n<ins>a </ins>line <del>4</del><ins>four</ins>\nline 5\n…"


def test_what_is_new_and_what_is_gone_stands_where_it_was() -> None:
    assert difference("a\nb", "a\nb\nc") == "…\nb\n<ins>c</ins>"
    assert difference("a\nb\nc", "b\nc") == "<del>a</del>\nb\n…"


def test_words_stay_words() -> None:
    assert difference("<b>", "<script>") == "<del>&lt;b&gt;</del><ins>&lt;script&gt;</ins>"


def test_an_endless_text_is_told_apart_as_a_whole() -> None:
    was, now = "a\n" * 5000, "b\n" * 5000
    assert difference(was, now).startswith("<del>")
    assert difference("x " * 5000, "y " * 5000).count("<del>") == 1
