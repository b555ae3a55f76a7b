"""Problems speak the reader's language, words among their parameters included."""

from django.utils import translation

from reference.problems import Problem, word


def test_a_word_among_the_parameters_is_translated_and_a_value_is_not() -> None:
    problem = Problem("x", "/", "{one} {two}", {"one": word("order"), "two": "order"})
    with translation.override("zh-hans"):
        assert problem.text == "订单 order"
    with translation.override("en"):
        assert Problem.from_stored(problem.as_stored()).text == "order order"
