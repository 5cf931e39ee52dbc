"""A stored page as a tree: pages of our layouts, and broken or strange ones."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from hub.rendering.paper.markup import Element, parse


def tree(html: str) -> Any:
    """The body, each element as its tag and its children."""
    return [_shown(child) for child in parse(html).body.children]


def _shown(node: Element | str) -> Any:
    return node if isinstance(node, str) else (node.tag, *map(_shown, node.children))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>a\n  b</p>\n\n<p> c </p>", [("p", "a b"), ("p", "c ")], id="spaces"),
        pytest.param(
            "<p>a <b>b</b> <i>c</i></p>", [("p", "a ", ("strong", "b"), " ", ("em", "c"))], id="words"
        ),
        pytest.param("<p>a<br> b<br></p>", [("p", "a", ("br",), "b")], id="breaks"),
        pytest.param(
            "<p>uno<p>dos<ul><li>a<li>b</ul>",
            [("p", "uno"), ("p", "dos"), ("ul", ("li", "a"), ("li", "b"))],
            id="open",
        ),
        pytest.param(
            "<table><tbody><tr><th>a<td>b<tr><td>c</table>",
            [("table", ("tr", ("th", "a"), ("td", "b")), ("tr", ("td", "c")))],
            id="open cells",
        ),
        pytest.param("<p>a</b></p></div>b", [("p", "a"), "b"], id="never opened"),
        pytest.param(
            "<style>p</style><script>x</script><!-- y --><title>t</title><p>&lt;b&gt;&nbsp;&#64;</p>",
            [("p", "<b>\u00a0@")],
            id="no words",
        ),
        pytest.param("<custom>a <p>b</p></custom>", [("custom", "a ", ("p", "b"))], id="strange"),
        pytest.param("<p><img src='x'> a</p>", [("p", ("img",), " a")], id="picture"),
    ],
)
def test_page_becomes_a_tree(html: str, expected: Any) -> None:
    assert expected == tree(html)


def test_what_people_wrote_keeps_its_lines() -> None:
    assert [("blockquote", ("p", "a b", ("br",), "c"))] == tree(
        "<blockquote>\n<p>a  b\n c</p>\n</blockquote>"
    )
    assert [("p", "a", ("br",), "b")] == tree('<p class="rubrica">a\r\nb</p>')
    assert [("p", "a b")] == tree("<p>a\nb</p>")


def test_colours_and_classes_of_the_page_are_read_and_nothing_else_is_a_colour() -> None:
    page = parse(
        '<meta name="marca" content="#0b5d67"><meta name="tinta" content="red">'
        '<meta name="x" content="#111">'
        '<body class="cartel a">'
    )

    assert {"marca": "#0b5d67"} == page.colors
    assert ["cartel", "a"] == page.body.classes


def test_picture_is_read_from_the_page_and_from_nowhere_else() -> None:
    inside, outside, broken = (
        parse(f'<img src="{source}" width="{width}" alt="Logo">').body.children[0]
        for source, width in (
            (f"data:image/png;base64,{b64encode(b'png').decode()}", "200"),
            ("https://a.example/x.png", "9" * 30),
            ("data:image/png;base64,AAAAA", "10%"),
        )
    )

    assert isinstance(inside, Element)
    assert isinstance(outside, Element)
    assert isinstance(broken, Element)
    assert (b"png", 200, "Logo") == (inside.picture, inside.width, inside.alt)
    assert (b"", 0, b"", 0) == (outside.picture, outside.width, broken.picture, broken.width)


def test_address_of_a_link_a_number_and_an_id_are_kept() -> None:
    link, numbered, whole = parse(
        '<a href="mailto:a@b.example">x</a><ol start="3"></ol><span style="white-space:nowrap">PQ-1</span>'
    ).body.children

    assert isinstance(link, Element)
    assert isinstance(numbered, Element)
    assert isinstance(whole, Element)
    assert ("mailto:a@b.example", 3, ["junto"]) == (link.href, numbered.start, whole.classes)


def test_endless_nesting_has_an_end() -> None:
    node: Any = parse("<div>" * 5000 + "palabra").body
    depth = 0
    while isinstance(node.children[-1], Element):
        node, depth = node.children[-1], depth + 1

    assert "palabra" == node.children[-1]
    assert depth < 100
