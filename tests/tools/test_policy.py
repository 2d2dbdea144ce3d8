# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which identity a server must prove, and how logins work."""

import base64
import hashlib
import json
import ssl

import support
from support import Sink, run

ME = ('-f', 'me@example.com')
A = 'a@example.com'


class Policy(support.Case):
    def send(self, server, *args, code=0, env=None):
        result = run('--json', '-S', server, *ME, *args, A, input=b'x\n', env=env)
        self.check(result, code)
        return json.loads(result.stdout)

    def secure(self):
        """A server whose certificate no CA signed, its pins: of the certificate and, as it says itself, of the key."""
        sink = Sink(self, '--tls-self-signed')
        der = ssl.PEM_cert_to_DER_cert(sink.certificate)
        return sink, 'localhost:' + sink.name.rpartition(':')[2], hashlib.sha256(der).digest()

    def test_pin(self):
        sink, name, digest = self.secure()
        for pin in ('sha256:' + digest.hex(), digest.hex(':'), 'sha256:' + base64.b64encode(digest).decode(),
                    'sha256:' + '00' * 32 + ',' + digest.hex()):
            with self.subTest(pin):
                report = self.send(name, '--pin', pin)
                self.assertTrue(report['tls']['verified'])
        report = self.send(sink.name, '--pin', digest.hex())  # loopback does not make it less
        self.assertTrue(report['tls']['verified'])

    def test_wrong_pin(self):
        sink, name, digest = self.secure()
        report = self.send(name, '--pin', '00' * 32, code=76)
        self.assertIn(digest.hex(), report['error']['message'])
        key = report['error']['message'].partition('sha256:')[2][:44]
        self.assertTrue(self.send(name, '--pin', 'sha256:' + key)['tls']['verified'])
        self.send(name, '--pin', digest.hex(), '--pin-beside-ca', code=76)
        ca = self.file('ca.pem', sink.certificate.encode())
        self.send(name, '--pin', digest.hex(), '--pin-beside-ca', '--ca-file', ca)
        plain = Sink(self)
        self.send(plain.name, '--pin', digest.hex(), code=76)
        self.assertEqual(plain.stop(), [])

    def test_values(self):
        for args, words in ((['--pin', 'abc'], ['--pin', 'sha256:']), (['--pin-beside-ca'], ['--pin']),
                            (['--tls', 'none', '--pin', '00' * 32], ['--pin', 'TLS']), (['--tls-min', '1.0'], ['--tls-min']),
                            (['--client-key', self.file('key')], ['--client-cert']), (['--auth', 'FOO'], ['--auth', 'FOO']),
                            (['--oauth'], ['--user'])):
            with self.subTest(args):
                self.refuse(64, *ME, *args, A, input=b'x\n', words=words)
        for option in ('--crl-file', '--client-cert'):
            with self.subTest(option):
                self.refuse(66, *ME, option, self.dir + '/none', A, input=b'x\n', words=[option])

    def test_files_that_are_something_else(self):
        _, name, _ = self.secure()
        other = self.file('other')
        for option in ('--crl-file', '--client-cert', '--ca-file'):
            with self.subTest(option):
                report = self.send(name, option, other, code=76)
                self.assertIn(other, report['error']['message'])

    def test_version(self):
        _, name, _ = self.secure()
        self.assertRegex(self.send(name, '--tls-min', '1.3')['tls']['version'], '1.3')

    def test_mechanisms(self):
        sink = Sink(self, '--auth', 'me:secret')
        env = {'MIMESEND_PASSWORD': 'secret'}
        for words, used in (('plain', 'PLAIN'), ('LOGIN,PLAIN', 'PLAIN'), ('!SCRAM-SHA-256,!PLAIN', 'LOGIN'),
                            ('SCRAM-SHA-256', 'SCRAM-SHA-256')):
            with self.subTest(words):
                self.assertEqual(self.send(sink.name, '--user', 'me', '--auth', words, env=env)['auth'], used)
        self.send(sink.name, '--user', 'me', '--auth', 'CRAM-MD5', code=77, env=env)

    def test_token(self):
        offers = 'EHLO raw "250-x\\r\\n250 AUTH OAUTHBEARER\\r\\n"'
        good = Sink(self, script=[offers, 'AUTH raw "235 2.7.0 ok\\r\\n"'])
        report = self.send(good.name, '--user', 'me', '--oauth', '--password-command', 'echo token')
        self.assertEqual(report['auth'], 'OAUTHBEARER')
        error = base64.b64encode(b'{"status":"invalid_token"}').decode()
        bad = Sink(self, script=[offers, 'AUTH raw "334 %s\\r\\n"' % error, 'OTHER raw "535 5.7.8 no\\r\\n"'])
        report = self.send(bad.name, '--user', 'me', '--oauth', '--password-command', 'echo token', code=77)
        self.assertIn('status: invalid_token', report['error']['message'])

    def test_without_a_password(self):
        sink = Sink(self, script=['EHLO raw "250-x\\r\\n250 AUTH EXTERNAL ANONYMOUS\\r\\n"', 'AUTH raw "235 2.7.0 ok\\r\\n"'])
        for words, more in (('EXTERNAL', []), ('ANONYMOUS', []), ('external', ['--user', 'me'])):
            with self.subTest(words):
                self.assertEqual(self.send(sink.name, '--auth', words, *more)['auth'], words.upper())

    def test_envelope(self):
        sink = Sink(self)
        self.send(sink.name, '--notify', 'success,Delay', '--return', 'headers', '--envelope-id', 'a b')
        message = sink.message()
        self.assertIn('RET=HDRS ENVID=a+20b', message['mail_parameters'])
        self.assertEqual(message['recipient_parameters'], ['NOTIFY=SUCCESS,DELAY'])
        for args in (['--require-tls'], ['--hold', '60'], ['--deliver-by', '60'],
                     ['--hold-until', '2099-01-01T00:00:00Z'], ['--deliver-by', '60,trace']):
            with self.subTest(args):
                self.send(sink.name, *args, code=69)
        report = self.send(sink.name, '--priority', '-3', '--deliver-by', '60,notify')
        self.assertIn('MT-PRIORITY', ' '.join(report['warnings']))
        self.assertIn('DELIVERBY', ' '.join(report['warnings']))
        for args in (['--notify', 'always'], ['--notify', 'never,delay'], ['--return', 'all'], ['--priority', '10'],
                     ['--envelope-id', 'x' * 101], ['--deliver-by', '0'], ['--deliver-by', '1,later'], ['--deliver-by', ''],
                     ['--hold-until', 'tomorrow'], ['--hold-until', '2027-01-31T08:00:00'],
                     ['--hold-until', '2027-01-31T08:00:00Z', '--hold', '5']):
            with self.subTest(args):
                self.refuse(64, *ME, *args, A, input=b'x\n', words=[args[0]])

    def test_envelope_where_it_is_offered(self):
        sink = Sink(self, script=['EHLO raw "250-x\\r\\n250-DELIVERBY 60\\r\\n250 FUTURERELEASE 600 2100-01-01T00:00:00Z\\r\\n"'])
        for args, said in ((['--deliver-by', '60'], 'BY=60;R'), (['--deliver-by', '5,trace,notify'], 'BY=5;NT'),
                           (['--hold', '600'], 'HOLDFOR=600'),
                           (['--hold-until', '2099-12-31T23:30:00-00:30'], 'HOLDUNTIL=2100-01-01T00:00:00Z')):
            with self.subTest(args):
                shown = run('-v', '-S', sink.name, *ME, *args, A, input=b'x\n')
                self.check(shown, 69)  # the receiver knows none of them
                self.assertIn('MAIL FROM:<me@example.com> %s\n' % said, shown.stderr.decode())
        for args in (['--deliver-by', '59'], ['--hold', '601'], ['--hold-until', '2100-01-01T00:00:01Z']):
            with self.subTest(args):
                self.assertEqual(self.send(sink.name, *args, code=69)['octets'], 0)
                self.assertNotIn('555', self.send(sink.name, *args, code=69)['error']['message'])

    def test_domains_of_one_transaction(self):
        """RFC 9422: RCPTDOMAINMAX."""
        sink = Sink(self, script=['EHLO raw "250-x\\r\\n250-PIPELINING\\r\\n250 LIMITS RCPTDOMAINMAX=2\\r\\n"'])
        everyone = ['a@one.example', 'b@ONE.example', 'c@two.example', 'd@one.example', 'e@three.example', 'f@two.example']
        result = run('--json', '-S', sink.name, *ME, *everyone, input=b'x\n')
        self.check(result, 0)
        served = [transaction['recipients'] for transaction in json.loads(result.stdout)['transactions']]
        self.assertEqual(served, [everyone[:4], everyone[4:]])
        self.check(run('--all-or-none', '-S', sink.name, *ME, *everyone, input=b'x\n'), 69)

    def test_several_servers(self):
        sink = Sink(self, '--auth', 'me:secret')
        report = self.send('127.0.0.1:1, ' + sink.name, '--user', 'me', env={'MIMESEND_PASSWORD': 'secret'})
        self.assertEqual(report['server']['port'], int(sink.name.rpartition(':')[2]))
        self.assertIn('instead of', report['warnings'][0])
        self.assertTrue(report['auth'])
        self.send('127.0.0.1:1,127.0.0.1:2', code=75)
        self.refuse(64, *ME, '-S', 'localhost,', A, input=b'x\n', words=['-S'])


if __name__ == '__main__':
    support.main()
