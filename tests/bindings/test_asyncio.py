#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/examples/mimesend_asyncio.py: a session and a pool in a program of asyncio, and what a cancelled task leaves behind."""

import asyncio
import os
import sys

import gi

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
sys.path.insert(0, os.environ['EXAMPLES'])
import support

gi.require_version('GMime', '3.0')
gi.require_version('Mimesend', '1.0')
from gi.repository import GLib, Mimesend
import mimesend_asyncio


def envelope():
    return Mimesend.Envelope.new('joe@example.com', ['jimmy@example.org'])


def text_content(text):
    content = Mimesend.Content.new()
    content.add_string(text)
    return content


class Never(Mimesend.Content):
    """Its octets never come; reached is set when they are asked for."""

    def __init__(self):
        super().__init__()
        self.loop, self.reached = asyncio.get_running_loop(), asyncio.Event()

    def do_request_bytes(self, count, cancellable):
        self.loop.call_soon_threadsafe(self.reached.set)


class Asyncio(support.Case):
    def each(self, sink):
        server = Mimesend.Server.new(sink.name)
        return mimesend_asyncio.Session(server), mimesend_asyncio.Pool(server, connections=2, queue_size=2)

    def run_it(self, main):
        return asyncio.run(asyncio.wait_for(main, 60))

    def test_at_once(self):
        async def main(way):
            async with way:
                return await asyncio.gather(*(way.send(envelope(), text_content('%d\n' % i)) for i in range(20)))

        for which in (0, 1):
            sink = support.Sink(self)
            receipts = self.run_it(main(self.each(sink)[which]))
            self.assertEqual([receipt.get_outcome() for receipt in receipts], [Mimesend.Outcome.ACCEPTED] * 20)
            self.assertEqual(sorted(int(message['content']) for message in sink.stop()), list(range(20)))

    def test_letters(self):
        """One letter for several people, at once and one after another; one that cannot be built is an error."""
        async def main(way):
            letter = Mimesend.Letter(subject='Grüße', **{'from': 'joe@example.com'})
            async with way:
                with self.assertRaises(GLib.Error) as raised:
                    await way.send_letter(letter)
                tasks = []
                for name in ('ann', 'bob', 'cy'):
                    letter.props.to, letter.props.text = [name + '@example.org'], name + '\n'
                    tasks.append(asyncio.ensure_future(way.send_letter(letter)))
                    await asyncio.sleep(0)  # it was begun
                return raised.exception, await asyncio.gather(*tasks)

        for which in (0, 1):
            sink = support.Sink(self)
            error, receipts = self.run_it(main(self.each(sink)[which]))
            self.assertTrue(error.matches(Mimesend.error_quark(), Mimesend.Error.ARGUMENT), error)
            for receipt in receipts:
                receipt.check()
            ids = {receipt.get_message_id().encode() for receipt in receipts}
            messages = sink.stop()
            self.assertEqual((len(ids), len(messages)), (3, 3))
            for message in messages:
                name, = message['recipients']
                self.assertTrue(message['content'].endswith(b'\r\n\r\n' + name.partition('@')[0].encode() + b'\r\n'))
                self.assertTrue(any(one in message['content'] for one in ids))

    def test_cancel(self):
        async def main(way):
            async with way:
                content = Never()
                task = asyncio.ensure_future(way.send(envelope(), content))
                await content.reached.wait()
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                return await way.send(envelope(), text_content('after\n'))

        for which in (0, 1):
            sink = support.Sink(self)
            self.assertEqual(self.run_it(main(self.each(sink)[which])).get_outcome(), Mimesend.Outcome.ACCEPTED)
            self.assertEqual([message['content'] for message in sink.stop()], [b'after\r\n'])

    def test_errors(self):
        async def main(way):
            with self.assertRaises(TypeError):
                await way.send(envelope(), 'no content')
            with self.assertRaises(GLib.Error) as raised:
                (await way.send(envelope(), text_content('x\n'))).check()
            await way.close()
            return raised.exception

        server = Mimesend.Server.new('127.0.0.1:1')
        for way in (mimesend_asyncio.Session(server), mimesend_asyncio.Pool(server)):
            error = self.run_it(main(way))
            self.assertTrue(error.matches(Mimesend.error_quark(), Mimesend.Error.CONNECT), error)

    def test_closed_pool(self):
        async def main(pool):
            await pool.close()
            with self.assertRaises(GLib.Error) as raised:
                await pool.send(envelope(), text_content('late\n'))
            return raised.exception

        sink = support.Sink(self)
        error = self.run_it(main(self.each(sink)[1]))
        self.assertTrue(error.matches(Mimesend.error_quark(), Mimesend.Error.NOT_TRIED), error)
        self.assertEqual(sink.stop(), [])


if __name__ == '__main__':
    support.main()
