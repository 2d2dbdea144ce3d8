#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""send-asyncio.py SERVER FROM TO...: the same as send.py, awaited in a program of asyncio."""

import asyncio
import sys
import threading

import gi

gi.require_version("GMime", "3.0")
gi.require_version("Mimesend", "1.0")
from gi.repository import Gio, GLib, Mimesend


class GLibThread:
    """GLib's main loop in a thread: its asynchronous functions can be awaited. (Newer PyGObject has a bridge of its own.)"""

    def __init__(self):
        threading.Thread(target=GLib.MainLoop().run, daemon=True).start()

    async def call(self, begin, finish, *args):
        loop, cancellable = asyncio.get_running_loop(), Gio.Cancellable()
        future = loop.create_future()

        def settle(set_it, value):
            loop.call_soon_threadsafe(lambda: future.done() or set_it(value))

        def done(source, result):
            try:
                settle(future.set_result, finish(result))
            except GLib.Error as error:
                settle(future.set_exception, error)

        GLib.idle_add(lambda: begin(*args, cancellable, done))  # returns None: once
        try:
            return await future
        except asyncio.CancelledError:
            cancellable.cancel()
            raise


async def main(server, sender, *recipients):
    part = Mimesend.part_new_text("This is a test message\n.\nThat was a dot.\n")
    part.set_header("From", sender, "utf-8")
    part.set_header("To", ", ".join(recipients), "utf-8")
    part.set_header("Subject", "Grüße from Python", "utf-8")
    content = Mimesend.Content.new()
    content.add_stream(Mimesend.PartStream.new(part))

    glib = GLibThread()
    session = Mimesend.Session(server=Mimesend.Server.new(server), serve_accepted=True)
    receipt = await glib.call(session.send_async, session.send_finish, Mimesend.Envelope.new(sender, recipients), content,
                              Mimesend.SendFlags.DEFAULT, GLib.PRIORITY_DEFAULT)
    for i in range(receipt.get_n_recipients()):
        outcome = Mimesend.outcome_to_string(receipt.get_recipient_outcome(i))
        print("%s: %s: %s" % (receipt.get_recipient(i), outcome, receipt.get_recipient_reply(i)))
    await glib.call(session.close_async, session.close_finish)
    return 0 if receipt.get_outcome() == Mimesend.Outcome.ACCEPTED else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        sys.exit(asyncio.run(main(*sys.argv[1:])))
    except GLib.Error as error:
        sys.exit("not sent: " + error.message)
