"""A small reader of BibTeX, written from its grammar: what a .bib file really says."""

import re


def read(text):
    """The entries of a .bib file, each with its kind, key and fields; AssertionError in a bad one.

    What stands outside of entries is a comment, as for BibTeX itself.
    """
    found, at = [], 0
    while (at := text.find("@", at)) >= 0:
        head = re.compile(r"@([a-z]+)\{([^\s,{}\"#%~\\']+),").match(text, at)
        assert head, text[at : at + 60]
        at, fields = head.end(), {}
        while not (end := re.compile(r"\s*\}").match(text, at)):
            name = re.compile(r"\s*([a-zA-Z]+)\s*=\s*").match(text, at)
            assert name and name[1] not in fields, text[at : at + 60]
            fields[name[1]], at = _braced(text, name.end())
            comma = re.compile(r"\s*,").match(text, at)
            at = comma.end() if comma else at
        at = end.end()
        found.append((head[1], head[2], fields))
    return found


def _braced(text, at):
    """What stands in braces, and where it ends; every brace counts, whatever is before it."""
    assert text[at] == "{", text[at : at + 20]
    depth, start = 0, at + 1
    while True:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if not depth:
            return text[start : at - 1], at


def plain(value):
    """A field without TeX's braces and accents."""
    value = re.sub(r"\{\\['`^\"~=](\w)\}", r"\1", value)
    return value.replace("{", "").replace("}", "")
