#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""described.py GIR: every public symbol is described and says since when it is there (what the reference shows of each entry of the GIR, and of each macro), and
what the reference holds beside them has a title."""
import re
import sys
import xml.etree.ElementTree as ET

from project import read

CORE, C, GLIB = ("{http://www.gtk.org/introspection/%s/1.0}" % name for name in ("core", "c", "glib"))
# Virtual functions are in the reference, their invokers too; what a field of a class structure points at is one of them.
KINDS = {CORE + name for name in ("class", "interface", "record", "union", "enumeration", "bitfield", "callback", "constant", "alias", "member",
                                  "function", "method", "constructor", "virtual-method", "property", "function-macro", "parameter",
                                  "return-value")} | {GLIB + "signal", GLIB + "boxed"}


def name_of(element):
    return element.get(C + "identifier") or element.get("name") or element.tag.partition("}")[2]


def is_void(element):
    kind = element.find(CORE + "type")
    return kind is not None and kind.get("name") == "none"


def missing(element, path):
    for child in element:
        if child.get(GLIB + "is-gtype-struct-for") and len(child.findall(CORE + "field")) == 1:
            continue  # the class structure of a final type: there is nothing in it but its parent
        here = path + [name_of(child)]
        if child.tag in KINDS and child.find(CORE + "doc") is None and not (child.tag == CORE + "return-value" and is_void(child)):
            yield ".".join(here), child.tag.partition("}")[2]
        if child.tag != CORE + "field":
            yield from missing(child, here)


# What a symbol consists of is as old as the symbol.
PARTS = {CORE + name for name in ("parameter", "return-value", "member", "virtual-method")}


def undated(element, path):
    for child in element:
        here = path + [name_of(child)]
        if child.tag in KINDS - PARTS and child.find(CORE + "doc") is not None and not child.get("version"):
            yield ".".join(here)
        if child.tag != CORE + "field":
            yield from undated(child, here)


def main():
    namespace = ET.parse(sys.argv[1]).getroot().find(CORE + "namespace")
    found = list(missing(namespace, []))
    for path, kind in found:
        print("%s: %s has no description" % (path, kind))
    untitled = [name for name in re.findall(r'"(\w+\.md)"', read("docs/libmimesend.toml.in"))
                if not re.match(r"---\nTitle: .", read("docs/" + name))]
    dateless = list(undated(namespace, []))
    for path in dateless:
        print("%s: its comment does not say Since:" % path)
    for name in untitled:
        print("docs/%s: begin it with a title for gi-docgen, or it is an unknown document" % name)
    if dateless:
        sys.exit("%d public symbols do not say since when they are there: end each comment with a line Since: and the version" % len(dateless))
    if found or untitled:
        sys.exit("%d public symbols have no description: write a comment of gi-docgen's shape where each is declared" % len(found))


if __name__ == "__main__":
    main()
