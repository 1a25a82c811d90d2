"""Search by name: whole names first, former names and codes too, and any text does no harm."""

import pytest
from fastapi.testclient import TestClient

HTML = {"accept": "text/html"}


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("Varkaus", "/doc/municipality/915"),
        ("kosken verkko", "/doc/network/koski-tl/kosken-verkko"),
        ("Väståboland", "/doc/municipality/445"),
        ("284", "/doc/municipality/284"),
        ("varhaiskasvatuksen johtaja", "/def/office/varhaiskasvatusjohtaja"),
    ],
)
def test_search_finds(client: TestClient, words: str, link: str) -> None:
    answer = client.get("/search", params={"q": words}, headers=HTML)
    assert answer.status_code == 200
    assert f'href="{link}?lang=en"' in answer.text


def test_a_whole_name_comes_first(client: TestClient) -> None:
    text = client.get("/search", params={"q": "Koski Tl"}, headers=HTML).text
    assert text.index("/doc/municipality/284") < text.index("/doc/dataset/koski-tl")


@pytest.mark.parametrize(
    "words", ["", "   ", '"><img src=x>', "') } UNION {", "x\\", "\x00\r\n", "{{7*7}}", "é" * 5000]
)
def test_any_text_does_no_harm(client: TestClient, words: str) -> None:
    answer = client.get("/search", params={"q": words}, headers=HTML)
    assert answer.status_code == 200
    assert "<img src=x>" not in answer.text
    assert ">49<" not in answer.text
