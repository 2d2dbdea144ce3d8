# SPDX-License-Identifier: LGPL-2.1-or-later
"""Content that looks like the end of itself, against a model of a few lines: one message with the expected octets, or
a refusal; never two messages."""

import email
import email.policy
import os
import random
import re
import subprocess

import peer
import support
from peer import Peer, send, speak

SEED = int(os.environ.get('MIMESEND_SEED', random.SystemRandom().randrange(1 << 30)))
ALL = os.environ.get('MIMESEND_HOSTILE') == 'all'
ME = ('-f', 'me@example.com')
A = 'a@example.com'
DATA = ('8BITMIME',)
SERVERS = {'data': DATA, 'pipelined': DATA + ('PIPELINING',), 'bdat': DATA + ('PIPELINING', 'CHUNKING'),
           'bdat-lockstep': DATA + ('CHUNKING',)}


def model(octets):
    """What becomes of raw content on the wire."""
    lines = re.sub(rb'\r\n|\r|\n', b'\r\n', octets)
    return lines if not lines or lines.endswith(b'\r\n') else lines + b'\r\n'


def arrived(wire, chunked):
    """The content as a receiver has it, after a look at all that came."""
    assert wire.ended
    content = wire.content
    if not chunked:
        lines = content.split(b'\r\n')
        assert not any(line == b'.' for line in lines), 'a lone dot within'
        content = b'\r\n'.join(line[1:] if line.startswith(b'.') else line for line in lines)
    assert not re.search(rb'\r(?!\n)|(?<!\r)\n', content), 'a bare CR or LF'
    verbs = [line.split()[0] for line in wire.commands if not line.startswith(b'BDAT')]
    assert verbs == [b'EHLO', b'MAIL', b'RCPT'] + ([] if chunked else [b'DATA']) + [b'QUIT'], verbs
    return content


def pieces(octets, random_):
    """One content in up to four arguments."""
    cuts = sorted(random_.randrange(len(octets) + 1) for _ in range(random_.randrange(4)))
    ends = [0] + cuts + [len(octets)]
    return [octets[a:b] for a, b in zip(ends, ends[1:])]


