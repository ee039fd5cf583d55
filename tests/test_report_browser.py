"""The pages in a real browser: what they run, and what they would not if an escape were missing.

Each attack is put into a page as markup, unescaped. Without the page's policy it works; with it,
it does not. Nothing is asked of the network but a server of the test's own.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from report_samples import classmate, grade, hostile
from selectolax.lexbor import LexborHTMLParser

from grader.report.html import class_page, class_row, staff_report, student_report

_BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    _BROWSER is None, reason="no chromium is installed (apt-get install chromium)"
)

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
Browse = Callable[..., bytes]
Show = Callable[[str], LexborHTMLParser]


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Loads a page as a file, and returns what the browser prints when asked with these flags."""

    def run(page: str, *flags: str) -> bytes:
        assert _BROWSER is not None
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        command = [_BROWSER, *_FLAGS, profile, *flags, file.as_uri()]
        return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout

    return run


@pytest.fixture
def show(browse: Browse) -> Show:
    """A page as the browser has it when it is loaded and its scripts have run."""
    return lambda page: LexborHTMLParser(browse(page, "--dump-dom").decode())


@dataclass
class Served:
    """A server that answers everything with nothing, and remembers what it was asked for."""

    port: int
    asked: set[str] = field(default_factory=set)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@pytest.fixture
def server() -> Iterator[Served]:
    served = Served(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.add(self.path.lstrip("/"))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        served.port = http.server_port
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield served
        http.shutdown()
        thread.join()


PAGES = {
    "student": lambda: student_report(hostile()),
    "staff": lambda: staff_report(hostile()),
    "class": lambda: class_page([class_row(hostile()), class_row(grade())]),
}


def without_policy(page: str) -> str:
    """The same page, on which everything is allowed."""
    found, times = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert times == 1
    return found


def also_images_of(page: str, server: Served) -> str:
    """The same page, on which images of the server are allowed too."""
    assert "img-src data:" in page
    return page.replace("img-src data:", f"img-src data: http://127.0.0.1:{server.port}")


def with_markup(page: str, markup: str) -> str:
    """The page with an escape that is missing."""
    return page.replace("<main>", f"<main>{markup}", 1)


def _ran(dom: LexborHTMLParser) -> bool:
    root = dom.css_first("html")
    assert root is not None
    return "data-ran" in root.attributes


@pytest.mark.parametrize("name", PAGES)
def test_our_own_script_runs_and_a_strangers_words_do_not(show: Show, name: str):
    page = PAGES[name]()
    before, after = LexborHTMLParser(page), show(page)
    assert [one.attributes.get("hidden", "shown") for one in before.css(".tools")] == [None]
    assert [one.attributes.get("hidden", "shown") for one in after.css(".tools")] == ["shown"]
    assert len(after.css("script")) == 1
    assert after.css("[onerror], [onload], [style], iframe, object, embed, form, base, link") == []
    body = after.body
    assert body is not None
    assert "<script>alert(1)</script><img src=x onerror=alert(1)>" in body.text()


_RUN = "document.documentElement.dataset.ran = 1"


@pytest.mark.parametrize(
    "markup",
    [
        f"<script>{_RUN}</script>",
        f"<script type=module>{_RUN}</script>",
        f"<img src=x: onerror='{_RUN}'>",
        f"<svg onload='{_RUN}'></svg>",
        f"<details open ontoggle='{_RUN}'><summary>x</summary></details>",
        f"<script src='data:text/javascript,{_RUN}'></script>",
        f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    ],
)
def test_a_script_that_got_in_does_not_run(show: Show, markup: str):
    page = with_markup(student_report(hostile()), markup)
    assert _ran(show(without_policy(page)))
    assert not _ran(show(page))


def test_nothing_that_got_in_is_loaded_or_sent(show: Show, server: Served):
    markup = "".join(
        (
            f"<img src={server.url('image')}>",
            f"<link rel=stylesheet href={server.url('sheet')}>",
            f"<script src={server.url('script')}></script>",
            f"<iframe src={server.url('frame')}></iframe>",
            f"<object data={server.url('object')}></object>",
            f"<video src={server.url('video')} preload=auto></video>",
            f"<base href={server.url('')}><img src=based>",
        )
    )
    page = with_markup(student_report(hostile()), markup)
    show(page)
    assert server.asked == set()
    show(without_policy(page))
    assert {"image", "sheet", "script", "frame", "object", "based"} <= server.asked


def test_no_style_that_got_in_counts(show: Show, server: Served):
    """An image of the server may be loaded here, so that only the styles are what fails."""
    markup = (
        f"<img src={server.url('image')}>"
        f"<p style='background: url({server.url('attribute')})'>x</p>"
        f"<style>main {{ background: url({server.url('element')}) }}</style>"
    )
    page = with_markup(student_report(hostile()), markup)
    show(also_images_of(page, server))
    assert server.asked == {"image"}
    show(without_policy(page))
    assert server.asked == {"image", "attribute", "element"}


def test_our_own_style_counts(browse: Browse, tmp_path: Path):
    """The policy changes nothing of what one sees; the style does."""

    def seen(page: str) -> bytes:
        picture = tmp_path / "picture.png"
        browse(page, f"--screenshot={picture}", "--window-size=800,1200")
        return picture.read_bytes()

    page = student_report(grade())
    plain = re.sub("<style>.*?</style>", "", page, flags=re.DOTALL)
    assert seen(page) == seen(without_policy(page)) != seen(plain)


_CUT = """
const scrolls = document.querySelector(".topics").parentElement;
document.documentElement.dataset.cut = scrolls.scrollWidth - scrolls.clientWidth;
"""


@pytest.mark.parametrize("width", [700, 1000, 1140, 1160, 1400])
def test_the_table_of_topics_is_not_cut(browse: Browse, width: int):
    page = without_policy(class_page([class_row(classmate(number)) for number in range(3)]))
    page = page.replace("</body>", f"<script>{{{_CUT}}}</script></body>")
    dom = browse(page, "--dump-dom", f"--window-size={width},900").decode()
    root = LexborHTMLParser(dom).css_first("html")
    assert root is not None
    assert root.attributes["data-cut"] == "0"


_SEEN = """
const rows = () => document.querySelectorAll("[data-sortable] tbody tr");
const seen = () => [...rows()].filter((row) => row.offsetParent !== null).length;
const told = () => document.querySelector("[data-found]").textContent;
const facts = [[seen(), told()]];
const search = document.querySelector("[data-search]");
const find = (words) => {
  search.value = words;
  search.dispatchEvent(new Event("input"));
  facts.push([seen(), told()]);
};
find("student-0396");
find("");
document.querySelectorAll("[data-sortable] thead button")[0].click();
document.querySelectorAll("[data-sortable] thead button")[0].click();
facts.push([seen(), rows()[0].cells[0].textContent]);
document.querySelector("[data-all]").click();
facts.push([seen(), told()]);
document.documentElement.dataset.facts = JSON.stringify(facts);
"""


def test_of_a_long_table_the_first_rows_are_shown_until_all_are_asked_for(show: Show):
    page = without_policy(class_page(class_row(classmate(number)) for number in range(397)))
    root = show(page.replace("</body>", f"<script>{{{_SEEN}}}</script></body>")).css_first("html")
    assert root is not None
    assert json.loads(root.attributes["data-facts"] or "") == [
        [300, "the first 300 of 397"],
        [1, "1 of 397"],
        [300, "the first 300 of 397"],
        [300, "student-0396"],
        [397, ""],
    ]
