# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sending to a scripted receiver: every outcome, its exit code, and what is said about it."""

import email
import email.policy
import json
import os
import random
import socket
import subprocess
import tempfile
import threading

import support
from support import Sink, run

ME = ('-f', 'me@example.com')
A, B, C = 'a@example.com', 'b@example.com', 'c@example.com'


class Send(support.Case):
    def send(self, sink, *args, code=0, words=(), input=b'Hello\n', **more):
        name = sink if isinstance(sink, str) else sink.name
        result = run('--json', '-S', name, *ME, *args, input=input, **more)
        self.check(result, code, *words)
        report = json.loads(result.stdout)
        self.assertEqual(report['exit'], code)
        return report

    def outcomes(self, report):
        return [r['outcome'] for r in report['recipients']]

    def test_accepted(self):
        sink = Sink(self)
        result = run('-S', sink.name, *ME, A, B, input=b'Hello\n.\nworld')
        self.check(result, 0)
        message = sink.message()
        self.assertRegex(result.stdout.decode(), r'^accepted for 2 of 2 by 127\.0\.0\.1.*: 250 .*%s.*\n$' % message['id'])
        self.assertEqual((message['reverse_path'], message['recipients']), ('me@example.com', [A, B]))
        parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
        self.assertEqual(parsed.get_content().replace('\r\n', '\n'), 'Hello\n.\nworld\n')
        self.assertEqual(message['violations'], [])

    def test_mail_is_dated_when_it_is_sent(self):
        sink = Sink(self)
        self.send(sink, A, env={'SOURCE_DATE_EPOCH': '1000000000'})
        parsed = email.message_from_bytes(sink.message()['content'], policy=email.policy.default)
        self.assertGreater(parsed['date'].datetime.timestamp(), 1500000000)

    def test_message_id_of_a_sender_without_domain(self):
        sink = Sink(self)
        for name, domain in (('mail.example.com', 'mail.example.com'), ('[192.0.2.1]', '192.0.2.1'),
                             ('[IPv6:2001:db8::1]', 'localhost.invalid')):
            self.check(run('-S', sink.name, '-f', '', '--from', 'joe', '--ehlo', name, A, input=b'Hello\n'), 0)
            parsed = email.message_from_bytes(sink.message()['content'], policy=email.policy.default)
            self.assertRegex(parsed['message-id'], r'^<[0-9a-f]{32}@%s>$' % domain.replace('.', r'\.'))

    def test_message_id_of_a_host_with_domains(self):
        sink = Sink(self)
        users = [] if os.geteuid() == 0 else ['--user', '--map-root-user']
        room = ['unshare', *users, '--uts', 'sh', '-c', 'hostname "$1"; shift; exec "$@"', 'sh']
        why = support.no_namespaces(room[:-4])
        if why:
            self.skipTest(why)
        for name, domain in (('mail.example.com', 'mail.example.com'), ('printer.local', 'localhost.invalid'),
                             ('vm', 'localhost.invalid')):
            sent = subprocess.run([*room, name, support.MIMESEND, '-S', sink.name, '-f', '', '--from', 'joe', A], input=b'Hello\n',
                                  env=support.environment(None), capture_output=True, timeout=60)
            self.check(sent, 0)
            parsed = email.message_from_bytes(sink.message()['content'], policy=email.policy.default)
            self.assertRegex(parsed['message-id'], r'^<[0-9a-f]{32}@%s>$' % domain.replace('.', r'\.'))

    def test_header_names_a_mailbox_that_is_not_ascii(self):
        """RFC 6531 3.4: the message needs SMTPUTF8, though its envelope does not."""
        warning = 'the header names a mailbox that is not ASCII'
        for sender, hide, wanted, warned in (
                ('Jörg <jörg@example.com>', [], True, False), ('Jörg <jörg@example.com>', ['--hide', 'SMTPUTF8'], False, True),
                ('Jörg <joerg@bücher.example>', [], False, False)):
            with self.subTest(sender=sender, hide=hide):
                sink = Sink(self, *hide)
                result = run('-v', '-S', sink.name, *ME, '--from', sender, A, input=b'Hello\n')
                self.check(result, 0)
                mail = [line for line in result.stderr.decode().split('\n') if line.startswith('> MAIL ')][0]
                self.assertEqual('SMTPUTF8' in mail.split(), wanted)
                self.assertEqual(warning in result.stderr.decode(), warned)

    def test_no_chunking(self):
        for args, said in (([], b'> BDAT '), (['--no-chunking'], b'> DATA\n')):
            sink = Sink(self)
            result = run('-v', '-S', sink.name, *ME, *args, A, input=b'Hello\n')
            self.check(result, 0)
            self.assertIn(said, result.stderr)

    def test_why_it_did_not_go(self):
        """Whatever failed: what the code means in plain words, what would help, and whether it may be sent again."""
        sink = Sink(self, '--refuse', 'a@*=550 5.1.1 no', '--auth', 'u:right')
        for args, env, code, words in (
                (['-S', sink.name], {}, 69, 'the server wants a login, or an encrypted connection first. Sending the same'),
                (['-S', sink.name, '--tls', 'none', '--user', 'u'], {'MIMESEND_PASSWORD': 'wrong'}, 77,
                 'check both; some want a password made for applications. Nobody has the message: once that is mended it may'),
                (['-S', sink.name, '--tls', 'none', '--user', 'u'], {'MIMESEND_PASSWORD': 'right'}, 67,
                 'there is no such mailbox at that domain: check the address. Sending the same again will not help.'),
                (['-S', 'smtps://' + sink.name], {}, 76, 'this port wants STARTTLS')):
            with self.subTest(words):
                result = run('--json', '-v', *args, *ME, A, input=b'x\n', env=env)
                self.check(result, code)
                self.assertIn(words, result.stderr.decode())
                report = json.loads(result.stdout)
                self.assertIn(words, report['explanation'])
                self.assertTrue(report['certain'])
                self.assertNotIn('right', result.stdout.decode())
                if code != 76:
                    self.assertEqual(report['dialogue'][0], '< 220 sink.example ESMTP mimesend sink')
                    self.assertGreater(report['times']['greeting'], 0)
                if code == 67:
                    self.assertIn('PIPELINING', report['extensions'])

    def test_numbers_at_their_maximum(self):
        """Seconds that 32 bits of microseconds do not hold: 4,295 would be 33 ms, 8,590 would be 65."""
        sink = Sink(self, script=['* delay 110ms'])
        for option in ('--timeout', '--final-timeout', '--deadline'):
            for value in ('4294', '4295', '8590', '604800'):
                with self.subTest(option=option, value=value):
                    self.send(sink, option, value, A)
        self.send(sink, '--retry', '604800', A)
        for option in (['--hold', '999999999'], ['--hold', '604801'], ['--deliver-by', '999999999'], ['--priority', '9']):
            with self.subTest(option=option):
                result = run('-n', '-S', sink.name, *ME, *option, A, input=b'x\n')
                self.check(result, 0)

    def test_json(self):
        sink = Sink(self)
        report = self.send(sink, A, '--bcc', 'secret@example.com')
        message = sink.message()
        self.assertEqual((report['outcome'], report['error'], report['retry'], report['tls']), ('accepted', None, [], None))
        self.assertEqual(report['octets'], len(message['content']))
        self.assertEqual(self.outcomes(report), ['accepted', 'accepted'])
        parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
        self.assertEqual('<%s>' % report['message_id'].strip('<>'), parsed['message-id'])
        self.assertNotIn(b'secret', message['content'])
        self.assertEqual(report['transactions'][0]['reply']['code'], 250)
        self.assertEqual(report['transactions'][0]['recipients'], [A, 'secret@example.com'])
        self.assertEqual(report['server']['address'], '127.0.0.1')

    def test_the_same_recipient_twice(self):
        sink = Sink(self)
        self.send(sink, A, '--cc', A, B)
        self.assertEqual(sorted(sink.message()['recipients']), [A, B])

    def test_attachments(self):
        octets = random.Random(3).randbytes(1 << 20)
        for hide in ([], ['--hide', 'CHUNKING'], ['--hide', 'CHUNKING', '--hide', 'PIPELINING', '--hide', '8BITMIME']):
            with self.subTest(hide):
                sink = Sink(self, *hide)
                self.send(sink, '-a', self.file('x.bin', octets), A, input='Grüße\n'.encode())
                message = sink.message()
                self.assertEqual(message['violations'], [])
                parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
                text, attachment = parsed.iter_parts()
                self.assertEqual(text.get_content().replace('\r\n', '\n'), 'Grüße\n')
                self.assertEqual(attachment.get_payload(decode=True), octets)

    def test_raw(self):
        sink = Sink(self)
        self.send(sink, '--message-text', 'Bcc: x@example.com\n', '--message-text', '\n', '--message', '-', '--cc', B, A, input=b'.x\n..\nend')
        message = sink.message()
        self.assertEqual(message['content'], b'Bcc: x@example.com\r\n\r\n.x\r\n..\r\nend\r\n')
        self.assertEqual(sorted(message['recipients']), [A, B])

    def test_bodies_that_end_messages_elsewhere(self):
        """One message each, never two, with DATA and with BDAT, as it is and as a letter."""
        bodies = (b'a\n.\nb\n', b'.', b'.\n', b'\n.\n', b'..\n.a\n', b'a\r.\rb', b'a\r\n.\r\nMAIL FROM:<x@y>\r\n', b'a\n.\rb\r', b'a\r', b'\r\r\n\n\r',
                  b'x' * (1 << 20), b'.' * (1 << 20) + b'\n.\n' + b'y' * (1 << 20), b'a\n' * 300000)
        for hide in ([], ['--hide', 'CHUNKING']):
            sink = Sink(self, *hide)
            for body in bodies:
                with self.subTest(hide=hide, body=body[:20]):
                    lines = body.replace(b'\r\n', b'\n').replace(b'\r', b'\n')
                    lines += b'' if lines.endswith(b'\n') else b'\n'
                    self.send(sink, '--message-text', 'X: 1\n\n', '--message', '-', A, input=body)
                    message = sink.message()
                    self.assertEqual(message['content'], b'X: 1\r\n\r\n' + lines.replace(b'\n', b'\r\n'))
                    long = max(map(len, lines.split(b'\n'))) > 998
                    self.assertEqual(message['violations'], ['long-line'] if long else [])
                    self.send(sink, A, input=body)
                    message = sink.message()
                    parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
                    got = parsed.get_payload(decode=True).replace(b'\r\n', b'\n').replace(b'\r', b'\n')
                    self.assertEqual(got.rstrip(b'\n'), lines.rstrip(b'\n'))
                    self.assertLessEqual(max(map(len, message['content'].split(b'\r\n'))), 998)
                    self.assertEqual(message['violations'], [])
            self.assertEqual(sink.stop(), [])

    def test_long_lines_are_warned_of(self):
        report = self.send(Sink(self), '--message', '-', A, input=b'X: 1\n\n' + b'x' * 2000 + b'\n', words=['warning', '998'])
        self.assertTrue(report['warnings'])

    def test_raw_eight_bit(self):
        raw = ('--message', '-', A)
        sink = Sink(self, '--hide', '8BITMIME')
        self.send(sink, *raw, code=69, input='\nü\n'.encode(), words=['--eight-bit as-is'])
        self.send(sink, '--eight-bit', 'as-is', *raw, input='\nü\n'.encode())
        self.assertEqual(sink.message()['content'], '\r\nü\r\n'.encode())

    def test_raw_with_nul_from_a_pipe(self):
        for hide in ([], ['--hide', 'CHUNKING']):
            with self.subTest(hide):
                sink = Sink(self, *hide)
                report = self.send(sink, '--message', '-', A, code=65, input=b'x' * 100000 + b'\n\0\n', words=['NUL', 'offset 100001'])
                self.assertEqual(report['error']['argument'], '--message')
                self.assertEqual(sink.stop(), [])

    def test_silent_producer(self):
        for hide in ([], ['--hide', 'CHUNKING']):
            with self.subTest(hide):
                sink = Sink(self, *hide)
                read, write = os.pipe()
                os.write(write, b'begun\n')
                with os.fdopen(read, 'rb') as stdin:
                    result = run('-S', sink.name, *ME, '--timeout', '1', '--message', '-', A, stdin=stdin)
                os.close(write)
                self.check(result, 66, 'for 1 s')
                self.assertEqual(sink.stop(), [])

    def test_a_file_that_shrinks(self):
        """The size is that of opening; the pipe of the text holds the sending back until the file is short."""
        for hide in ([], ['--hide', 'CHUNKING']):
            with self.subTest(hide):
                path = self.file('x.bin', b'x' * (8 << 20))
                sink = Sink(self, *hide, script=['MAIL delay 1s'])
                child = threading.Thread(target=lambda: os.truncate(path, 100))
                command = support.subprocess.Popen([support.MIMESEND, '-S', sink.name, *ME, '-v', '-a', path, A],
                                                   env=support.environment(), stdin=support.subprocess.DEVNULL,
                                                   stderr=support.subprocess.PIPE, stdout=support.subprocess.PIPE)
                seen = b''
                for line in command.stderr:
                    seen += line
                    if line.startswith(b'> MAIL'):
                        child.start()
                        child.join()
                        break
                out, said = command.communicate(timeout=60)
                self.assertEqual(command.returncode, 66, seen + said)
                self.assertIn(b'x.bin', said)
                self.assertEqual(sink.stop(), [])

    def test_some_refused(self):
        sink = Sink(self, '--refuse', 'b@*=550 5.1.1 no such user')
        result = run('-S', sink.name, *ME, A, B, C, input=b'x\n')
        self.check(result, 67, 'b@example.com: refused: 550 5.1.1 no such user')
        self.assertIn(b'accepted for 2 of 3', result.stdout)
        self.assertEqual(sink.message()['recipients'], [A, C])
        report = self.send(sink, A, B, C, code=67)
        self.assertEqual((report['outcome'], report['retry']), ('partial', []))
        self.assertEqual(self.outcomes(report), ['accepted', 'refused', 'accepted'])

    def test_some_refused_and_some_deferred(self):
        sink = Sink(self, '--refuse', 'a@*=550 5.1.1 nobody', '--refuse', 'b@*=450 4.2.0 later')
        report = self.send(sink, A, B, code=67, words=['name these alone: b@example.com'])
        self.assertEqual((report['outcome'], report['retry']), ('refused', [B]))

    def test_some_deferred(self):
        sink = Sink(self, '--refuse', 'b@*=450 4.2.0 later')
        report = self.send(sink, A, B, C, code=79, words=['name these alone: b@example.com'])
        self.assertEqual((report['outcome'], report['retry']), ('partial', [B]))
        self.assertEqual(self.outcomes(report), ['accepted', 'deferred', 'accepted'])

    def test_all_or_none(self):
        for hide in ([], ['--hide', 'CHUNKING']):
            with self.subTest(hide):
                sink = Sink(self, *hide, '--refuse', 'b@*=550 5.1.1 no such user')
                report = self.send(sink, '--all-or-none', A, B, C, code=67, words=['no such user'])
                self.assertNotIn('accepted', self.outcomes(report))
                self.assertEqual(sink.stop(), [])

    def test_all_refused(self):
        sink = Sink(self, '--refuse', '*=550 5.1.1 nobody')
        self.assertEqual(self.send(sink, A, B, code=67, words=['nobody'])['outcome'], 'refused')
        sink = Sink(self, '--refuse', '*=450 4.1.1 later')
        report = self.send(sink, A, B, code=75, words=['later'])
        self.assertEqual((report['outcome'], report['retry']), ('deferred', [A, B]))

    def test_replies_at_each_stage(self):
        for step, code, stage in (('GREETING reply 554 5.3.2 not here', 69, 'greeting'), ('GREETING reply 421 4.3.2 later', 75, 'greeting'),
                                  ('MAIL reply 550 5.7.1 not you', 69, 'mail'), ('MAIL reply 451 4.3.0 later', 75, 'mail'),
                                  ('DATA reply 554 5.3.0 no', 69, 'data'), ('DATA reply 451 4.3.0 later', 75, 'data'),
                                  ('DOT reply 554 5.6.0 spam', 69, 'end-of-data'), ('DOT reply 451 4.3.0 later', 75, 'end-of-data'),
                                  ('DOT reply 421 4.3.0 later', 75, 'end-of-data')):
            with self.subTest(step):
                sink = Sink(self, '--hide', 'CHUNKING', script=[step])
                report = self.send(sink, A, code=code, words=[step.split(' ', 3)[3]])
                self.assertEqual(report['error']['stage'], stage)
                self.assertEqual(report['retry'], [A] if code == 75 else [])
        for step, code in (('LAST reply 554 5.6.0 spam', 69), ('LAST reply 451 4.3.0 later', 75)):
            with self.subTest(step):
                self.send(Sink(self, script=[step]), A, code=code)

    def test_retry(self):
        sink = Sink(self, script=['@1 GREETING reply 421 4.3.2 not now'])
        self.send(sink, '--retry', '1', A, code=0)
        self.assertEqual(len(sink.stop()), 1)
        sink = Sink(self, '--hide', 'CHUNKING', script=['DOT lose'])
        self.assertEqual(self.send(sink, '--retry', '5', A, code=74)['retry'], [])
        self.assertEqual(len(sink.stop()), 1)

    def test_lost_before_the_end(self):
        large = self.file('large', b'')
        os.truncate(large, 32 << 20)  # more than the socket takes
        for step in ('GREETING drop', 'EHLO drop', 'MAIL drop', 'RCPT drop', 'DATA drop', 'CONTENT drop after 10'):
            with self.subTest(step):
                sink = Sink(self, '--hide', 'CHUNKING', script=[step])
                report = self.send(sink, '-a', large, A, code=75)
                self.assertEqual(report['retry'], [A])
                self.assertEqual(sink.stop(), [])

    def test_in_doubt(self):
        for hide, step in (([], 'LAST lose'), ([], 'LAST drop'), (['--hide', 'CHUNKING'], 'DOT lose'), (['--hide', 'CHUNKING'], 'DOT drop'),
                           (['--hide', 'CHUNKING'], 'DOT raw "250 2.0.0 O"'), (['--hide', 'CHUNKING'], 'DOT reply 354 go on')):
            with self.subTest(step):
                extra = [] if 'drop' in step or 'lose' in step else ['DOT drop', 'QUIT drop']
                sink = Sink(self, *hide, script=[step] + extra[:0])
                report = self.send(sink, '--final-timeout', '1', A, code=74, words=['in doubt', 'twice', 'Message-ID'])
                self.assertEqual((report['outcome'], report['retry']), ('in-doubt', []))
                self.assertTrue(report['message_id'])

    def test_silent_server(self):
        self.send(Sink(self, '--hide', 'CHUNKING', script=['MAIL hang']), '--timeout', '1', A, code=75)
        self.send(Sink(self, '--hide', 'CHUNKING', script=['DOT hang']), '--final-timeout', '1', A, code=74)
        self.send(Sink(self, '--hide', 'CHUNKING', script=['DOT hang']), '--deadline', '1', A, code=74)
        self.send(Sink(self, '--hide', 'CHUNKING', script=['MAIL hang']), '--deadline', '1', A, code=75)

    def test_no_server(self):
        with socket.create_server(('127.0.0.1', 0)) as closed:
            name = '127.0.0.1:%d' % closed.getsockname()[1]
        report = self.send(name, A, code=75)
        self.assertEqual((report['outcome'], report['retry']), ('deferred', [A]))
        self.assertEqual(report['error']['stage'], 'connect')

    def test_no_such_host(self):
        self.send('no-such-host.invalid:2525', A, code=68)

    def test_not_smtp(self):
        sink = Sink(self, script=['GREETING raw "HTTP/1.1 400 Bad Request\\r\\n"'])
        self.send(sink, A, code=76)

    def test_tls(self):
        sink = Sink(self, '--tls-self-signed')
        ca = self.file('ca.pem', sink.certificate.encode())
        report = self.send(sink, A)  # a bare host: STARTTLS where it is offered, noted when it cannot be verified
        self.assertFalse(report['tls']['verified'])
        self.assertTrue(report['tls']['reason'])
        port = sink.name.rpartition(':')[2]
        report = self.send('localhost:' + port, '--ca-file', ca, '--tls', 'required', A)
        self.assertTrue(report['tls']['verified'])
        self.assertRegex(report['tls']['version'], r'^TLS')
        self.send('localhost:' + port, '--tls', 'required', A, code=76)
        self.send(sink, '--tls', 'none', A)
        plain = Sink(self)
        self.send(plain, '--tls', 'required', A, code=76)
        self.assertEqual(plain.stop(), [])

    def test_implicit_tls(self):
        sink = Sink(self, '--tls-self-signed', '--implicit-tls')
        ca = self.file('ca.pem', sink.certificate.encode())
        self.send('smtps://localhost:' + sink.name.rpartition(':')[2], '--ca-file', ca, A)
        self.assertEqual(sink.message()['tls']['version'][:3].lower(), 'tls')

    def test_starttls_refused(self):
        for reply, code in (('454 4.7.0 later', 75), ('501 5.5.4 no', 76)):
            with self.subTest(reply):
                self.send(Sink(self, '--tls-self-signed', script=['STARTTLS reply ' + reply]), '--tls', 'required', A, code=code)

    def test_login(self):
        sink = Sink(self, '--auth', 'me:secret')
        secret = self.file('secret', b'secret\n')
        report = self.send(sink, '--user', 'me', '--password-file', secret, A)
        self.assertTrue(report['auth'])
        self.assertEqual(sink.message()['auth']['user'], 'me')
        self.send(sink, '--user', 'me', '--password-command', 'echo secret', A)
        self.send(sink, '--user', 'me', A, env={'MIMESEND_PASSWORD': 'secret'})
        result = run('-v', '-S', sink.name, *ME, '--user', 'me', A, env={'MIMESEND_PASSWORD': 'wrong-secret'}, input=b'x\n')
        self.check(result, 77)
        self.assertNotIn(b'secret', result.stderr)
        self.send(sink, '--user', 'me', '--tls', 'required', A, code=76, env={'MIMESEND_PASSWORD': 'secret'})
        temporary = Sink(self, '--auth', 'me:secret', script=['AUTH reply 454 4.7.0 later'])
        self.send(temporary, '--user', 'me', A, code=75, env={'MIMESEND_PASSWORD': 'secret'})
        none = Sink(self)
        self.send(none, '--user', 'me', A, code=77, env={'MIMESEND_PASSWORD': 'secret'})

    def test_verbose(self):
        sink = Sink(self, '--auth', 'me:secret')
        result = run('-v', '-S', sink.name, *ME, '--user', 'me', A, env={'MIMESEND_PASSWORD': 'secret'}, input=b'x\n')
        said = self.check(result, 0)
        for line in ('< 220 ', '> EHLO ', '> MAIL FROM:<me@example.com>', '> RCPT TO:<a@example.com>', '> QUIT'):
            self.assertIn(line, said)
        self.assertNotIn('c2VjcmV0', said)  # "secret" in base64
        self.assertNotIn('AG1lAHNlY3JldA', said)

    def test_piped_message_says_what_it_holds(self):
        """BODY=8BITMIME is for 8-bit octets, also of a message from a pipe that has all of it."""
        sink = Sink(self)
        for octets, body in ((b'Subject: x\n\nhi\n', False), (b'Subject: x\n\nh\xc3\xa9\n', True), (b'Subject: x\n\n' + b'a\n' * 200000, True)):
            with self.subTest(len(octets)):
                with tempfile.TemporaryFile() as file:
                    file.write(octets)
                    for how in ('pipe', 'file'):
                        file.seek(0)
                        more = {'input': octets} if how == 'pipe' else {'stdin': file}
                        self.check(run('-S', sink.name, *ME, '--message', '-', A, **more), 0)
                        known = how == 'file' and len(octets) < 1024 * 1024 and b'\xc3' not in octets
                        self.assertEqual('BODY=8BITMIME' in sink.message()['mail_parameters'], body and not known)

    def test_words_of_the_server_are_escaped(self):
        sink = Sink(self, script=['MAIL reply "550 5.7.1 \\x1b[31mred\\x9b \\xe2\\x80\\xae \\xf3\\xa0\\x81\\x81"'])
        for args in ([], ['-v'], ['--json']):
            with self.subTest(args):
                result = run('-S', sink.name, *ME, *args, A, input=b'x\n')
                self.assertEqual(result.returncode, 69, result.stderr)
                for octets in (b'\x1b', b'\x9b', b'\xe2\x80\xae', b'\xf3\xa0\x81\x81'):
                    self.assertNotIn(octets, result.stderr + result.stdout)
                if args == ['--json']:
                    meant = json.dumps(json.loads(result.stdout), ensure_ascii=False)
                    self.assertIn('\u202e \U000e0041', meant)

    def test_long_replies_are_bounded(self):
        sink = Sink(self, script=['MAIL raw "' + '550-%s\\r\\n' % ('x' * 400) * 100 + '550 end\\r\\n"'])
        result = run('-S', sink.name, *ME, A, input=b'x\n')
        self.assertEqual(result.returncode, 69)
        self.assertLess(len(result.stderr), 5000)

    def test_lmtp(self):
        sink = Sink(self, '--lmtp', '--refuse', 'b@*=550 5.1.1 no')
        self.send('lmtp://' + sink.name, A, B, C, code=67)
        self.assertEqual(sink.message()['recipients'], [A, C])

    def test_program(self):
        got = os.path.join(self.dir, 'got')
        program = self.file('sendmail', ('#!/bin/sh\ncat > %s.eml\necho "$@" > %s.args\nexit 0\n' % (got, got)).encode(), 0o700)
        self.send('program:' + program, '--', '-dash@example.com', A)
        with open(got + '.args') as f:
            self.assertRegex(f.read(), r'-- -dash@example\.com a@example\.com\n$')
        with open(got + '.eml', 'rb') as f:
            parsed = email.message_from_binary_file(f, policy=email.policy.default)
        self.assertEqual(support.text_of(parsed), 'Hello\n')
        for status, code in ((75, 75), (1, 69)):
            with self.subTest(status):
                program = self.file('failing', b'#!/bin/sh\ncat > /dev/null\necho "the queue is full" >&2\nexit %d\n' % status, 0o700)
                self.send('program:' + program, A, code=code, words=['the queue is full'])

    def test_standard_output_of_no_use(self):
        sink = Sink(self)
        with open('/dev/full', 'wb') as full:
            self.check(run('-S', sink.name, *ME, A, input=b'x\n', stdout=full), 0, 'standard output')
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, 'wb') as closed:
            self.check(run('-S', sink.name, *ME, A, input=b'x\n', stdout=closed), 0, 'standard output')
        with open('/dev/full', 'wb') as full:
            self.check(run('--json', '-S', sink.name, *ME, A, input=b'x\n', stdout=full), 73)

    def test_many_recipients(self):
        sink = Sink(self)
        many = ['r%d@example.com' % i for i in range(1000)]
        report = self.send(sink, *many)
        self.assertEqual(set(self.outcomes(report)), {'accepted'})
        received = [r for m in sink.stop() for r in m['recipients']]
        self.assertEqual(received, many)

    def test_raw_from_a_pipe_to_many(self):
        for size in (1000, 3 << 20):
            with self.subTest(size):
                sink = Sink(self)
                many = ['r%d@example.com' % i for i in range(250)]
                octets = (b'x' * 99 + b'\n') * (size // 100)
                self.send(sink, '--message', '-', *many, input=octets)
                messages = sink.stop()
                self.assertEqual([r for m in messages for r in m['recipients']], many)
                self.assertEqual({m['content'] for m in messages}, {octets.replace(b'\n', b'\r\n')})

    def test_ehlo(self):
        sink = Sink(self)
        self.send(sink, '--ehlo', 'me.example.com', A)
        self.assertEqual(sink.message()['hello'], 'me.example.com')
        self.check(run('-S', sink.name, *ME, '--ehlo', 'a b\r\nX', A, input=b'x\n'), 64, 'ehlo')
        self.assertEqual(sink.stop(), [])

    def test_the_environment_is_not_needed(self):
        sink = Sink(self)
        result = support.subprocess.run([support.MIMESEND, '-S', sink.name, *ME, '-s', 'Grüße', A], env={}, input='ü\n'.encode(),
                                        stdout=support.subprocess.PIPE, stderr=support.subprocess.PIPE, timeout=60)
        self.check(result, 0)
        parsed = email.message_from_bytes(sink.message()['content'], policy=email.policy.default)
        self.assertEqual(parsed['subject'], 'Grüße')


if __name__ == '__main__':
    support.main()
