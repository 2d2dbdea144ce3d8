# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every octet of a server's side of reference dialogues × {close, reset, stall, split, merge}.

What must hold at each: never a success that the server did not give, never a hang, and in doubt exactly from the end
mark on. A stride with an offset of its own each run keeps it short; MIMESEND_HOSTILE=all does every octet."""

import concurrent.futures
import os
import random
import threading

import peer
import support
from peer import Cut, Peer, send, speak

ALL = os.environ.get('MIMESEND_HOSTILE') == 'all'
SEED = int(os.environ.get('MIMESEND_SEED', random.SystemRandom().randrange(1 << 30)))
ME = ('-f', 'me@example.com')
A, B, C = 'a@example.com', 'b@example.com', 'c@example.com'
MESSAGE = ('--message-text', 'Subject: x\n\n.one\ntwo')
LOGIN = ('--user', peer.USER)
ENV = {'MIMESEND_PASSWORD': peer.PASSWORD}
PIPE = ('PIPELINING', 'ENHANCEDSTATUSCODES', '8BITMIME', 'SIZE 1000000')


class Dialogue:
    """A name, what the server does, what the client is told."""

    def __init__(self, name, *args, scheme='', lmtp=False, tls=False, implicit=False, final=None, **server):
        self.name, self.args, self.scheme, self.server = name, args, scheme, server
        self.lmtp, self.tls, self.implicit = lmtp, tls, implicit
        self.final = final  # of the recipients served: exit code of the good run

    def serve(self, wire):
        context = peer.context() if self.tls else None
        speak(wire, lmtp=self.lmtp, tls=None if self.implicit else context, implicit=context if self.implicit else None,
              **self.server)

    def run(self, fault, *more):
        with Peer(self.serve, fault) as server:
            result = send('-S', self.scheme + server.name, *ME, *self.args, *more, env=ENV)
        assert not server.faults, (server.faults, result.words())
        return result, server


def tls_args():
    return ('--tls', 'required', '--ca-file', peer.ca())


def dialogues():
    return [
        Dialogue('data', *MESSAGE, A),
        Dialogue('data-pipelined', *MESSAGE, A, offers=PIPE),
        Dialogue('bdat', *MESSAGE, A, offers=PIPE + ('CHUNKING',)),
        Dialogue('bdat-lockstep', *MESSAGE, A, offers=('CHUNKING',)),
        Dialogue('recipients', *MESSAGE, A, B, C, offers=PIPE, recipients={B: b'550 5.1.1 no such\r\n'}, final=67),
        Dialogue('all-or-none', *MESSAGE, '--all-or-none', A, B, offers=PIPE + ('CHUNKING',)),
        Dialogue('lmtp', *MESSAGE, A, B, scheme='lmtp://', lmtp=True, offers=PIPE),
        Dialogue('lmtp-bdat', *MESSAGE, A, B, scheme='lmtp://', lmtp=True, offers=PIPE + ('CHUNKING',)),
        Dialogue('starttls', *MESSAGE, *tls_args(), A, tls=True, offers=PIPE),
        Dialogue('implicit', *MESSAGE, '--tls', 'implicit', '--ca-file', peer.ca(), A, tls=True, implicit=True),
        Dialogue('plain', *MESSAGE, *LOGIN, '--tls', 'none', A, scheme='smtp+insecure://', offers=('AUTH PLAIN',)),
        Dialogue('login', *MESSAGE, *LOGIN, '--tls', 'none', A, scheme='smtp+insecure://', offers=('AUTH LOGIN',)),
        Dialogue('scram', *MESSAGE, *LOGIN, *tls_args(), A, tls=True, offers=('AUTH PLAIN SCRAM-SHA-256',) + PIPE),
    ]


def cut(position, how):
    """The server's octets end after `position`."""
    def fault(wire, octets):
        left = position - wire.sent
        if left >= len(octets):
            wire.put(octets)
            return
        wire.cut = wire.verb
        wire.put(octets[:max(left, 0)])
        if how == 'reset':
            wire.reset()
        elif how == 'stall':
            wire.drain()
        raise Cut
    return fault


def split(wire, octets):
    for i in range(len(octets)):
        wire.put(octets[i:i + 1])


def merge(index, replies):
    """The reply `index` comes together with the one behind it, which is not due yet."""
    lock = threading.Lock()

    def fault(wire, octets):
        with lock:
            n = len(wire.replies) - 1
        if n == index:
            wire.put(octets + replies[index + 1])
        elif n != index + 1:
            wire.put(octets)
    return fault


