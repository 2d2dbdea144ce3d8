#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""outcome.py SERVER FROM TO...: who has the letter, who has not, and why."""

import sys

import gi

gi.require_version("Mimesend", "1.0")
from gi.repository import GLib, Mimesend


def main(server, sender, *recipients):
    letter = Mimesend.Letter(subject="To several people", text="Hello.\n")
    letter.set_from(sender)
    for recipient in recipients:
        letter.add_to(recipient)

    # Accepted recipients get it even if others are refused.
    session = Mimesend.Session(server=Mimesend.Server.new(server))
    receipt = session.send_letter(letter, Mimesend.SendFlags.SERVE_ACCEPTED, None)
    for i in range(receipt.get_n_recipients()):
        outcome = receipt.get_recipient_outcome(i)
        print("%s: %s, %s" % (receipt.get_recipient(i), Mimesend.outcome_to_string(outcome), receipt.get_recipient_reply(i)))
    if receipt.get_outcome() != Mimesend.Outcome.ACCEPTED:
        print(receipt.explain())
    return 0 if receipt.get_outcome() == Mimesend.Outcome.ACCEPTED else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except GLib.Error as error:
        sys.exit("not sent: " + error.message)
