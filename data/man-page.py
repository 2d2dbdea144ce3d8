#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""man-page.py IN.md OUT SECTION VERSION DATE 'NAME - what it is': a manual page of one of docs/*.md, so that it is written once.

It knows the Markdown that these files use: headings, paragraphs, lists, tables, blocks of code; `code`, *emphasis*, **strong** and
links. The heading on top becomes the name; tables become lists of terms."""
import re
import sys


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = re.sub(r"[^\x00-\x7f]", lambda m: "\\[u%04X]" % ord(m.group()), text)
    return re.sub(r"^\.", r"\\&.", text, flags=re.M)


def inline(text):
    """What stands between backquotes is bold, and nothing in it means anything."""
    out = []
    for i, piece in enumerate(re.split(r"`([^`]*)`", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))):
        if i % 2 == 1:
            out.append("\\fB" + escape(piece) + "\\fR")
            continue
        piece = escape(piece)
        piece = re.sub(r"\*\*([^*]+)\*\*", r"\\fB\1\\fR", piece)
        out.append(re.sub(r"(?<!\w)\*([^*\s][^*]*)\*", r"\\fI\1\\fR", piece))
    return "".join(out)


def wrapped(text):
    """A sentence a line, as roff wants it, and no line that begins with a dot or an apostrophe."""
    lines = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<=[.!?:;]) (?=[A-Z`*\"\d])", "\n", lines)


def cells(row):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def table(rows, out):
    for row in rows[2:]:
        term, *rest = cells(row)
        *kind, meaning = rest or [""]
        out.append(".TP")
        out.append(inline(term or "(none)"))
        out.append(inline(wrapped(("(%s) " % ", ".join(kind) if kind else "") + meaning)))


def convert(lines):
    out, i = [], 0
    while i < len(lines):
        line = lines[i]
        if line.startswith("```"):
            end = next(k for k in range(i + 1, len(lines)) if lines[k].startswith("```"))
            out += [".PP", ".RS 4", ".nf", *map(escape, lines[i + 1:end]), ".fi", ".RE"]
            i = end
        elif line.startswith("#"):
            out.append(".SH " + inline(line.lstrip("# ").replace("`", "").upper()))
        elif line.startswith("|"):
            end = next((k for k in range(i, len(lines)) if not lines[k].startswith("|")), len(lines))
            table(lines[i:end], out)
            i = end - 1
        elif line.startswith("- "):
            text = [line[2:]]
            while i + 1 < len(lines) and lines[i + 1].startswith("  "):
                i += 1
                text.append(lines[i].strip())
            out += [".IP \\(bu 2", inline(wrapped(" ".join(text)))]
        elif line.startswith(".SH"):
            out.append(line)
        elif line.strip():
            text = [line]
            while i + 1 < len(lines) and lines[i + 1].strip() and not lines[i + 1].startswith(("|", "- ", "#", "```")):
                i += 1
                text.append(lines[i])
            out += [".PP", inline(wrapped(" ".join(text)))]
        i += 1
    # a paragraph right below a heading needs no macro of its own
    return [line for k, line in enumerate(out) if line != ".PP" or k == 0 or not out[k - 1].startswith(".SH")]


def main():
    source, target, section, version, date, name = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        lines = file.read().split("\n")
    if lines[0] == "---":
        lines = lines[lines.index("---", 1) + 1:]
    while not lines[0].startswith("# "):
        lines.pop(0)
    page, what = name.split(" - ", 1)
    text = [".\\\" SPDX-License-Identifier: LGPL-2.1-or-later", ".\\\" Made of %s." % source.rpartition("/")[2],
            '.TH %s %s "%s" "mimesend %s"' % (page.upper(), section, date, version), ".SH NAME", "%s \\- %s" % (escape(page), escape(what)),
            *convert([".SH DESCRIPTION", *lines[1:]]), ".SH SEE ALSO", ".BR mimesend (1)"]
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
