#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libmimesend in programs of asyncio: copy this file beside yours.

    session = mimesend_asyncio.Session(server, window=8)
    receipt = await session.send_letter(letter)
    await session.close()

    async with mimesend_asyncio.Pool(server, connections=4) as pool:
        receipts = await asyncio.gather(*(pool.send(envelope, content) for envelope, content in messages))

A task that is cancelled cancels its message, and ends when the message has settled: nothing is sent behind its back. Errors
are GLib.Error. GLib's main loop runs in a thread of its own, where contents that are written in Python are read, too."""

import asyncio
import itertools
import threading

import gi

gi.require_version("GMime", "3.0")
gi.require_version("Mimesend", "1.0")
from gi.repository import Gio, GLib, Mimesend

_start = threading.Lock()
_thread = None


def _in_glib(function):
    """Calls function once in GLib's thread, which is begun with the first call."""
    global _thread
    with _start:
        if _thread is None:
            _thread = threading.Thread(target=GLib.MainLoop().run, daemon=True)
            _thread.start()

    def once():
        function()
        return GLib.SOURCE_REMOVE

    GLib.idle_add(once, priority=GLib.PRIORITY_DEFAULT)


async def _settled(future, cancellable):
    """Waits for future; a cancel goes to cancellable, and the future is awaited nevertheless."""
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        _in_glib(cancellable.cancel)
        await asyncio.wait([future])
        future.exception()  # was looked at
        raise


def _future():
    """A future, and two functions that settle it from any thread."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def settle(set_it, value):
        loop.call_soon_threadsafe(lambda: future.done() or set_it(value))

    return future, lambda value: settle(future.set_result, value), lambda error: settle(future.set_exception, error)


async def call(begin, finish, *args):
    """Awaits a pair of functions of GLib's kind: begin (*args, cancellable, callback), finish (result)."""
    cancellable = Gio.Cancellable()
    future, succeed, fail = _future()

    def done(source, result, *unused):
        try:
            succeed(finish(result))
        except GLib.Error as error:
            fail(error)

    def start():
        try:
            begin(*args, cancellable, done)
        except Exception as error:  # an argument of a wrong type
            fail(error)

    _in_glib(start)
    return await _settled(future, cancellable)


def _opened(letter):
    """The envelope and the content of a letter as it is now: what is changed in it afterwards has no effect."""
    tree = letter.build()
    return Mimesend.Envelope.new(letter.get_reverse_path(), letter.get_recipients()), Mimesend.Content.new_for_part(tree, None)


class Session:
    """A Mimesend.Session with its properties; any number of tasks may send at once."""

    def __init__(self, server, **properties):
        self.session = Mimesend.Session(server=server, **properties)

    async def send(self, envelope, content, flags=Mimesend.SendFlags.DEFAULT, priority=GLib.PRIORITY_DEFAULT):
        """The receipt."""
        return await call(self.session.send_async, self.session.send_finish, envelope, content, flags, priority)

    async def send_letter(self, letter, flags=Mimesend.SendFlags.DEFAULT, priority=GLib.PRIORITY_DEFAULT):
        """The receipt."""
        return await self.send(*_opened(letter), flags, priority)

    async def close(self):
        await call(self.session.close_async, self.session.close_finish, GLib.PRIORITY_DEFAULT)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *why):
        await self.close()


class Pool:
    """A Mimesend.Pool with its properties. send () waits for room in the queue and for what becomes of the message."""

    def __init__(self, server, **properties):
        self.pool = Mimesend.Pool(server=server, **properties)
        self._tags = itertools.count(1)
        self._waiting = {}
        self.pool.connect("settled", self._on_settled)

    def _on_settled(self, pool, tag, receipt, error):
        succeed, fail = self._waiting.pop(tag, (None, None))
        if succeed and receipt is not None:
            succeed(receipt)
        elif fail:
            fail(error)

    async def send(self, envelope, content, flags=Mimesend.SendFlags.DEFAULT, priority=GLib.PRIORITY_DEFAULT):
        """The receipt."""
        tag, cancellable = next(self._tags), Gio.Cancellable()
        future, succeed, fail = _future()

        def taken(pool, result, *unused):
            try:
                pool.submit_finish(result)
            except GLib.Error as error:
                if self._waiting.pop(tag, None):  # not settled: it was never taken
                    fail(error)

        def start():
            self._waiting[tag] = succeed, fail
            try:
                self.pool.submit_async(envelope, content, flags, tag, priority, cancellable, taken)
            except Exception as error:  # an argument of a wrong type
                del self._waiting[tag]
                fail(error)

        _in_glib(start)
        return await _settled(future, cancellable)

    async def send_letter(self, letter, flags=Mimesend.SendFlags.DEFAULT, priority=GLib.PRIORITY_DEFAULT):
        """The receipt."""
        return await self.send(*_opened(letter), flags, priority)

    async def close(self):
        """Takes no more messages, and waits for those that were taken."""
        _in_glib(self.pool.shutdown)
        await call(self.pool.drain_async, self.pool.drain_finish, GLib.PRIORITY_DEFAULT)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *why):
        await self.close()
