# SPDX-License-Identifier: LGPL-2.1-or-later
"""Replies that are wrong: too early, too many, too long, mixed, unending, with controls in them."""

import itertools
import socket
import subprocess
import threading
import time

import peer
import support
from peer import Peer, send, speak

ME = ('-f', 'me@example.com')
A, B = 'a@example.com', 'b@example.com'
MESSAGE = ('--message-text', 'Subject: x\n\nbody\n')
PIPE = ('PIPELINING', 'ENHANCEDSTATUSCODES', '8BITMIME')
OK = b'250 2.0.0 ok\r\n'
MEMORY = 48 * 1024  # KiB; 9 MiB is usual


class Replies(support.Case):
    def play(self, serve, *args, code, words=(), to=(A,), message=MESSAGE, wires=1, **more):
        with Peer(serve) as server:
            result = send('-S', more.pop('scheme', '') + server.name, *ME, *message, *args, *to, **more)
        self.assertFalse(server.faults, result.words())
        self.assertEqual(result.code, code, result.words())
        for word in words:
            self.assertIn(word, result.err.decode(), result.words())
        if wires is not None:
            self.assertEqual(len(server.wires), wires, result.words())
        if code != 0:
            self.assertNotIn('accepted', [r['outcome'] for r in result.report['recipients']], result.words())
        return result, server

    def answer(self, verb, octets, code, *args, offers=(), words=(), **more):
        with self.subTest(verb=verb, octets=octets[:60], offers=offers):
            return self.play(lambda wire: speak(wire, offers=offers, answers={verb: octets}, **more.pop('server', {})),
                             *args, code=code, words=words, **more)

    # --- turned away at the hello ---

    def test_hello_refused_and_gone(self):
        """With the refusal, behind it, at HELO; by closing or by a reset; in the clear and under TLS: the refusal is the reason."""
        tls = peer.context()

        def close(wire):
            raise peer.Cut

        def reset(wire):
            wire.reset()
            raise peer.Cut
        for refusal in (b'554 5.7.1 blocked, see x\r\n', b'550-blocked,\r\n550 see x\r\n', b'501 bad name, see x\r\n', b'521 5.3.2 never, see x\r\n',
                        b'504 5.5.2 not a full name, see x\r\n'):
            def at_once(wire):
                wire.say(refusal)
                wire.sock.shutdown(socket.SHUT_RDWR)
                raise peer.Cut
            for answers in ({'EHLO': at_once}, {'EHLO': refusal, 'HELO': close}, {'EHLO': refusal, 'HELO': reset}, {'EHLO': refusal, 'HELO': b'421 bye\r\n'},
                            {'EHLO': refusal, 'HELO': refusal}):
                for more in ({}, {'implicit': tls}):
                    with self.subTest(refusal=refusal, answers=list(answers), more=list(more)):
                        result, _ = self.play(lambda wire: speak(wire, answers=answers, **more), *(('--tls', 'implicit', '--ca-file', peer.ca()) if more else ()),
                                              code=69, words=(refusal[:3].decode(), 'see x'))
                        self.assertEqual(result.report['error']['stage'], 'hello', result.words())

    # --- a success that no reply gave ---

    def test_end_ahead_of_the_dot(self):
        for offers in ((), PIPE):
            self.answer('DATA', b'354 go\r\n250 2.0.0 queued\r\n', 76, offers=offers)
            self.answer('DATA', b'250 2.0.0 queued\r\n', 76, offers=offers)
            self.answer('DATA', b'250 2.0.0 queued\r\n354 go\r\n', 76, offers=offers)
            self.answer('DATA', b'354 go\r\n221 bye\r\n', 76, offers=offers)
            self.answer('DATA', b'354-go\r\n354 go\r\n2', 76, offers=offers)
            self.answer('DATA', b'354 go\r\n554 no\r\n', 69, offers=offers)
            self.answer('DATA', b'354 go\r\n452 later\r\n', 75, offers=offers)
            self.answer('DATA', b'354 go\r\n421 later\r\n', 75, offers=offers)
            self.answer('DATA', b'355 go\r\n', 76, offers=offers)
            self.answer('DATA', b'334 go\r\n', 76, offers=offers)

    def test_end_right_behind_the_354(self):
        """The 250 comes while content is on the way, which is long: the dot must not follow it."""
        def serve(wire):
            def data(wire):
                wire.say(b'354 go\r\n')
                while len(wire.received) < 300000:
                    wire.fill()
                wire.say(b'250 2.0.0 queued\r\n')
                wire.drain()
            speak(wire, answers={'DATA': data})
        text = self.file('long', b'A line of text to send.\n' * 400000)
        result, server = self.play(serve, code=76, message=('--message', text))
        self.assertFalse(server.wires[0].received.endswith(b'\r\n.\r\n'))

    def test_the_whole_dialogue_ahead(self):
        whole = (b'220 host\r\n250-host\r\n250 8BITMIME\r\n250 sender\r\n250 recipient\r\n354 go\r\n250 2.0.0 queued\r\n'
                 b'221 bye\r\n')
        lines = whole.splitlines(keepends=True)
        for n in (len(lines), 3, 4, 5, 6, 7):
            with self.subTest(n):
                def serve(wire):
                    wire.say(b''.join(lines[:n]))
                    wire.drain()
                result, server = self.play(serve, code=76)
                self.assertNotIn(b'MAIL', server.wires[0].received)

        def with_chunking(wire):
            wire.say(b'220 host\r\n')
            wire.line()
            wire.say(b'250-host\r\n250-PIPELINING\r\n250 CHUNKING\r\n' + OK * 3)
            wire.drain()
        result, server = self.play(with_chunking, code=76)
        self.assertNotIn(b'BDAT', server.wires[0].received)

    def test_one_reply_too_many(self):
        for verb, offers in itertools.product(('GREETING', 'MAIL', 'RCPT'), ((), PIPE)):
            usual = {'GREETING': b'220 host\r\n'}.get(verb, OK)
            if offers and verb != 'GREETING':
                # three commands are on the way: the surplus stands where DATA's answer belongs
                self.answer(verb, usual + usual, 76, offers=offers)
            else:
                self.answer(verb, usual + OK, 76, offers=offers)

    def test_after_the_end(self):
        self.answer('END', OK + OK, 0)
        self.answer('END', OK + b'554 no, after all\r\n', 0)
        self.answer('END', OK + b'\0\0\0', 0)
        self.answer('END', OK + b'\x1b[31m rubbish' * 100000, 0)
        self.answer('QUIT', b'554 no\r\n', 0)
        self.answer('QUIT', b'\0' * 100, 0)
        self.answer('QUIT', b'354 more\r\n', 0)

    def test_the_end_in_doubt(self):
        long = b'250-' + b'x' * 9000 + b'\r\n250 ok\r\n'
        for octets in (b'354 more\r\n', b'334 more\r\n', b'250-fine\r\n554 not fine\r\n', b'554-no\r\n250 yes\r\n', b'250\0ok\r\n',
                       b'25', b'250', b'250 ok', b'250 ok\r', b'150 ok\r\n', b'650 ok\r\n', b'250ok\r\n', b'ok\r\n', b'\r\n',
                       b'2500 ok\r\n', b' 250 ok\r\n', b'\xff250 ok\r\n', b'-250 ok\r\n', b'+OK\r\n', long, b'250-a\r\n' * 20000,
                       b'\xb2\xb5\xb0 ok\r\n'):
            for offers in ((), PIPE + ('CHUNKING',)):
                def end(wire, octets=octets):
                    wire.say(octets)
                    wire.sock.shutdown(1)
                    wire.drain()
                with self.subTest(octets=octets[:30], offers=offers):
                    self.play(lambda wire: speak(wire, offers=offers, answers={'END': end}), code=74)

    def test_forms_of_success(self):
        for octets in (b'250 ok\n', b'250\r\n', b'250 \r\n', b'250-\r\n250\r\n', b'251 ok\r\n', b'250-a\n250-b\r\n250 c\n',
                       b'250 2.0.0\r\n', b'250 5.0.0 odd\r\n', b'250 \xff\xfe\r\n'):
            self.answer('END', octets, 0)

    def test_refused_at_the_end(self):
        for octets, code in ((b'554 no\r\n', 69), (b'552 5.3.4 too big\r\n', 69), (b'451 later\r\n', 75), (b'421 bye\r\n', 75),
                             (b'550-no\r\n550 no\r\n', 69), (b'499\r\n', 75), (b'599\r\n', 69), (b'554 no\n', 69)):
            for offers in ((), PIPE, PIPE + ('CHUNKING',)):
                self.answer('END', octets, code, offers=offers)

    def test_421_at_each_stage(self):
        for verb in ('GREETING', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'END'):
            for offers in ((), PIPE, PIPE + ('CHUNKING',)):
                if verb == 'DATA' and 'CHUNKING' in offers:
                    continue
                for ends in (False, True):
                    def last(wire, ends=ends):
                        wire.say(b'421 4.3.2 closing\r\n')
                        if ends:
                            raise peer.Cut
                        wire.drain()
                    with self.subTest(verb=verb, offers=offers, ends=ends):
                        # a system that stops says nothing of a message that it has to its end
                        self.play(lambda wire: speak(wire, offers=offers, answers={verb: last}),
                                  code=74 if verb == 'END' else 75, wires=None)

    def test_refusals_by_stage(self):
        for verb, five in (('GREETING', 69), ('EHLO', 69), ('MAIL', 69), ('RCPT', 67), ('DATA', 69)):
            for offers in ((), PIPE):
                answers = {verb: b'550 no\r\n', 'HELO': b'550 no\r\n'}
                for octets, code in ((b'550 5.7.1 no\r\n', five), (b'451 4.7.1 later\r\n', 75)):
                    answers[verb] = octets
                    with self.subTest(verb=verb, octets=octets, offers=offers):
                        self.play(lambda wire: speak(wire, offers=offers, answers=dict(answers)), code=code)

    def test_the_stage_is_named(self):
        """Whatever is wrong, the error says where, at once."""
        def close(wire):
            raise peer.Cut
        stages = {'GREETING': 'greeting', 'EHLO': 'hello', 'MAIL': 'mail', 'RCPT': 'rcpt', 'DATA': 'data', 'END': 'end-of-data'}
        wrongs = (b'250-a\r\n550 b\r\n', b'250 \0\0\r\n', b'\xff\xfe\r\n', b'x' * 70000, b'250-x\r\n' * 10000, b'999 x\r\n', close)
        for verb, stage in stages.items():
            for octets in wrongs:
                for offers in ((), PIPE):
                    with self.subTest(verb=verb, octets=octets if callable(octets) else octets[:20], offers=offers):
                        with Peer(lambda wire: speak(wire, offers=offers, answers={verb: octets})) as server:
                            result = send('-S', server.name, *ME, *MESSAGE, A)
                        code = 74 if verb == 'END' else 75 if octets is close else 76
                        self.assertEqual(result.code, code, result.words())
                        self.assertEqual(result.report['error']['stage'], stage, result.words())
                        self.assertLess(result.seconds, 10)
                        self.assertLess(len(result.err), 4096)

    def test_a_chunk_is_refused(self):
        """With its LAST accepted: what the server kept is unknown."""
        text = self.file('long', b'A line of text to send.\n' * 40000)
        for last in (b'503 no\r\n', b'250 fine\r\n'):
            with self.subTest(last):
                with Peer(lambda wire: speak(wire, offers=PIPE + ('CHUNKING',), answers={'CHUNK': b'550 no\r\n', 'END': last})) as server:
                    result = send('-S', server.name, *ME, '--message', text, A)
                doubt = server.wires[0].ended and last.startswith(b'2')  # the last chunk had left ahead of the refusal
                self.assertEqual(result.code, 74 if doubt else 69, result.words())

    # --- what must not be shown or believed ---

    def test_terminal_escapes(self):
        nasty = b'\x1b[2J\x1b]0;owned\x07\x9b31m\xc2\x9b31m\xe2\x80\xaeevil\x08\x7f\tend'
        for verb, code in (('GREETING', 69), ('EHLO', 69), ('MAIL', 69), ('RCPT', 67), ('DATA', 69), ('END', 69)):
            for args in ((), ('-v',)):
                answers = {verb: b'554-5.7.1 ' + nasty + b'\r\n554 5.7.1 ' + nasty + b'\r\n', 'HELO': b'554 ' + nasty + b'\r\n'}
                with self.subTest(verb=verb, args=args):
                    with Peer(lambda wire: speak(wire, answers=dict(answers))) as server:
                        for json in (True, False):
                            result = send('-S', server.name, *ME, *MESSAGE, *args, A, json=json)
                            self.assertEqual(result.code, code, result.words())
        with Peer(lambda wire: speak(wire, offers=('X\x1b[2JX', 'SIZE \x1b[2J'), answers={
                'END': b'250 2.0.0 ' + nasty + b' queued as ' + nasty + b'\r\n'})) as server:
            for json in (True, False):
                result = send('-S', server.name, *ME, *MESSAGE, '-v', A, json=json)
                self.assertEqual(result.code, 0, result.words())

    def test_bounded_words(self):
        result, _ = self.answer('MAIL', b'550-' + b'w' * 500 + b'\r\n' + b'550-x\r\n' * 900 + b'550 end\r\n', 69)
        self.assertLess(len(result.err), 8192)

    def test_bad_forms(self):
        for verb in ('GREETING', 'EHLO', 'MAIL', 'RCPT', 'DATA'):
            for octets in (b'250-fine\r\n554 not\r\n', b'220\0\r\n', b'hello\r\n', b'\r\n', b'HTTP/1.1 400 Bad Request\r\n\r\n', b'+OK\r\n',
                           b'* OK IMAP4rev1\r\n', b'SSH-2.0-x\r\n', b'\x16\x03\x01\x02\x00\x01\r\n', b'999 x\r\n', b'100 x\r\n',
                           b'\x80\x81\x82\x83\r\n', b'250_x\r\n'):
                self.answer(verb, octets, 76)

    # --- floods and drips ---

    def peak(self, serve, *args, code, scheme=''):
        """How much memory a run took, in KiB, and that it ended as it should."""
        with Peer(serve) as server:
            child = support.start_measured(support.MIMESEND, '-S', scheme + server.name, *ME, *MESSAGE, *args,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = child.communicate(timeout=60)
            peak = support.peak_memory(child)
        self.assertEqual(child.returncode, code, err[:2000])
        if not support.SANITIZED:
            self.assertLess(peak, MEMORY)
        return out, err

    def flood(self, verb, octets, code):
        """Sends without end, or nearly, until the client goes."""
        def pour(wire):
            for _ in range(160):  # 10 MB and more
                wire.put(octets)
            wire.drain()
        with self.subTest(verb=verb, octets=octets[:20]):
            out, err = self.peak(lambda wire: speak(wire, answers={verb: pour}), A, code=code)
            self.assertLess(len(err), 8192)

    def test_many_long_replies(self):
        """64 KiB of words for each of many recipients."""
        words = (b'250-' + b'x' * 7000 + b'\r\n') * 8 + b'250 end\r\n'
        many = ['user%d@example.com' % i for i in range(2000)]
        for lmtp, verb in ((False, 'RCPT'), (False, 'END'), (True, 'END')):
            with self.subTest(lmtp=lmtp, verb=verb):
                out, _ = self.peak(lambda wire: speak(wire, lmtp=lmtp, offers=PIPE, answers={verb: words}), '--json', *many, code=0,
                                   scheme='lmtp://' if lmtp else '')
                self.assertLess(len(out), 4 << 20)
        refusal = words.replace(b'250', b'550')
        self.peak(lambda wire: speak(wire, offers=PIPE, answers={'RCPT': refusal}), '--json', *many, code=67)

    def test_floods(self):
        for verb, code in (('GREETING', 76), ('EHLO', 76), ('MAIL', 76), ('END', 74)):
            start = b'220' if verb == 'GREETING' else b'250'
            self.flood(verb, b'x' * 65536, code)                                # 10 MB and no line end
            self.flood(verb, start + b'-' + b'x' * 65532, code)
            self.flood(verb, (start + b'-x\r\n') * 9000, code)                  # lines without end
            self.flood(verb, (start + b'-' + b'y' * 4000 + b'\r\n') * 16, code)
        self.flood('EHLO', b''.join(b'250-X%07d %s\r\n' % (i, b'z' * 100) for i in range(580)), 76)  # capabilities, megabytes
        self.flood('MAIL', b'250 ok\r\n' * 8000, 76)

    def test_many_capabilities(self):
        """Much, but no more than a server may say: it works."""
        text = b'250-host\r\n' + b''.join(b'250-X%d AUTH %s\r\n' % (i, b'A' * 180) for i in range(990)) + b'250 AUTH %s\r\n' % (
            b' '.join(b'MECH-%d' % i for i in range(900)))
        self.answer('EHLO', text, 0)
        self.answer('EHLO', b'250-host\r\n' + b''.join(b'250-X%d\r\n' % i for i in range(10000)) + b'250 END\r\n', 76)
        self.answer('EHLO', b'250-host\r\n' + b'250-X %s\r\n' % (b'z' * 2000) * 512 + b'250 END\r\n', 76)

    def test_odd_capabilities(self):
        for offer in ('SIZE', 'SIZE 0', 'SIZE 99999999999999999999999', 'SIZE -1', 'SIZE 1e9', 'SIZE 18446744073709551615',
                      'SIZE 9223372036854775808', 'AUTH', 'AUTH PLA\x01IN', 'AUTH ' + 'X' * 500, 'LIMITS RCPTMAX=0', 'LIMITS RCPTMAX=-5',
                      'LIMITS RCPTMAX=99999999999999999999', 'LIMITS MAILMAX=0', 'LIMITS RCPTMAX=', '8BITMIME\t', ' 8BITMIME', '',
                      'PIPELINING PIPELINING', 'CHUNKING yes', 'STARTTLSX', '\xff'):
            with self.subTest(offer):
                self.play(lambda wire: speak(wire, offers=(offer, 'HELP')), code=0, to=(A, B))
        self.play(lambda wire: speak(wire, offers=('SIZE 3',)), code=69, words=('takes 3 at most',))
        result, _ = self.play(lambda wire: speak(wire, offers=('LIMITS RCPTMAX=1', 'PIPELINING')), code=0, to=(A, B))
        self.assertEqual(len(result.report['transactions']), 2)

    def test_drip(self):
        """One octet at a time resets no timer."""
        def drip(wire, octets=b'250-' + b'x' * 4000):
            for i in range(len(octets)):
                wire.put(octets[i:i + 1])
                time.sleep(0.05)  # this is the attack, not a wait
            wire.drain()

        def lines(wire):
            while True:
                wire.put(b'250-x\r\n')
                time.sleep(0.1)
        for how, verb, code, option in ((drip, 'GREETING', 75, '--deadline'), (drip, 'EHLO', 75, '--timeout'), (lines, 'MAIL', 75, '--timeout'),
                                        (drip, 'END', 74, '--deadline'), (lines, 'END', 74, '--final-timeout'), (drip, 'RCPT', 75, '--deadline')):
            with self.subTest(how=how.__name__, verb=verb, option=option):
                result, _ = self.play(lambda wire: speak(wire, answers={verb: how}), option, '3' if option == '--deadline' else '1', code=code)
                self.assertLess(result.seconds, 20)

    def test_no_reader(self):
        """A server that stops reading in the middle of the content."""
        def data(wire):
            wire.say(b'354 go\r\n')
            stop.wait(30)
            raise peer.Cut
        stop = threading.Event()
        text = self.file('long', b'A line of text to send.\n' * 1000000)
        with Peer(lambda wire: speak(wire, answers={'DATA': data})) as server:
            result = send('-S', server.name, *ME, '--message', text, '--timeout', '1', A)
            stop.set()
        self.assertEqual(result.code, 75, result.words())

    # --- more than one transaction ---

    def test_between_transactions(self):
        """101 recipients take two. What comes too early for the second does not count for it."""
        many = ['user%d@example.com' % i for i in range(101)]
        for early in (OK, OK * 5, b'250 2.0.0 ok\r\n354 go\r\n', b'2', b'554 no\r\n', b'421 bye\r\n', b'\0'):
            for offers in ((), PIPE, PIPE + ('CHUNKING',)):
                served = []

                def end(wire):
                    served.append(wire)
                    return OK + (early if len(served) == 1 else b'')
                with self.subTest(early=early, offers=offers):
                    with Peer(lambda wire: speak(wire, offers=offers, answers={'END': end})) as server:
                        result = send('-S', server.name, *ME, *MESSAGE, *many)
                    outcomes = [r['outcome'] for r in result.report['recipients']]
                    self.assertLessEqual(outcomes.count('accepted'), 100 if len(served) == 1 else 101, result.words()[-600:])
                    self.assertGreaterEqual(outcomes.count('accepted'), 100, result.words()[-600:])
                    self.assertEqual(result.code, 0 if outcomes.count('accepted') == 101 else 79, result.words()[-600:])

    # --- LMTP ---

    def test_lmtp(self):
        queued = b'250 2.0.0 queued as 4F\r\n'
        for replies, code, outcomes in (
                ([queued, b'550 no\r\n'], 67, ['accepted', 'refused']),
                ([b'450 no\r\n', queued], 79, ['deferred', 'accepted']),
                ([b'450 no\r\n', b'550 no\r\n'], 69, ['deferred', 'refused']),
                ([b'450 no\r\n', b'450 no\r\n'], 75, ['deferred', 'deferred']),
                ([queued, b''], 74, ['accepted', 'in-doubt']),
                ([b'', b''], 74, ['in-doubt', 'in-doubt']),
                ([b'354 x\r\n', b''], 74, ['in-doubt', 'in-doubt']),
                ([queued, b'250-x\r\n550 y\r\n'], 74, ['accepted', 'in-doubt']),
                ([queued, b'421 bye\r\n'], 74, ['accepted', 'in-doubt']),
                ([b'421 bye\r\n', b''], 74, ['in-doubt', 'in-doubt']),
                ([queued, queued + queued], 0, ['accepted', 'accepted'])):
            for offers in ((), PIPE, PIPE + ('CHUNKING',)):
                with self.subTest(replies=replies, offers=offers):
                    left = []

                    def serve(wire):
                        left[:] = replies
                        speak(wire, lmtp=True, offers=offers, answers={'END': next_reply})

                    def next_reply(wire):
                        reply = left.pop(0)
                        if not reply:
                            raise peer.Cut
                        return reply
                    with Peer(serve) as server:
                        result = send('-S', 'lmtp://' + server.name, *ME, *MESSAGE, A, B)
                    self.assertEqual(result.code, code, result.words())
                    self.assertEqual([r['outcome'] for r in result.report['recipients']], outcomes, result.words())

    def test_lmtp_extra_ahead(self):
        """One reply more for the last RCPT would make the first recipient's answer come too early. All of them leave in one
        segment: which of them is one too many could not be told later."""
        def serve(wire):
            replies = iter((b'', OK + OK + OK))
            speak(wire, lmtp=True, offers=PIPE + ('CHUNKING',), answers={'RCPT': lambda _: next(replies)})
        with Peer(serve) as server:
            result = send('-S', 'lmtp://' + server.name, *ME, '--message-text', 'hi', A, B)
        self.assertEqual(result.code, 76, result.words())


if __name__ == '__main__':
    support.main()