class Octets(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.good = []
        for dialogue in dialogues():
            result, server = dialogue.run(None)
            assert result.code == (dialogue.final or 0), dialogue.name + result.words()
            assert len(server.wires) == 1, dialogue.name + ' took more connections than one'
            cls.good.append((dialogue, server.wires[0].replies))

    def check(self, dialogue, position, how, result, server):
        """What came of it, by what the server knows that it said. The last connection decides: recipients that were
        not asked go on in another one."""
        if not server.wires:  # a busy machine: the client gave up before the server woke
            self.assertEqual((how, result.code), ('stall', 75), result.words())
            return
        last = server.wires[-1]
        where = '%s, %s at %d, in %s: %s' % (dialogue.name, how, position, last.cut, result.words())
        refused_one = any(b'550 5.1.1' in reply for wire in server.wires for reply in wire.replies[:-1])
        if last.cut in (None, 'QUIT'):
            expected = dialogue.final or 0
        elif last.cut == 'END':
            expected = 74
        else:
            expected = 67 if refused_one else 75
        self.assertEqual(result.code, expected, where)
        if last.cut not in (None, 'QUIT'):
            accepted = [r for r in result.report['recipients'] if r['outcome'] == 'accepted']
            self.assertEqual(len(accepted), last.replies[:-1].count(b'250 2.0.0 queued as 4F\r\n'), where)
        if result.code in (67, 75) and last.cut not in (None, 'QUIT'):
            self.assertFalse(any(w.ended for w in server.wires), where)

    def sweep(self, how, stride, workers, *more):
        random_ = random.Random(SEED)
        jobs = []
        for dialogue, replies in self.good:
            total = sum(map(len, replies))
            step = 1 if ALL else stride
            points = set(range(random_.randrange(step), total, step))
            ends = [sum(map(len, replies[:i + 1])) for i in range(len(replies))]
            if how != 'stall' or ALL:  # around the replies that decide
                points |= {p for e in ends[-4:] for p in (e - 2, e - 1, e) if p < total}
            jobs += [(dialogue, replies, point) for point in sorted(points)]

        def work(job):
            dialogue, replies, point = job
            result, server = dialogue.run(cut(point, how), *more)
            self.check(dialogue, point, how, result, server)

        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            wrong = []
            for future in [pool.submit(work, job) for job in jobs]:
                try:
                    future.result()
                except AssertionError as error:
                    wrong.append(str(error))
        print('# seed %d: %d runs of %s' % (SEED, len(jobs), how), flush=True)
        self.assertFalse(wrong, '%d of %d:\n%s' % (len(wrong), len(jobs), '\n----\n'.join(wrong[:6])))

    def test_close(self):
        self.sweep('close', 23, 4)

    def test_reset(self):
        self.sweep('reset', 29, 4)

    def test_stall(self):
        self.sweep('stall', 61, 24, '--timeout', '2', '--final-timeout', '2')

    def test_split(self):
        for dialogue, replies in self.good:
            with self.subTest(dialogue.name):
                result, server = dialogue.run(split)
                self.assertEqual(result.code, dialogue.final or 0, result.words())

    def test_merge(self):
        """A reply ahead of its command never counts, except where its command is on the way as well."""
        def work(job):
            dialogue, replies, index = job
            result, server = dialogue.run(merge(index, replies), '--timeout', '2', '--final-timeout', '2')
            n_final = 2 if dialogue.lmtp else 1
            last = len(replies) - 2  # the last reply to the content
            where = '%s, reply %d %r with %r: %s' % (dialogue.name, index, replies[index], replies[index + 1],
                                                      result.words())
            if index == last or (n_final == 2 and index == last - 1):
                self.assertEqual(result.code, dialogue.final or 0, where)
            elif result.code == (dialogue.final or 0):
                # nothing but a group that left together can have been answered together
                self.assertTrue('PIPELINING' in dialogue.server.get('offers', ()), where)
                self.assertTrue(server.wires[0].ended, where)
                self.assertFalse(replies[index].startswith(b'354'), where)
            else:
                self.assertIn(result.code, (76,), where)

        jobs = [(d, r, i) for d, r in self.good for i in range(len(r) - 1)]
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for future in [pool.submit(work, job) for job in jobs]:
                try:
                    future.result()
                except AssertionError as error:
                    wrong.append(str(error))
        self.assertFalse(wrong, '%d of %d:\n%s' % (len(wrong), len(jobs), '\n----\n'.join(wrong[:8])))


if __name__ == '__main__':
    support.main()
