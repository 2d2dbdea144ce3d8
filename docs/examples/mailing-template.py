#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""mailing-template.py SERVER FROM TABLE: to each row of a table, a letter of its own. The table is CSV with the columns name, email and
amount; what is the same in all letters is encoded once."""

import csv
import sys

import gi

gi.require_version("Mimesend", "1.0")
from gi.repository import GLib, Mimesend

COLUMNS = ["name", "email", "amount"]
TEXT = "Dear {{name}},\n{{#amount}}\nyour invoice is over {{amount}}.\n{{/amount}}\nThank you.\n"


def main(server, sender, table):
    letter = Mimesend.Letter(subject="Your invoice, {{name}}", text=TEXT)
    letter.set_from(sender)
    mailing = Mimesend.Mailing.new_for_template(letter, COLUMNS)
    mailing.set_header("To", "{{name}} <{{email}}>")

    session = Mimesend.Session(server=Mimesend.Server.new(server))
    failed = 0
    with open(table, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            try:
                content = mailing.new_content([row[column] for column in COLUMNS])
                receipt = session.send(Mimesend.Envelope.new(sender, [row["email"]]), content, Mimesend.SendFlags.DEFAULT, None)
                receipt.check()
                print("%s: sent" % row["email"])
            except GLib.Error as error:
                print("%s: not sent: %s" % (row["email"], error.message))
                failed += 1
    session.close(None)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
