#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""send-letter.py SERVER FROM TO [FILE...]: a letter with attachments; then what the server said."""

import sys

import gi

gi.require_version("GMime", "3.0")
gi.require_version("Mimesend", "1.0")
from gi.repository import GLib, Mimesend


def main(server, sender, recipient, *files):
    letter = Mimesend.Letter(subject="Grüße from Python", text="This is a test message\n", to=[recipient])
    letter.set_from(sender)
    for path in files:
        letter.attach_file(path)

    session = Mimesend.Session(server=Mimesend.Server.new(server))
    receipt = session.send_letter(letter, Mimesend.SendFlags.DEFAULT, None)
    print(receipt.explain())
    session.close(None)
    return 0 if receipt.get_outcome() == Mimesend.Outcome.ACCEPTED else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except GLib.Error as error:
        sys.exit("not sent: " + error.message)
