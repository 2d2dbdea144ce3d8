#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""retry.py SERVER FROM TO: a server that is busy is asked again, and no recipient gets the letter twice."""

import sys

import gi

gi.require_version("Mimesend", "1.0")
from gi.repository import GLib, Mimesend


def main(server, sender, recipient):
    letter = Mimesend.Letter(subject="Once", text="You get this once.\n")
    letter.set_from(sender)
    letter.add_to(recipient)

    # At most five attempts within a minute. What is in doubt is not sent again: the server may have it.
    session = Mimesend.Session(server=Mimesend.Server.new(server))
    session.set_retry(Mimesend.Retry.new(5).with_delay(0.1, 10).with_deadline(60))
    receipt = session.send_letter(letter, Mimesend.SendFlags.DEFAULT, None)
    print("%s after %d attempts" % (Mimesend.outcome_to_string(receipt.get_outcome()), receipt.get_attempts()))
    receipt.check()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except GLib.Error as error:
        sys.exit("not sent: " + error.message)
