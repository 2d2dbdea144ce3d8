#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""send-asyncio.py SERVER FROM TO...: the same as send.py, awaited in a program of asyncio, by mimesend_asyncio.py beside it."""

import asyncio
import sys

import gi

gi.require_version("GMime", "3.0")
gi.require_version("Mimesend", "1.0")
from gi.repository import GLib, Mimesend

import mimesend_asyncio


async def main(server, sender, *recipients):
    part = Mimesend.part_new_text("This is a test message\n.\nThat was a dot.\n")
    part.set_header("From", sender, "utf-8")
    part.set_header("To", ", ".join(recipients), "utf-8")
    part.set_header("Subject", "Grüße from Python", "utf-8")
    content = Mimesend.Content.new()
    content.add_stream(Mimesend.PartStream.new(part))

    async with mimesend_asyncio.Session(Mimesend.Server.new(server)) as session:
        receipt = await session.send(Mimesend.Envelope.new(sender, recipients), content, Mimesend.SendFlags.SERVE_ACCEPTED)
    for i in range(receipt.get_n_recipients()):
        outcome = Mimesend.outcome_to_string(receipt.get_recipient_outcome(i))
        print("%s: %s: %s" % (receipt.get_recipient(i), outcome, receipt.get_recipient_reply(i)))
    return 0 if receipt.get_outcome() == Mimesend.Outcome.ACCEPTED else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        sys.exit(asyncio.run(main(*sys.argv[1:])))
    except GLib.Error as error:
        sys.exit("not sent: " + error.message)
