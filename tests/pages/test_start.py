"""The start page shows the way."""

from pages.shared.steps import WAY


def test_links_to_the_pages_in_the_lessons_order(visitor) -> None:
    at = visitor().open("start")
    links = [link.proto.page for link in at.get("page_link")]
    assert [link for link in links if link != "data"] == list(WAY[1:])


def test_says_what_it_is_about_and_whose_lesson_it_follows(visitor) -> None:
    session = visitor()
    session.open("start")
    assert "**Collaborative filtering** fills them" in session.says("markdown")
    assert "course18.fast.ai" in session.says("markdown")


def test_says_where_the_data_are_from(visitor) -> None:
    session = visitor()
    session.open("start")
    assert "MovieLens" in session.says("caption")
    assert "Harper & Konstan" in session.says("caption")


def test_pages_that_were_opened_are_ticked_off(visitor) -> None:
    session = visitor()
    session.open("data")
    at = session.open("start")
    ticked = {link.proto.page for link in at.get("page_link") if link.proto.icon == ":material/check_circle:"}
    assert ticked == {"data"}


def test_the_table_has_holes_that_are_filled(visitor) -> None:
    at = visitor().open("start")
    (table,) = [element.proto.body for element in at.get("html") if 'class="holes"' in element.proto.body]
    assert table.count('class="blank"') >= 5
    assert table.count("<tr>") == 7


def test_show_me_trains_a_model_and_goes_to_its_ranking(visitor, no_workers) -> None:
    session = visitor()
    session.open("start")
    session.button("start_show_me").click().run()
    assert not session.at.exception
    assert session.at.title[0].value == "Best & worst movies"