class Content(support.Case):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.n = 0

    def one(self, args, octets, server, stdin=b'', compare=None):
        with Peer(lambda wire: speak(wire, offers=SERVERS[server])) as listener:
            result = send('-S', listener.name, *ME, *args, A, input=stdin)
        where = 'seed %d, %s: %r… (%d): %s' % (SEED, server, octets[:60], len(octets), result.words()[-1500:])
        if b'\0' in octets and compare is None:
            self.assertEqual(result.code, 65, where)
            self.assertFalse(any(w.ended for w in listener.wires), where)
            return
        self.assertEqual(result.code, 0, where)
        self.assertEqual(len(listener.wires), 1, where)
        try:
            got = arrived(listener.wires[0], 'bdat' in server)
        except AssertionError as error:
            raise AssertionError('%s: %s' % (error, where)) from None
        if compare is not None:
            compare(got, where)
        else:
            expected = model(octets)
            if got != expected:
                at = next((i for i, (x, y) in enumerate(zip(got, expected)) if x != y), min(len(got), len(expected)))
                self.fail('differs at %d: %r, not %r: %s' % (at, got[at - 10:at + 20], expected[at - 10:at + 20], where))
            self.assertEqual(result.report['octets'], len(got), where)

    def raw(self, octets, server, how):
        self.n += 1
        if how == 'file':
            self.one(('--message', self.file('raw', octets)), octets, server)
        elif how == 'stdin':
            self.one(('--message', '-'), octets, server, stdin=octets)
        elif how == 'string':
            self.one(('--message-text', octets.decode('latin-1')), octets, server)
        else:
            args = []
            for i, piece in enumerate(pieces(octets, self.random)):
                if len(piece) < 100000 and b'\0' not in piece and self.random.random() < 0.5:
                    args += ['--message-text', piece.decode('latin-1')]
                else:
                    args += ['--message', self.file('raw%d' % i, piece)]
            self.one(args, octets, server)

    def test_small(self):
        for octets in (b'', b'\n', b'\r', b'\r\n', b'.', b'.\n', b'..', b'\n.\n', b'\r.\r', b'\r\n.\r', b'\r\n.\r\n', b'\n.\r\n', b'\r\n.\n', b'a\n.\nb',
                       b'a\r.\rb', b'a\r\n.\r\nMAIL FROM:<x@x>\r\n', b'a\n.\nQUIT\n', b'\r\r\n.\r\r\n', b'.\r', b'\r.', b'.\r\n.\r\n', b'a\0b',
                       b'\0', b'a\r\n\0.\r\nb', b'a\n.\0\nb', b'x' * 1000, b'\n' * 1000, b'.\n' * 1000, b'BDAT 3\r\nabc'):
            for server in SERVERS:
                for how in ('file', 'string') if b'\0' not in octets else ('file',):
                    with self.subTest(octets=octets[:40], server=server, how=how):
                        self.raw(octets, server, how)

    def test_block_borders(self):
        """A lone dot in every place around the sizes of blocks, chunks and buffers."""
        sizes = (4096, 8192, 16384, 65536, 131072, 261924, 262144, 524288)
        patterns = (b'\n.\n', b'\r\n.\r\n', b'\r.\r', b'\r\n.\r', b'\r\n')
        jobs = [(s, p, k, server) for s in sizes for p in patterns for k in range(-1, len(p) + 2) for server in SERVERS]
        for size, pattern, k, server in jobs if ALL else self.random.sample(jobs, 90):
            for tail in (b'', b'z\n.\n'):
                octets = (b'0123456789' * (size // 10 + 1))[:size - k] + pattern + tail
                with self.subTest(size=size, pattern=pattern, k=k, server=server, tail=tail):
                    self.raw(octets, server, self.random.choice(('file', 'stdin', 'mixed')))

    def test_long_lines(self):
        for octets in (b'x' * (1 << 20), b'x' * (1 << 20) + b'\n.\n', b'.' * (1 << 20), b'\r' * 300000, b'\n' * 300000, b'\r\n' * 150000,
                       b'.\n' * 150000, b'\r.' * 150000):
            for server in ('data', 'bdat'):
                with self.subTest(octets=octets[:20], server=server):
                    self.raw(octets, server, 'file')

    def test_random(self):
        tokens = [b'\r', b'\n', b'\r\n', b'.', b'a', b'\n.\n', b'\r\n.\r\n', b'\r.\r', b'..', b'\n.', b'.\r', b'b' * 77, b'c' * 998 + b'\n',
                  b'd' * 4096, b'e\n' * 3000, b'f' * 65530, b'line\r\n' * 11000]
        for i in range(400 if ALL else 80):
            octets = b''.join(self.random.choice(tokens) for _ in range(self.random.randrange(1, 40)))
            if i % 13 == 0:
                at = self.random.randrange(len(octets) + 1)
                octets = octets[:at] + b'\0' + octets[at:]
            server = self.random.choice(list(SERVERS))
            with self.subTest(i=i, server=server):
                self.raw(octets, server, self.random.choice(('file', 'stdin', 'mixed')))

    def test_eight_bits(self):
        octets = 'é\n.\né'.encode()
        for server, offers in (('no 8BITMIME', ()), ('chunking', ('CHUNKING', 'PIPELINING'))):
            with self.subTest(server):
                with Peer(lambda wire: speak(wire, offers=offers)) as listener:
                    result = send('-S', listener.name, *ME, '--message', self.file('raw', octets), A)
                self.assertEqual(result.code, 69, result.words())
                self.assertFalse(any(w.ended for w in listener.wires), result.words())
        for late in (b'x' * 70000 + octets, b'x\n' * 400000 + octets):
            for offers in ((), ('CHUNKING', 'PIPELINING'), ('PIPELINING',)):
                with self.subTest(n=len(late), offers=offers):
                    with Peer(lambda wire: speak(wire, offers=offers)) as listener:
                        result = send('-S', listener.name, *ME, '--message', self.file('raw', late), A)
                    self.assertEqual(result.code, 69, result.words())
                    self.assertFalse(any(w.ended for w in listener.wires), result.words())

    # --- letters ---

    def letter(self, args, server, check, stdin=b'x\n'):
        def compare(got, where):
            message = email.message_from_bytes(got, policy=email.policy.default)
            self.assertFalse(message.defects, where)
            check(message, where)
        self.one(args, b'', server, stdin=stdin, compare=compare)

    def test_texts(self):
        for text in ('\n.\n', '.\n..\n', 'é\n.\n', 'From x\n.\n', 'x' * 5000, 'é' * 5000, '=\n=3D\n.', 'a \n\t\nb', '', '\n', '.' * 2000,
                     'x\u2028y', 'a' * 998, 'a' * 999, '.' + 'é' * 300, ('y' * 70 + '\n.') * 2000, 'x\r\ny\r\n.\r\n'):
            for server in SERVERS:
                with self.subTest(text=text[:30], server=server):
                    def check(message, where):
                        got = message.get_payload(decode=True).decode().replace('\r\n', '\n')
                        wanted = text.replace('\r\n', '\n')
                        self.assertEqual(got.rstrip('\n'), wanted.rstrip('\n'), where)
                    self.letter(('-s', 'x'), server, check, stdin=text.encode())

    def test_attachments(self):
        whole = [b'', b'\0', b'\r', b'\n', b'.\n', b'\n.\n', b'\r.\r', bytes(range(256)), b'\r\n.\r\n' * 100, b'x' * 70000 + b'\n.\n',
                 self.random.randbytes(65536 + self.random.randrange(-3, 3)), self.random.randbytes(261924), self.random.randbytes(262144 * 2 + 1)]
        for octets in whole:
            for server in ('data', 'bdat'):
                for name in ('x.bin', 'x.txt', 'x.html', 'x'):
                    if name == 'x.html' and not ALL and self.random.random() < 0.6:
                        continue
                    with self.subTest(octets=octets[:20], n=len(octets), server=server, name=name):
                        def check(message, where):
                            part = list(message.iter_attachments())[-1]
                            got = part.get_payload(decode=True)
                            if part.get_content_maintype() == 'text' and part['content-transfer-encoding'] != 'base64':
                                got, wanted = got.replace(b'\r\n', b'\n').rstrip(b'\n'), octets.replace(b'\r\n', b'\n').rstrip(b'\n')
                            else:
                                wanted = octets
                            self.assertEqual(got, wanted, where)
                        self.letter(('-s', 'x', '-a', self.file(name, octets)), server, check)

    def test_pipe(self):
        """From a producer that writes in odd steps."""
        for server in ('data', 'bdat'):
            octets = b'one\r\n.\r\n' * 3000 + b'.\r'
            read, write = os.pipe()
            with Peer(lambda wire: speak(wire, offers=SERVERS[server])) as listener:
                child = subprocess.Popen([support.MIMESEND, '-S', listener.name, *ME, '--message', '-', A], stdin=read,
                                         env=support.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                os.close(read)
                at = 0
                while at < len(octets):
                    step = self.random.randrange(1, 3000)
                    os.write(write, octets[at:at + step])
                    at += step
                os.close(write)
                _, err = child.communicate(timeout=60)
            self.assertEqual(child.returncode, 0, err)
            self.assertEqual(arrived(listener.wires[0], server == 'bdat'), model(octets))


if __name__ == '__main__':
    print('# seed %d' % SEED)
    support.main()
