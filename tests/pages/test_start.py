"""The start page shows the way."""


def test_links_to_the_pages_in_the_lessons_order(visitor) -> None:
    at = visitor().open("start")
    links = [link.proto.page for link in at.get("page_link")]
    lesson = ["data", "train", "best_and_worst", "movie_map"]
    assert [link for link in links if link in lesson] == lesson
    assert len(at.subheader) == len(links)


def test_says_where_the_data_are_from(visitor) -> None:
    session = visitor()
    session.open("start")
    assert "MovieLens" in session.says("caption")
    assert "Harper & Konstan" in session.says("caption")
