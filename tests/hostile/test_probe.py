# SPDX-License-Identifier: LGPL-2.1-or-later
"""What else listens to strangers: the probe, logins by token, pins."""

import base64
import json
import subprocess

import peer
import support
from peer import Peer, context, send, speak

ME = ('-f', 'me@example.com')
A = 'a@example.com'
MESSAGE = ('--message-text', 'Subject: x\n\nbody\n')
TOKEN = 'token-' + peer.PASSWORD
ENV = {'MIMESEND_PASSWORD': TOKEN}
NASTY = b'\x1b[2J\x1b]0;owned\x07\x9b31m\xc2\x9b31m\xe2\x80\xaeevil\x08\x7f\tend'


class Strangers(support.Case):
    def probe(self, serve, *args, json_=False, scheme=''):
        with Peer(serve) as server:
            done = subprocess.run([support.MIMESEND, 'probe', *(['--json'] if json_ else []), scheme + server.name, '--timeout', '1',
                                   '--deadline', '2', *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=60, env=support.environment())
        said = (done.stdout + b'\n' + done.stderr).decode()
        for c in said:
            self.assertTrue(c == '\n' or ord(c) >= 0x20 and not 0x7f <= ord(c) < 0xa0 and not 0x202a <= ord(c) <= 0x202e, (c, said))
        self.assertGreaterEqual(done.returncode, 0, said)
        self.assertNotIn('CRITICAL', said)
        self.assertNotIn('Sanitizer', said)
        self.assertLess(len(said), 1 << 20)
        for wire in server.wires:
            self.assertNotIn(b'DATA', wire.received)
            self.assertNotIn(b'RCPT', wire.received)  # so that no BDAT can be one of a message
            self.assertFalse([line for line in wire.commands if line.startswith(b'BDAT') and line.strip() != b'BDAT 0 LAST'])
        if json_ and done.stdout:
            json.loads(done.stdout)
        return done, said

    def test_probe(self):
        """A server that is right, one that lies, one that never ends: it ends, and prints nothing raw."""
        tls = context()
        cases = [lambda w: speak(w, offers=('PIPELINING', 'AUTH PLAIN')), lambda w: speak(w, tls=tls), lambda w: w.reset(),
                 lambda w: w.drain(), lambda w: w.say(b'220 ' + NASTY + b'\r\n') or w.drain(), lambda w: w.say(b'\0' * 100000),
                 lambda w: speak(w, offers=('X' + NASTY.decode('latin-1'), 'AUTH ' + 'Y' * 30), greeting=b'220 ' + NASTY + b'\r\n'),
                 lambda w: speak(w, offers=['X%d' % i for i in range(990)]), lambda w: speak(w, answers={'EHLO': b'250-x\r\n' * 200000}),
                 lambda w: speak(w, answers={'EHLO': b'554 ' + NASTY + b'\r\n', 'HELO': b'554 ' + NASTY + b'\r\n'}),
                 lambda w: speak(w, tls=tls, answers={'STARTTLS': b'220 go\r\n250 injected\r\n'}),
                 lambda w: speak(w, tls=tls, answers={'STARTTLS': b'454 ' + NASTY + b'\r\n'}), lambda w: speak(w, implicit=tls),
                 lambda w: speak(w, greeting=b'554 go away\r\n'), lambda w: speak(w, greeting=b'220 host\r\n250 early\r\n250 early\r\n')]
        for i, serve in enumerate(cases):
            with self.subTest(i=i):
                self.probe(serve, json_=i % 2 == 1)

    # --- tokens ---

    def token(self, mechanism, script, *args, code):
        def serve(wire):
            wire.say(b'220 host\r\n')
            wire.line()
            wire.say(b'250-host\r\n250 AUTH %s\r\n' % mechanism)
            line = wire.line()
            if line.split()[2:] == []:
                wire.say(b'334 \r\n')
                wire.line()
            for reply in script:
                wire.say(reply)
                wire.line()
            wire.drain()
        with Peer(serve) as server:
            result = send('-v', '-S', 'smtp+insecure://' + server.name, '--tls', 'none', '--user', 'me@example.com', '--oauth', *args, *ME,
                          *MESSAGE, '--timeout', '1', A, env=ENV)
        self.assertIn(result.code, code, result.words())
        for octets in (result.out, result.err):
            self.assertNotIn(TOKEN.encode(), octets)
            self.assertNotIn(base64.b64encode(TOKEN.encode())[:-3], octets)
        for wire in server.wires:
            self.assertNotIn(b'MAIL', wire.received)
        return result

    def test_tokens(self):
        def encode(octets):
            return b'334 ' + base64.b64encode(octets) + b'\r\n'
        for mechanism in (b'XOAUTH2', b'OAUTHBEARER'):
            for words in (b'{"status":"invalid_token"}', b'{"status":"' + NASTY + b'"}', b'{' * 9000, b'["' * 4000, b'\xff' * 9000, b'', b'{"status":7}',
                          b'{"status":"\\u001b[2J\\u0000\\ud800"}', b'null', b'{"status":"' + b'x' * 9000 + b'"}'):
                with self.subTest(mechanism=mechanism, words=words[:20]):
                    result = self.token(mechanism, (encode(words), b'535 5.7.8 no\r\n'), code=(77,))
                    self.assertLess(len(result.err), 16384)
            for script, code in (((encode(b'{}'), b'235 welcome\r\n'), (76, 77)), ((encode(b'{}'),) * 40, (76, 77)), ((b'334 ***\r\n', b'334 ***\r\n'), (76, 77)),
                                 ((b'535 no\r\n',), (77,)), ((b'454 later\r\n',), (75,)), ((b'354 odd\r\n',), (76,))):
                with self.subTest(mechanism=mechanism, script=script[:3]):
                    self.token(mechanism, script, code=code)

    def test_tokens_come_back(self):
        """In the challenge that says why, in the reply behind it, or written with escapes."""
        token = TOKEN.encode()
        for mechanism in (b'XOAUTH2', b'OAUTHBEARER'):
            for told in (token, b'\\u0074' + token[1:], token.replace(b'-', b'\\-'), token.replace(b'n', b'\\n')):
                with self.subTest(mechanism=mechanism, told=told):
                    challenge = b'334 ' + base64.b64encode(b'{"status":"' + told + b'"}') + b'\r\n'
                    result = self.token(mechanism, (challenge, b'535 5.7.8 no: ' + token + b'\r\n'), code=(77,))
                    self.assertIn(b'535 5.7.8 no: ***', result.err)

    def test_users_that_break_the_message(self):
        """The fields of XOAUTH2 and OAUTHBEARER end with %x01."""
        for user in ('me\x01auth=Bearer other', 'me\x01', 'me,a=other', 'me=other', 'me\x7f', 'me\u0085'):
            for mechanism in ('XOAUTH2', 'OAUTHBEARER'):
                with self.subTest(user=user, mechanism=mechanism):
                    with Peer(lambda wire: speak(wire, offers=('AUTH ' + mechanism,), answers={'AUTH': b'535 no\r\n'})) as server:
                        result = send('-S', 'smtp+insecure://' + server.name, '--tls', 'none', '--user', user, '--oauth', *ME, *MESSAGE,
                                      '--timeout', '1', A, env=ENV)
                    self.assertNotEqual(result.code, 0)
                    for wire in server.wires:
                        for line in wire.commands:
                            words = line.split()
                            if words[0] == b'AUTH' and len(words) > 2:
                                fields = base64.b64decode(words[2]).split(b'\x01')
                                self.assertEqual(sum(f.startswith(b'auth=') for f in fields), 1, fields)
                                head = fields[0].split(b',')
                                self.assertLessEqual(len(head), 3, fields)

    # --- pins ---

    def test_pins(self):
        """A pin that does not fit is no trust, whatever the CA says; a pin that is none is refused ahead."""
        for args in (('--tls', 'implicit'), ('--tls', 'required')):
            for pin, code in (('0' * 64, 76), ('00:' * 31 + '00', 76)):
                with self.subTest(args=args, pin=pin):
                    how = {'implicit': context()} if args[1] == 'implicit' else {'tls': context()}
                    with Peer(lambda wire: speak(wire, **how)) as server:
                        result = send('-S', server.name, *args, '--pin', pin, '--ca-file', peer.ca(), *ME, *MESSAGE, A)
                    self.assertIn(result.code, (code, 64, 65), result.words())
                    self.assertFalse(any(b'MAIL' in w.received for w in server.wires))
        for pin in ('', 'x', '0' * 63, '0' * 65, 'sha256:', 'é'):
            with self.subTest(pin):
                with Peer(lambda wire: speak(wire, implicit=context())) as server:
                    result = send('-S', server.name, '--tls', 'implicit', '--pin', pin, '--ca-file', peer.ca(), *ME, *MESSAGE, A)
                self.assertIn(result.code, (64, 65), result.words())
                self.assertFalse(server.wires)


if __name__ == '__main__':
    support.main()
