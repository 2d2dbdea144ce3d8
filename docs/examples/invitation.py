#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""invitation.py SERVER FROM TO FILE.ics: an invitation that mail programs show with buttons."""

import sys

import gi

gi.require_version("Mimesend", "1.0")
from gi.repository import GLib, Mimesend


def main(server, sender, recipient, file):
    letter = Mimesend.Letter(subject="Planning", text="We meet on Tuesday.\n")
    letter.set_from(sender)
    letter.add_to(recipient)
    with open(file, "rb") as ics:
        letter.set_calendar(GLib.Bytes.new(ics.read()))

    session = Mimesend.Session(server=Mimesend.Server.new(server))
    session.send_letter(letter, Mimesend.SendFlags.DEFAULT, None).check()


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except GLib.Error as error:
        sys.exit("not sent: " + error.message)
