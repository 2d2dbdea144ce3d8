#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""show-mail.py FOLDER ORIGINAL...: shows each stored message as a tree with types, encodings and sizes, by a parser
that is not ours, and compares the checksums of what was attached. Fails if an original did not arrive as it was."""

import email
import email.policy
import hashlib
import pathlib
import sys


def checksum(octets):
    return hashlib.sha256(octets).hexdigest()


def show(part, originals, depth=0):
    """Prints the tree, and takes out of `originals` what arrived whole."""
    margin = "  " * depth
    encoding = part.get("Content-Transfer-Encoding", "7bit")
    if part.is_multipart():
        print("%s%s" % (margin, part.get_content_type()))
        for child in part.iter_parts():
            show(child, originals, depth + 1)
        return
    octets = part.get_payload(decode=True)
    name = part.get_filename()
    print("%s%s  %s  %d octets%s" % (margin, part.get_content_type(), encoding, len(octets), "  " + name if name else ""))
    if name in originals:
        sent = checksum(originals[name])
        same = checksum(octets) == sent
        print("%s  sent    sha256 %s\n%s  arrived sha256 %s  %s"
              % (margin, sent, margin, checksum(octets), "equal" if same else "DIFFERENT"))
        if same:
            del originals[name]


def main():
    originals = {pathlib.Path(path).name: pathlib.Path(path).read_bytes() for path in sys.argv[2:]}
    stored = sorted(pathlib.Path(sys.argv[1]).rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    for path in stored:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        print("\n%d octets from the wire" % path.stat().st_size)
        for field in ("From", "To", "Bcc", "Subject"):
            if message[field]:
                print("  %s: %s" % (field, message[field]))
        show(message, originals, 1)
    if originals or len(stored) != 2:
        sys.exit("%d messages; missing or damaged: %s" % (len(stored), ", ".join(originals) or "nothing"))


if __name__ == "__main__":
    main()
