"""Texts that mean harm, wherever people or data give a name: markup, links, formulas, escape sequences, long words."""

MARK = "pwned"
"""In every script; it must never become a name of the page's window."""

ELSEWHERE = "evil.example"
"""The host of every link; nothing may ask it, and nothing may lead there."""

TEXTS = [
    '<img src="http://evil.example/a.png" onerror="window.pwned=1">',
    '<a href="http://evil.example/b">Sign in</a>',
    "<script>window.pwned=1</script>",
    "[Sign in](http://evil.example/c)",
    "![picture](http://evil.example/d.png)",
    "<http://evil.example/e>",
    r"$\frac{1}{0}\href{http://evil.example/f}{x}$",
    "<b>bold</b><br>**bold** _it_ `code` # head :red[red] :material/home:",
    '=HYPERLINK("http://evil.example/g")',
    "+1+1",
    "@SUM(1)",
    "%{customdata} {{x}} ${y} %s",
    "\u202egpj.exe \u2066turned",
    "\x1b[31m\x1b]8;;http://evil.example/h\x07click\x1b]8;;\x07",
    "</div></script><iframe src=http://evil.example/i></iframe>",
    "javascript:window.pwned=1",
]
LONG = "W" * 10_000
