"""Which titles of a batch will do is told before it starts."""

from __future__ import annotations

from curator_core.domain.fault import FaultKind
from curator_core.use_cases.check_titles import TitlesChecked
from tests.builders import House, a_house
from tests.fakes.wiki import fault


def checked(house: House, *titles: str, blacklist_for: int = 20) -> TitlesChecked:
    return house.app.check_titles(
        user=house.ada, token=house.ada_token, titles=titles, blacklist_for=blacklist_for
    )


def problems(found: TitlesChecked) -> dict[str, str]:
    return {each.written: each.problem for each in found.verdicts if not each.will_do}


def test_a_batch_of_a_thousand_with_three_bad_titles_says_so_at_once() -> None:
    house = a_house()
    house.wiki.add_file("Bridge 500.jpg", b"other bytes")
    titles = [f"Bridge {number}.jpg" for number in range(1000)]
    titles[3], titles[700] = "Bridge#3.jpg", f"{'x' * 240}.jpg"
    found = checked(house, *titles, blacklist_for=0)
    assert found.wiki_was_asked
    assert [each.written for each in found.verdicts] == titles
    told = problems(found)
    assert told.keys() == {titles[3], titles[700], "Bridge 500.jpg"}
    assert "'#'" in told[titles[3]]
    assert "244 bytes" in told[titles[700]]
    assert "a file of this name" in told["Bridge 500.jpg"]
    assert house.asked() == ["look_up"] * 20


def test_a_title_that_will_do_comes_with_the_name_that_the_file_gets() -> None:
    (verdict,) = checked(a_house(), "File:bridge_at  night.jpg").verdicts
    assert (verdict.will_do, verdict.spelled) == (True, "Bridge at night.jpg")


def test_the_same_title_twice_in_whatever_spelling_is_told_of_the_second() -> None:
    found = checked(a_house(), "Bridge.jpg", "bridge.jpg")
    assert [each.will_do for each in found.verdicts] == [True, False]


def test_a_page_without_a_file_is_in_the_way() -> None:
    house = a_house()
    wiki = house.app.check_titles.wikis.session(house.ada.id, house.ada_token)
    wiki.pages.save("File:Bridge.jpg", "Only a page", "", None)
    assert "without a file" in problems(checked(house, "Bridge.jpg"))["Bridge.jpg"]


def test_the_blacklist_is_asked_for_so_many_titles_and_no_more() -> None:
    house = a_house()
    house.wiki.blacklist.append(("Bad", "It is on the list."))
    found = checked(house, "Bridge#.jpg", "Bad 1.jpg", "Good.jpg", "Bad 2.jpg", blacklist_for=2)
    assert problems(found)["Bad 1.jpg"] == "It is on the list."
    assert "Bad 2.jpg" not in problems(found)
    assert house.asked() == ["look_up", "blacklist_reason", "blacklist_reason"]


def test_a_wiki_that_does_not_answer_leaves_what_is_known_without_it() -> None:
    house = a_house()
    house.wiki.fail_next("look_up", fault(FaultKind.UNREACHABLE), times=3)
    found = checked(house, "Bridge#.jpg", "Bridge.jpg")
    assert not found.wiki_was_asked
    assert problems(found).keys() == {"Bridge#.jpg"}


def test_nothing_is_asked_where_every_title_is_bad_already() -> None:
    house = a_house()
    assert checked(house, "a", "b").wiki_was_asked
    assert house.asked() == []
