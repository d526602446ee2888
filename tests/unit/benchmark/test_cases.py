"""What is asked of whom."""

from __future__ import annotations

from dataclasses import replace

from tests.benchmark.__main__ import AS_BY_DEFAULT, COLD, chosen
from tests.benchmark.cases import CT, FRAME, questions
from tests.benchmark.competitors import WITHOUT_CACHES, Stored, dicomweb, file, rendered, wado
from tests.benchmark.load import NUMBER
from wado.settings import read_settings

STORED = Stored({"studyUID": "1.1", "seriesUID": "1.2", "objectUID": "1.3"}, "abc")


def test_a_range_is_a_question_for_each_value() -> None:
    assert questions(CT) == [{}]
    assert questions(replace(CT, parameters={"rows": 128, "frameNumber": range(1, 3)})) == [
        {"rows": 128, "frameNumber": 1},
        {"rows": 128, "frameNumber": 2},
    ]
    assert questions(FRAME)[0] == {"frameNumber": 100}


def test_each_competitor_is_asked_in_its_way() -> None:
    parameters = {"frameNumber": 100, "rows": 128}
    query = "requestType=WADO&studyUID=1.1&seriesUID=1.2&objectUID=1.3&contentType=image/jpeg&frameNumber=100&rows=128"
    assert wado(STORED, parameters).path == f"/wado?{query}"
    assert dicomweb(STORED, parameters).path == f"/dicomweb-wado?{query}"
    assert rendered(STORED, parameters).path == "/instances/abc/frames/99/rendered?height=128"
    assert rendered(STORED, {}).line == "/instances/abc/rendered\tAccept\timage/jpeg"
    assert file(STORED).line == "/instances/abc/file"


def test_what_the_load_generator_fills_in_is_not_escaped() -> None:
    assert wado(STORED, {"windowCenter": NUMBER, "transferSyntax": "*"}).path.endswith(
        "windowCenter={number}&transferSyntax=*"
    )


def test_what_is_kept_of_answers_can_be_switched_off() -> None:
    settings = read_settings(WITHOUT_CACHES)
    assert (settings.answer_cache, settings.frame_cache) == (0, 0)


def test_sections_are_chosen_by_words_of_their_titles() -> None:
    every = [*COLD, *AS_BY_DEFAULT]
    assert chosen(every, []) == every
    assert [section.title for section in chosen(every, ["touch", "workers"])] == ["Workers", "First touch"]
    assert len({section.title for section in every}) == len(every)
