# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values that try to become commands or headers, through every option: refused before any connection is made, or what
a naive server recorded holds one message, its own commands and its own header fields, and nothing else."""

import os
import random
import re

import peer
import support
from peer import Peer, send, speak

A = 'a@example.com'
MARK = 'X-Evil'
PAYLOADS = ['\r\nX-Evil: 1', '\nX-Evil: 1', '\rX-Evil: 1', '\r\n\r\nX-Evil: 1', '\n\nX-Evil: 1', '\r\n X-Evil: 1\r\nX-Evil: 1', '\n.\nX-Evil: 1',
            '\r\n.\r\nMAIL FROM:<X-Evil@x>', '>\r\nRCPT TO:<X-Evil@x', '> X-Evil=1', '> SIZE=1', '\u2028X-Evil: 1', '\u2029X-Evil: 1',
            '\u0085X-Evil: 1', '\x0bX-Evil: 1', '\x0cX-Evil: 1', '\x1cX-Evil: 1', '\x7f', '\x01', '\u560aX-Evil: 1', '\u560d\u560aX-Evil: 1',
            '=?utf-8?q?=0D=0AX-Evil:_1?=', '=?utf-8?b?DQpYLUV2aWw6IDE=?=', '%0d%0aX-Evil: 1', '\t\r\n\tX-Evil: 1', '\\\r\nX-Evil: 1',
            '"\r\nX-Evil: 1"', '(\r\nX-Evil: 1)', '\u202eX-Evil', '\ufeffX-Evil', '\xa0X-Evil', ', X-Evil@example.com', '; X-Evil=1', '"; X-Evil="1',
            '\r', '\n', '\r\n', ' ', '\t', '\\', '"', '<', '>', '()', ';', ':', ',']
MULTI = (', ', ',')  # address lists may really name one more

ALL = os.environ.get('MIMESEND_HOSTILE') == 'all'
SEED = int(os.environ.get('MIMESEND_SEED', random.SystemRandom().randrange(1 << 30)))
RANDOM = random.Random(SEED)


def some():
    """The line ends always, a third of the others each time; MIMESEND_HOSTILE=all: all of them."""
    return [p for i, p in enumerate(PAYLOADS) if i < 5 or ALL or RANDOM.random() < 0.3]


class Injection(support.Case):
    def setUp(self):
        super().setUp()
        self.recorded = []

    def shot(self, args, raw=False, input=b'The body.\n', env=None, may_name=False):
        """One run; says what was wrong with it."""
        with Peer(lambda wire: speak(wire, offers=self.offers)) as server:
            result = send('-S', server.name, *args, input=input, env=env)
        if result.code != 0:
            if server.wires or result.code not in (64, 65, 66, 77, 78):
                self.wrong.append('not refused ahead: ' + result.words())
            return None
        if len(server.wires) != 1:
            self.wrong.append('connections: ' + result.words())
            return None
        self.look(server.wires[0], result, may_name)
        return server.wires[0]

    def look(self, wire, result, may_name):
        received = bytes(wire.received)
        head, mark, rest = received.partition(b'DATA\r\n')
        commands = [line.split(b' ')[0].split(b':')[0] for line in head.split(b'\r\n')[:-1]]
        problems = []
        if commands[:2] != [b'EHLO', b'MAIL'] or set(commands[2:]) != {b'RCPT'}:
            problems.append('commands %s' % commands)
        if not may_name and len(commands) != 3:
            problems.append('recipients %s' % commands)
        for line in head.split(b'\r\n')[:-1]:
            if re.search(rb'[\x00-\x1f\x7f]', line) or len(line) > 1000:
                problems.append('command %r' % line)
            if line.startswith((b'MAIL', b'RCPT')) and not re.fullmatch(
                    rb'(MAIL FROM|RCPT TO):<[^<>\s]*>( (SIZE=\d+|BODY=\w+|SMTPUTF8))*', line) and b'"' not in line:
                problems.append('command %r' % line)
        if rest.count(b'\r\n.\r\n') != 1 or not rest.endswith(b'\r\n.\r\nQUIT\r\n'):
            problems.append('the end of the message')
        content = rest[:rest.find(b'\r\n.\r\n') + 2]
        if re.search(rb'\r(?!\n)|(?<!\r)\n|\0', content):
            problems.append('a bare CR or LF')
        header = content.partition(b'\r\n\r\n')[0]
        names = []
        for line in header.split(b'\r\n'):
            if line[:1] in (b' ', b'\t') and line.strip():
                continue
            name, colon, value = line.partition(b':')
            if not colon or not re.fullmatch(rb'[!-9;-~]+', name):
                problems.append('header line %r' % line)
            names.append(name.lower())
        allowed = {b'date', b'message-id', b'mime-version', b'from', b'to', b'cc', b'reply-to', b'subject', b'content-type',
                   b'content-transfer-encoding', b'content-disposition', b'x-mine'}
        if {n for n in names if not n.startswith(b'x-mine')} - allowed or len(set(names)) != len(names):
            problems.append('header fields %s' % names)
        if re.search(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', header):
            problems.append('controls in the header')
        if b'x-evil' in names or re.search(rb'(?m)^X-Evil', content):
            problems.append('injected')
        if problems:
            self.wrong.append('%s\n%s\n%r' % (problems, result.words(), received))

    def through(self, make, **more):
        """`make (payload)` gives the arguments."""
        self.wrong = []
        for self.offers in self.servers:
            for payload in some():
                for value in ('x' + payload, payload + 'x', 'x' + payload + 'y') if len(payload) < 4 else ('x' + payload,):
                    args = make(value)
                    if args is not None:
                        self.shot(args, may_name=payload in MULTI or payload.startswith(', '), **more)
        self.assertFalse(self.wrong, '%d wrong:\n%s' % (len(self.wrong), '\n----\n'.join(self.wrong[:5])))

    servers = (('SMTPUTF8', '8BITMIME'),)
    letter = ('-f', 'me@example.com', '-s', 'Subject')

    def test_reverse_path(self):
        self.through(lambda v: ('-f', v, A))
        self.through(lambda v: ('-f', v + '@example.com', A))
        self.through(lambda v: ('-f', 'me@example.com' + v, A))
        self.through(lambda v: ('-f', '"%s"@example.com' % v, A))

    def test_reverse_path_raw(self):
        self.wrong = []
        self.offers = ()
        for payload in some():
            for value in (payload + '@example.com', 'me@example.com' + payload, '"%s"@example.com' % payload):
                with Peer(speak) as server:
                    result = send('-S', server.name, '-f', value, '--message-text', 'Subject: x\n\nx\n', A)
                if result.code != 0:
                    self.assertFalse(server.wires and server.wires[0].received.count(b'MAIL'), result.words())
                    continue
                commands = bytes(server.wires[0].received).partition(b'DATA\r\n')[0].split(b'\r\n')
                self.assertEqual(len(commands), 4, result.words())
                self.assertNotRegex(commands[1], rb'[\x00-\x1f\x7f]')

    def test_recipient(self):
        self.through(lambda v: (*self.letter, '-t', 'a%s@example.com' % v))
        self.through(lambda v: (*self.letter, '-t', 'a@example.com' + v))
        self.through(lambda v: (*self.letter, '-t', '"a%s" <a@example.com>' % v))
        self.through(lambda v: (*self.letter, '-t', 'Joe%s <a@example.com>' % v))

    def test_other_addresses(self):
        self.wrong = []
        for option in ('--cc', '--bcc', '--reply-to', '--from'):
            for self.offers in self.servers:
                for payload in some():
                    for form in ('Joe%s <b@example.com>', 'b@example.com%s', '"b%s"@example.com', 'b@exam%sple.com'):
                        base = ('-f', 'me@example.com', '-s', 'Subject') if option != '--from' else ('-s', 'Subject')
                        with_cc = (*base, option, form % payload, A)
                        self.shot(with_cc, may_name=True)
        self.assertFalse(self.wrong, '%d wrong:\n%s' % (len(self.wrong), '\n----\n'.join(self.wrong[:5])))

    def test_subject(self):
        self.through(lambda v: ('-f', 'me@example.com', '-s', v, A))
        self.through(lambda v: ('-f', 'me@example.com', '-s', 'é' * 200 + v, A))

    def test_header(self):
        self.through(lambda v: (*self.letter, '--header', 'X-Mine: ' + v, A))
        self.through(lambda v: (*self.letter, '--header', 'X-Mine' + v + ': 1', A) if not v.startswith('x:') else None)
        self.through(lambda v: (*self.letter, '--header', 'Date: ' + v, A))
        self.through(lambda v: (*self.letter, '--header', 'Message-ID: <' + v + '@example.com>', A))

    def test_attachment(self):
        path = self.file('plain.txt')
        self.through(lambda v: (*self.letter, '-a', path + ';name=' + v, A) if ';' not in v else None)
        self.through(lambda v: (*self.letter, '-a', path + ';type=text/' + v, A) if ';' not in v else None)
        self.through(lambda v: (*self.letter, '-a', path + ';type=text/plain; ' + v, A))

    def test_file_names(self):
        def make(value):
            if '/' in value:
                return None
            return (*self.letter, '--attach-file', self.file(value), A)
        self.through(make)
        self.wrong = []
        for name in (b'x\r\nX-Evil: 1', b'\xffX-Evil', b'x\nX-Evil: 1', b'\xc2\x85X-Evil', b'..', b'x' * 250):
            if name != b'..':
                self.file(name)
            self.shot((*self.letter, '--attach-file', os.path.join(os.fsencode(self.dir), name), A))
        self.assertFalse(self.wrong, '\n'.join(self.wrong[:5]))

    def test_charset(self):
        self.through(lambda v: (*self.letter, '--charset', 'utf-8' + v, A))

    def test_ehlo(self):
        self.through(lambda v: (*self.letter, '--ehlo', v, A) if v not in ('x', 'xy', 'x%0d%0aX-Evil: 1') else None)

    def test_user_and_password(self):
        self.wrong = []
        for payload in some():
            for user, password in (('x' + payload, 'secret'), ('me', 'x' + payload)):
                with Peer(lambda wire: speak(wire, offers=('AUTH PLAIN LOGIN SCRAM-SHA-256',))) as server:
                    result = send('-S', 'smtp+insecure://' + server.name, '--tls', 'none', '--user', user, *self.letter, A,
                                  env={'MIMESEND_PASSWORD': password})
                for wire in server.wires:
                    for line in bytes(wire.received).split(b'\r\n'):
                        if not re.fullmatch(rb'[ -~]*', line) or line.upper().startswith((b'RCPT', b'X-EVIL')):
                            self.wrong.append('%r %s' % (line, result.words()))
        self.assertFalse(self.wrong, '\n'.join(self.wrong[:5]))

    def test_environment(self):
        self.offers = ()
        self.wrong = []
        for payload in some():
            self.shot(('-s', 'Subject', A), env={'MIMESEND_FROM': 'me@example.com' + payload}, may_name=True)
            self.shot(('-s', 'Subject', A), env={'MIMESEND_FROM': 'Joe%s <me@example.com>' % payload}, may_name=True)
        self.assertFalse(self.wrong, '%d wrong:\n%s' % (len(self.wrong), '\n----\n'.join(self.wrong[:5])))

    def test_without_extensions(self):
        """No SMTPUTF8, no 8BITMIME: nothing above 127 leaves."""
        self.wrong = []
        for self.offers in ((),):
            for args in (('-s', 'é', A), ('--from', 'é <me@example.com>', A), ('-t', 'é <a@example.com>'), ('--header', 'X-Mine: é', A),
                         ('-a', self.file('é.txt'), A), ('-a', self.file('y') + ';name=é', A), ('-t', 'é@example.com'), ('-t', 'a@é.example')):
                base = ('-f', 'me@example.com')
                with Peer(speak) as server:
                    result = send('-S', server.name, *base, *args, input='é\n'.encode())
                for wire in server.wires:
                    if re.search(rb'[\x80-\xff]', wire.received):
                        self.wrong.append('%s %r' % (result.words(), bytes(wire.received)))
        self.assertFalse(self.wrong, '\n'.join(self.wrong[:5]))


if __name__ == '__main__':
    print('# seed %d' % SEED)
    support.main()
