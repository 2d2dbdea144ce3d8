#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library as Python has it: values, contents written in Python, part streams, asynchronous sending."""

import email
import email.policy
import os
import socket
import sys

import gi

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
import support

gi.require_version('GMime', '3.0')
gi.require_version('Mimesend', '1.0')
from gi.repository import Gio, GLib, GMime, GObject, Mimesend

DEFAULT = Mimesend.SendFlags.DEFAULT


class Steps(Mimesend.Content):
    """Each step is octets, an exception, or whatever else read_bytes () is to return."""

    def __init__(self, *steps):
        super().__init__()
        self.steps = iter(steps)
        self.calls = 0

    def do_read_bytes(self, count, cancellable):
        self.calls += 1
        step = next(self.steps, b'')
        if isinstance(step, Exception):
            raise step
        return GLib.Bytes.new(step) if isinstance(step, bytes) else step


class Begins(Steps):
    """One that can be begun again, where it may."""

    def __init__(self, *steps, may=True):
        super().__init__(*steps)
        self.all = steps
        self.may = may
        self.rewinds = 0

    def do_rewind(self):
        self.rewinds += 1
        self.steps = iter(self.all)
        return self.may


class Waits(Steps):
    """The same steps, each of them in a later turn of the main loop that sends."""

    def do_read_bytes_async(self, count, io_priority, cancellable, callback, user_data):
        task = Gio.Task.new(self, cancellable, callback)
        source = GLib.timeout_source_new(1)
        source.set_callback(lambda *data: task.return_boolean(True))  # PyGObject 3.58 passes None no more
        source.attach(task.get_context())

    def do_read_bytes_finish(self, result):
        result.propagate_boolean()
        return Steps.do_read_bytes(self, 0, None)


class Answers(Steps):
    """Likewise, by a request and its answer."""

    def do_request_bytes(self, count, cancellable):
        def answer(*data):
            try:
                step = self.do_read_bytes(count, None)
            except GLib.Error as error:
                self.answer_error(error)
            else:
                self.answer_bytes(step)

        source = GLib.timeout_source_new(1)
        source.set_callback(answer)
        source.attach(GLib.MainContext.ref_thread_default())


def text_content(text):
    content = Mimesend.Content.new()
    content.add_string(text)
    return content


def envelope(*recipients):
    return Mimesend.Envelope.new('joe@example.com', recipients or ['jimmy@example.org'])


def send_async(session, content, cancellable=None, to=None, flags=DEFAULT):
    """Runs the main loop until it is over: the receipt."""
    loop = GLib.MainLoop()
    results = []

    def done(source, result):
        results.append(result)
        loop.quit()

    session.send_async(to or envelope(), content, flags, GLib.PRIORITY_DEFAULT, cancellable, done)
    loop.run()
    return session.send_finish(results[0])


class Values(support.Case):
    def test_enumerations(self):
        self.assertEqual(GObject.type_name(Mimesend.Outcome), 'MimesendOutcome')
        self.assertEqual(GObject.type_name(Mimesend.SendFlags), 'MimesendSendFlags')
        both = Mimesend.SendFlags.SERVE_ACCEPTED | Mimesend.SendFlags.ADD_MISSING_HEADERS
        self.assertIsInstance(both, Mimesend.SendFlags)
        for name in ('AddressVerdict', 'Stage', 'TlsPolicy', 'TraceDirection', 'Transport', 'Error'):
            self.assertTrue(issubclass(getattr(Mimesend, name), GObject.GEnum), name)
        for name in ('AddressCheckFlags', 'WireFlags'):
            self.assertTrue(issubclass(getattr(Mimesend, name), GObject.GFlags), name)

    def test_error_domain(self):
        with self.assertRaises(GLib.Error) as raised:
            Mimesend.Server.new('a b')
        self.assertTrue(raised.exception.matches(Mimesend.error_quark(), Mimesend.Error.ARGUMENT))
        self.assertEqual(raised.exception.domain, 'mimesend-error-quark')
        self.assertEqual(GLib.quark_to_string(Mimesend.error_quark()), 'mimesend-error-quark')
        with self.assertRaises(GLib.Error) as raised:
            Mimesend.Envelope.new('Joe <joe@example.com>', ['jimmy@example.org'])
        self.assertTrue(raised.exception.matches(Mimesend.error_quark(), Mimesend.Error.ADDRESS))

    def test_string_for_an_array(self):
        """PyGObject makes an array of letters of it; since 3.58 it refuses it itself."""
        for text in ('b@example.org', 'joe smith', '<b@example.org>', 'jörg@example.org', 'a@b, c@d'):
            with self.subTest(text), self.assertRaises((GLib.Error, TypeError)) as raised:
                Mimesend.Envelope.new('joe@example.com', text)
            if gi.version_info >= (3, 58):
                self.assertIn('str as an array', str(raised.exception))
            else:
                self.assertTrue(raised.exception.matches(Mimesend.error_quark(), Mimesend.Error.ADDRESS))
                self.assertIn("write ['%s']" % text, raised.exception.message)
        for texts in (['b@', 'c'], ['@'], ['a', 'b', 'c d']):
            with self.subTest(texts), self.assertRaises(GLib.Error) as raised:
                Mimesend.Envelope.new('joe@example.com', texts)
            self.assertNotIn('letter by letter', raised.exception.message)
        self.assertEqual(envelope('a', 'b').get_recipients(), ['a', 'b'])

    def test_reason_of_the_protection(self):
        """Never without words, unless the server is known to be the one that was asked for."""
        secure = ['--tls-self-signed', '--tls-cert-out', os.path.join(self.dir, 'ca.pem')]
        for args, script, tls, trust, verified, reason in (
                ([], [], None, False, False, '127.0.0.1 does not offer STARTTLS'),
                ([], [], 'NONE', False, False, 'TLS was not asked for'),
                ([], ['EHLO reply 502 no'], None, False, False, 'STARTTLS'),
                (secure, [], None, False, False, 'self-signed'),
                (secure, [], 'NONE', False, False, 'TLS was not asked for'),
                (secure, [], None, True, True, None),
                (secure, [], 'REQUIRED', False, False, 'self-signed'),
                (secure + ['--implicit-tls'], [], 'IMPLICIT', False, False, 'self-signed'),
                (secure + ['--implicit-tls'], [], 'IMPLICIT', True, True, None),
                (secure, ['@1 STARTTLS reply 454 4.7.0 not now'], None, True, False, '454'),
                ([], [], 'REQUIRED', False, False, 'ahead of TLS'),
                ([], ['GREETING reply 554 no'], None, False, False, 'ahead of TLS')):
            with self.subTest(args=args, script=script, tls=tls, trust=trust):
                sink = support.Sink(self, *args, script=script)
                server = Mimesend.Server.new(sink.name)
                if tls is not None:
                    server = server.with_tls(getattr(Mimesend.TlsPolicy, tls))
                if trust:
                    server = server.with_ca_file(os.path.join(self.dir, 'ca.pem'))
                session = Mimesend.Session(server=server)
                content = Mimesend.Content.new()
                content.add_string('x\n')
                envelope = Mimesend.Envelope.new('a@example.com', ['b@example.com'])
                try:
                    receipt = session.send(envelope, content, 0, None)
                except GLib.Error:
                    receipt = session.get_last_receipt()
                self.assertEqual(receipt.get_tls_verified(), verified)
                if reason is None:
                    self.assertIsNone(receipt.get_tls_reason())
                else:
                    self.assertIn(reason, receipt.get_tls_reason() or '(nothing)')

    def test_boxed(self):
        address = Mimesend.Address.parse(' joe@example.com ')
        held = [address.ref() for _ in range(3)]
        del address
        self.assertEqual(held[2].get_mailbox(), 'joe@example.com')
        self.assertEqual(envelope('a@example.com', 'b@example.com', 'a@example.com').get_recipients(),
                         ['a@example.com', 'b@example.com'])
        server = Mimesend.Server.new('smtp://joe@example.com').with_tls(Mimesend.TlsPolicy.IMPLICIT)
        session = Mimesend.Session(server=server)
        del server
        self.assertEqual(session.props.server.get_host(), 'example.com')
        self.assertEqual(session.get_server().get_tls(), Mimesend.TlsPolicy.IMPLICIT)
        self.assertIsNone(session.get_last_receipt())
        program = Mimesend.Server.new_for_program(['/usr/sbin/sendmail', '-i'])
        self.assertEqual(program.get_transport(), Mimesend.Transport.PROGRAM)

    def test_out_parameters(self):
        verdict, why = Mimesend.Address.check('joe@', Mimesend.AddressCheckFlags.SYNTAX, None)
        self.assertEqual(verdict, Mimesend.AddressVerdict.BAD)
        self.assertTrue(why)
        self.assertEqual(Mimesend.Address.check('joe@example.com', 0, None), (Mimesend.AddressVerdict.PERHAPS, None))

    def test_part_stream(self):
        builder = Mimesend.PartBuilder.new()
        builder.set_text('Grüße\n'.encode())
        part = Mimesend.part_new_multipart(None, [builder.build(), Mimesend.part_new_html('<p>b</p>')])
        stream = Mimesend.PartStream.new(part)
        octets = b''
        while True:
            some = stream.read_bytes(7).get_data()
            if not some:
                break
            self.assertLessEqual(len(some), 7)
            octets += some
        self.assertEqual(octets.decode(), part.to_string(None))
        self.assertIsNone(stream.get_error())

    def test_letter(self):
        letter = Mimesend.Letter.new()
        letter.set_from('Jörg <joe@example.com>')
        letter.add_to('a@example.com')
        letter.add_bcc('b@example.com')
        letter.set_subject('Grüße')
        letter.set_text('text\n')
        self.assertEqual(letter.get_recipients(), ['a@example.com', 'b@example.com'])
        self.assertIsInstance(letter.build(), GMime.Message)
        sink = support.Sink(self)
        sent, receipt = Mimesend.send_letter_content(Mimesend.Server.new(sink.name), None, None, letter, None, DEFAULT, None)
        self.assertTrue(sent)
        self.assertEqual(receipt.get_message_id(), '<%s>' % letter.get_message_id())
        self.assertEqual(sink.message()['recipients'], ['a@example.com', 'b@example.com'])

    def test_letter_by_properties(self):
        letter = Mimesend.Letter(subject='Grüße', text='text\n', to=['Ann <ann@example.com>'], bcc=['b@example.com'],
                                 **{'from': 'Jörg <joe@example.com>'})
        told = []
        letter.connect('notify::subject', lambda letter, spec: told.append(letter.props.subject))
        letter.props.subject = 'zwei'
        letter.props.subject = 'zwei'
        letter.attach_bytes(GLib.Bytes.new('ä\n'.encode()), 'ä.txt', None)
        letter.add_header('X-Ticket', '42')
        self.assertEqual((told, letter.props.to, letter.get_from()), (['zwei'], ['Ann <ann@example.com>'], 'Jörg <joe@example.com>'))
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        for name in ('ann@example.com', 'bob@example.com'):
            letter.props.to = [name]
            receipt = session.send_letter(letter, DEFAULT, None)
            receipt.check()
            self.assertEqual(receipt.get_message_id(), '<%s>' % letter.props.message_id)
            message = sink.message()
            self.assertEqual(message['recipients'], [name, 'b@example.com'])
            parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
            self.assertEqual((str(parsed['to']), parsed['subject'], parsed['x-ticket']), (name, 'zwei', '42'))
            attached, = parsed.iter_attachments()
            self.assertEqual((attached.get_filename(), attached.get_content()), ('ä.txt', 'ä\n'))

    def test_letter_with_wrong_values(self):
        """A setter raises; a property cannot, and the letter is not sent until it is right."""
        letter = Mimesend.Letter(text='x\n', to=['a@example.com'], **{'from': 'joe@example.com'})
        for call in (lambda: letter.set_subject('a\nb'), lambda: letter.add_header('X', 'a\nb'), lambda: letter.set_to(['a b@c']),
                     lambda: letter.attach_bytes(GLib.Bytes.new(b'x'), 'x', 'text')):
            with self.assertRaises(GLib.Error):
                call()
        with self.assertRaises((GLib.Error, TypeError)) as raised:
            letter.set_to('ann@example.com')
        self.assertIn('str as an array' if gi.version_info >= (3, 58) else "write ['ann@example.com']", str(raised.exception))
        letter.build()
        session = Mimesend.Session(server=Mimesend.Server.new('127.0.0.1:1'))
        for name, value in (('subject', 'a\nb'), ('to', ['a@example.com', 'a b@c']), ('message-id', 'x')):
            right = letter.get_property(name)
            letter.set_property(name, value)
            self.assertEqual(letter.get_property(name), right)
            with self.assertRaises(GLib.Error) as raised:
                session.send_letter(letter, DEFAULT, None)
            self.assertIn(name, raised.exception.message)
            letter.set_property(name, right)
            letter.build()
        with self.assertRaises(TypeError):
            Mimesend.Letter(to='ann@example.com')

    def test_letter_of_a_sender_without_domain(self):
        for own, domains in ((None, (socket.gethostname(), 'localhost.invalid')), ('mail.example.com', ('mail.example.com',))):
            letter = Mimesend.Letter.new()
            letter.set_from('joe')
            letter.add_to('a@example.com')
            letter.set_text('text\n')
            letter.set_id_domain(own)
            sink = support.Sink(self)
            Mimesend.send_letter_content(Mimesend.Server.new(sink.name), None, None, letter, None, DEFAULT, None)
            sent = [line for line in sink.message()['content'].decode().split('\r\n') if line.startswith('Message-ID: <')]
            self.assertIn(sent[0].partition('@')[2], [domain + '>' for domain in domains])


class Sending(support.Case):
    def ways(self, content_of):
        """Blocking and asynchronous, each to a sink of its own: the receipt and the sink."""
        for way in ('blocking', 'async'):
            with self.subTest(way):
                sink = support.Sink(self)
                session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
                content = content_of()
                if way == 'async':
                    receipt = send_async(session, content)
                else:
                    receipt = session.send(envelope(), content, DEFAULT, None)
                yield content, receipt, sink

    def test_contents_in_python(self):
        def mixed():
            content = text_content('ahead\n')
            content.add_content(Steps(b'one\n', b'two\n'))
            content.add_bytes(GLib.Bytes.new(b'behind\n'))
            content.add_input_stream(Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(b'last\n')))
            return content

        for content, receipt, sink in self.ways(lambda: Steps(b'one\n', b'two\n')):
            self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.ACCEPTED)
            self.assertEqual(sink.message()['content'], b'one\r\ntwo\r\n')
        for content, receipt, sink in self.ways(mixed):
            self.assertEqual(sink.message()['content'], b'ahead\r\none\r\ntwo\r\nbehind\r\nlast\r\n')

    def test_contents_in_python_that_wait(self):
        for kind in (Waits, Answers):
            def between():
                content = text_content('ahead\n')
                content.add_content(kind(b'one\n', b'two\n'))
                return content

            for content, receipt, sink in self.ways(lambda: kind(b'one\n', b'two\n', b'', b'more\n')):
                self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.ACCEPTED, receipt.explain())
                self.assertEqual(content.calls, 3)
                self.assertEqual(sink.message()['content'], b'one\r\ntwo\r\n')
            for content, receipt, sink in self.ways(between):
                self.assertEqual(sink.message()['content'], b'ahead\r\none\r\ntwo\r\n')

    def test_contents_in_python_that_wait_and_fail(self):
        error = GLib.Error.new_literal(Gio.io_error_quark(), 'later', Gio.IOErrorEnum.BUSY)
        self.fails(error, Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, Waits)
        self.fails(None, Mimesend.error_quark(), Mimesend.Error.CONTENT, Waits)
        self.fails(error, Gio.io_error_quark(), Gio.IOErrorEnum.BUSY, Answers)

    def test_content_sent_again(self):
        for content, receipt, sink in self.ways(lambda: Begins(b'one\n', b'two\n')):
            session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
            self.assertEqual(content.rewinds, 0)
            send_async(session, content)
            session.send(envelope(), content, DEFAULT, None)
            for i in range(3):
                self.assertEqual(sink.message()['content'], b'one\r\ntwo\r\n')
            self.assertEqual(content.rewinds, 2)

    def test_content_that_cannot_be_sent_again(self):
        def inside():
            content = text_content('ahead\n')
            content.add_content(Waits(b'one\n'))
            return content

        for kind in (lambda: Steps(b'one\n'), lambda: Waits(b'one\n'), lambda: Answers(b'one\n'),
                     lambda: Begins(b'one\n', may=False), inside):
            for content, receipt, sink in self.ways(kind):
                self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.ACCEPTED)
                sink.message()
                session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
                for again in (lambda: session.send(envelope(), content, DEFAULT, None), lambda: send_async(session, content)):
                    with self.assertRaises(GLib.Error) as raised:
                        again()
                    self.assertTrue(raised.exception.matches(Mimesend.error_quark(), Mimesend.Error.CONTENT), raised.exception)
                self.assertEqual(sink.stop(), [])

    def test_content_under_way(self):
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        content = Begins(b'one\n')
        loop = GLib.MainLoop()
        told = []

        def done(source, result):
            try:
                told.append(source.send_finish(result).get_outcome())
            except GLib.Error as error:
                told.append(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.PENDING))
            if len(told) == 2:
                loop.quit()

        for i in range(2):
            session.send_async(envelope(), content, DEFAULT, GLib.PRIORITY_DEFAULT, None, done)
        with self.assertRaises(GLib.Error) as raised:
            content.read_bytes(10, None)
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.PENDING), raised.exception)
        loop.run()
        self.assertEqual(told, [True, Mimesend.Outcome.ACCEPTED])
        self.assertEqual(sink.message()['content'], b'one\r\n')

    def test_letter_with_a_content_in_python(self):
        sink = support.Sink(self)
        letter = Mimesend.Letter.new()
        letter.set_from('joe@example.com')
        letter.add_to('a@example.com')
        sent, _ = Mimesend.send_letter_content(Mimesend.Server.new(sink.name), None, None, letter, Steps(b'one\n', b'two\n'),
                                               DEFAULT, None)
        self.assertTrue(sent)
        self.assertTrue(sink.message()['content'].endswith(b'\r\n\r\none\r\ntwo\r\n'))

    def fails(self, step, domain, code, kind=Steps):
        for content, receipt, sink in self.ways(lambda: kind(b'one\n', step, b'two\n')):
            self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.NOT_TRIED, receipt.explain())
            self.assertEqual(receipt.get_recipient_outcome(0), Mimesend.Outcome.NOT_TRIED)
            with self.assertRaises(GLib.Error) as raised:
                receipt.check()
            self.assertTrue(raised.exception.matches(domain, code), raised.exception)
            self.assertEqual(content.calls, 2)
            self.assertEqual(sink.stop(), [])

    def test_content_that_raises(self):
        hook, sys.excepthook = sys.excepthook, lambda *what: None
        try:
            self.fails(RuntimeError('on purpose'), Mimesend.error_quark(), Mimesend.Error.CONTENT)
        finally:
            sys.excepthook = hook

    def test_content_that_raises_an_error_of_its_own(self):
        error = GLib.Error.new_literal(Gio.io_error_quark(), 'later', Gio.IOErrorEnum.BUSY)
        self.fails(error, Gio.io_error_quark(), Gio.IOErrorEnum.BUSY)

    def test_content_that_returns_none(self):
        self.fails(None, Mimesend.error_quark(), Mimesend.Error.CONTENT)

    def test_bytes_after_the_end(self):
        for content, receipt, sink in self.ways(lambda: Steps(b'all\n', b'', b'more\n')):
            self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.ACCEPTED)
            self.assertEqual(content.calls, 2)
            self.assertEqual(sink.message()['content'], b'all\r\n')

    def test_nothing_at_once_is_an_empty_message(self):
        for content, receipt, sink in self.ways(Steps):
            self.assertEqual(sink.message()['content'], b'')

    def test_small_pieces(self):
        line = b'x' * 70 + b'\n'
        for content, receipt, sink in self.ways(lambda: Steps(*[line[i:i + 1] for i in range(71)] * 200)):
            self.assertEqual(sink.message()['content'], line.replace(b'\n', b'\r\n') * 200)

    def test_endless_small_pieces_hold_up_nothing(self):
        class Endless(Mimesend.Content):
            def do_read_bytes(self, count, cancellable):
                return GLib.Bytes.new(b'x\n')

        ticks = []
        cancellable = Gio.Cancellable()

        def tick():
            ticks.append(None)
            if len(ticks) == 20:
                cancellable.cancel()
            return True

        sink = support.Sink(self)
        source = GLib.timeout_add(1, tick)
        receipt = send_async(Mimesend.Session(server=Mimesend.Server.new(sink.name)), Endless(), cancellable)
        GLib.source_remove(source)
        self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.NOT_TRIED)
        self.assertEqual(sink.stop(), [])

    def test_every_reply(self):
        sink = support.Sink(self, '--refuse', 'c@*=452 4.2.2 full')
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        receipt = send_async(session, text_content('Subject: x\n\ntext\n'), to=envelope('b@example.com', 'c@example.com'),
                             flags=Mimesend.SendFlags.SERVE_ACCEPTED)
        self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.PARTIAL)
        self.assertEqual([(receipt.get_recipient(i), receipt.get_recipient_outcome(i), receipt.get_recipient_code(i),
                           receipt.get_recipient_enhanced_code(i)) for i in range(receipt.get_n_recipients())],
                         [('b@example.com', Mimesend.Outcome.ACCEPTED, 250, '2.0.0'),
                          ('c@example.com', Mimesend.Outcome.DEFERRED, 452, '4.2.2')])
        self.assertEqual(receipt.get_retry(), ['c@example.com'])
        self.assertEqual(receipt.get_warnings(), [])
        self.assertEqual(receipt.get_recipient_reply(1), 'full')

    def test_in_turn_and_at_once(self):
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name), window=8)
        lines = []
        session.set_trace(lambda direction, line: lines.append((direction, line)))
        loop = GLib.MainLoop()
        outcomes = []

        def done(source, result):
            outcomes.append(source.send_finish(result).get_outcome())
            if len(outcomes) == 20:
                loop.quit()

        for i in range(20):
            session.send_async(envelope(), text_content('%d\n' % i), DEFAULT, GLib.PRIORITY_DEFAULT, None, done)
        loop.run()
        self.assertEqual(outcomes, [Mimesend.Outcome.ACCEPTED] * 20)
        self.assertEqual([sink.message()['content'] for _ in range(20)], [b'%d\r\n' % i for i in range(20)])
        self.assertIn((Mimesend.TraceDirection.SENT, 'DATA'),
                      [(d, l if d != Mimesend.TraceDirection.SENT or not l.startswith('BDAT') else 'DATA') for d, l in lines])
        session.set_trace(None)
        self.assertTrue(session.close(None))

    def test_send_each(self):
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name), window=8)
        for way in ('blocking', 'async'):
            given, told = [], []

            def next_message(source, unused):
                if len(given) == 30:
                    return Mimesend.Next.END, None, None, 0
                given.append(len(given))
                if given[-1] == 10 and not told:  # nothing for now: asked again at once
                    source.ask_again()
                    given.pop()
                    told.append(None)
                    return Mimesend.Next.LATER, None, None, 0
                return Mimesend.Next.MESSAGE, envelope(), text_content('%d\n' % given[-1]), 100 + given[-1]

            def settled(source, tag, receipt, unused):
                told.append((tag, receipt.get_outcome()))

            if way == 'blocking':
                self.assertTrue(session.send_each(next_message, None, settled, None, DEFAULT, None))
            else:
                loop, results = GLib.MainLoop(), []

                def done(source, result):
                    loop.quit()
                    results.append(source.send_each_finish(result))

                session.send_each_async(next_message, (None,), settled, (None,), DEFAULT, GLib.PRIORITY_DEFAULT, None, done)
                loop.run()
                self.assertEqual(results, [True])
            self.assertEqual([entry for entry in told if entry],
                             [(100 + i, Mimesend.Outcome.ACCEPTED) for i in range(30)])
            self.assertEqual([sink.message()['content'] for _ in range(30)], [b'%d\r\n' % i for i in range(30)])

        self.assertTrue(session.close(None))

    def test_send_each_that_raises(self):
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        given, told = [], []

        def next_message(source, unused):
            if given:
                raise ValueError('no more of this')
            given.append(1)
            return Mimesend.Next.MESSAGE, envelope(), text_content('one\n'), 1

        def settled(source, tag, receipt, unused):
            told.append(tag)

        hook, sys.excepthook = sys.excepthook, lambda *what: None
        try:
            with self.assertRaises(GLib.Error) as caught:
                session.send_each(next_message, None, settled, None, DEFAULT, None)
        finally:
            sys.excepthook = hook
        self.assertIn('message 2: no envelope', caught.exception.message)
        self.assertEqual(told, [1])

    def test_progress(self):
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        told = []
        session.connect('progress', lambda source, envelope, octets, total, stage: told.append((octets, total, stage)))
        send_async(session, text_content('text\n' * 1000))
        self.assertEqual(told[-1], (6000, 6000, Mimesend.Stage.END_OF_DATA))
        self.assertIsInstance(told[0][2], Mimesend.Stage)

    def test_cancel_from_the_progress(self):
        class Endless(Mimesend.Content):
            def do_read_bytes(self, count, cancellable):
                return GLib.Bytes.new(b'x\n' * 1000)

        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        cancellable = Gio.Cancellable()
        session.connect('progress', lambda source, envelope, octets, total, stage: octets > 0 and cancellable.cancel())
        receipt = send_async(session, Endless(), cancellable)
        self.assertEqual(receipt.get_outcome(), Mimesend.Outcome.NOT_TRIED)
        self.assertEqual(sink.stop(), [])

    def test_recipient_reply(self):
        sink = support.Sink(self)
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        told = []

        def reply(source, recipient, code, text):
            told.append((recipient, code))
            return recipient == 'c@example.com'

        session.connect('recipient-reply', reply)
        receipt = send_async(session, text_content('Subject: x\n\ntext\n'), to=envelope('b@example.com', 'c@example.com'))
        self.assertEqual(told, [('b@example.com', 250), ('c@example.com', 250)])
        with self.assertRaises(GLib.Error) as raised:
            receipt.check()
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        self.assertEqual(sink.stop(), [])

    def test_pool(self):
        sink = support.Sink(self)
        pool = Mimesend.Pool(server=Mimesend.Server.new(sink.name), connections=3, queue_size=2)
        loop = GLib.MainLoop()
        settled = {}
        pool.connect('settled', lambda source, tag, receipt, error: settled.update({tag: (receipt, error)}))

        def submit(tag):
            pool.submit_async(envelope(), text_content('%d\n' % tag), DEFAULT, tag, GLib.PRIORITY_DEFAULT, None, taken, tag)

        def taken(source, result, tag):
            self.assertTrue(source.submit_finish(result))
            if tag < 30:
                submit(tag + 1)
            else:
                source.drain_async(GLib.PRIORITY_DEFAULT, None, lambda *what: loop.quit())

        submit(0)
        loop.run()
        self.assertEqual(sorted(settled), list(range(31)))
        for receipt, error in settled.values():
            self.assertEqual((receipt.get_outcome(), error), (Mimesend.Outcome.ACCEPTED, None))
        pool.shutdown()
        pool.drain_async(GLib.PRIORITY_DEFAULT, None, lambda *what: loop.quit())
        loop.run()
        self.assertEqual(sorted(int(message['content']) for message in sink.stop()), list(range(31)))

    def test_pool_without_a_main_loop(self):
        sink = support.Sink(self)
        pool = Mimesend.Pool(server=Mimesend.Server.new(sink.name), connections=3, queue_size=2)
        settled = []
        pool.connect('settled', lambda source, tag, receipt, error: settled.append((tag, receipt.get_outcome())))
        for tag in range(30):
            self.assertTrue(pool.submit(envelope(), text_content('%d\n' % tag), DEFAULT, tag, None))
        self.assertTrue(pool.drain())
        self.assertEqual(sorted(settled), [(tag, Mimesend.Outcome.ACCEPTED) for tag in range(30)])
        pool.shutdown()
        with self.assertRaises(GLib.Error) as raised:
            pool.submit(envelope(), text_content('late\n'), DEFAULT, 30, None)
        self.assertTrue(raised.exception.matches(Mimesend.error_quark(), Mimesend.Error.NOT_TRIED))
        self.assertTrue(pool.drain())
        self.assertEqual(len(sink.stop()), 30)

    def test_times_and_settings(self):
        session = Mimesend.Session(server=Mimesend.Server.new('mail.example.com'), timeout=0.5, deadline=90)
        self.assertEqual((session.get_timeout(), session.props.deadline), (0.5, 90.0))
        session.set_noop_after(-1)
        session.set_window(8)
        self.assertEqual((session.props.noop_after, session.props.window), (-1.0, 8))
        flags = Mimesend.DeliverByFlags.RETURN | Mimesend.DeliverByFlags.TRACE
        late = envelope().with_deliver_by(59.5, flags)
        self.assertEqual((late.get_deliver_by(), late.get_deliver_by_flags()), (60.0, flags))
        until = GLib.DateTime.new_utc(2030, 1, 2, 3, 4, 5)
        self.assertEqual(envelope().with_hold_until(until).get_hold_until().format_iso8601(), '2030-01-02T03:04:05Z')
        with self.assertRaises(GLib.Error):
            envelope().with_hold(1e9)

    def test_probe(self):
        sink = support.Sink(self, '--tls-self-signed', '--refuse', 'b@*=550 5.1.1 nobody')
        server = Mimesend.Server.new('smtp://' + sink.name)
        result = Mimesend.probe_recipients(server, None, ['a@example.com', 'b@example.com'], 20, None)
        self.assertTrue(result.is_ready())
        self.assertTrue(result.check())
        self.assertIsNone(result.get_failure())
        self.assertIn('STARTTLS', result.get_clear_capabilities())
        self.assertEqual(result.get_pipelining(), Mimesend.ProbeVerdict.HOLDS)
        self.assertGreater(result.get_elapsed(Mimesend.ProbeStage.READY), 0)
        self.assertGreater(result.get_certificate_not_after(0).to_unix(), result.get_certificate_not_before(0).to_unix())
        self.assertEqual([(result.get_recipient(i), result.get_recipient_outcome(i), result.get_recipient_code(i))
                          for i in range(result.get_n_recipients())],
                         [('a@example.com', Mimesend.Outcome.ACCEPTED, 250), ('b@example.com', Mimesend.Outcome.REFUSED, 550)])

    def test_probe_that_fails(self):
        sink = support.Sink(self, script=['GREETING reply 554 5.3.2 not now'])
        result = Mimesend.probe(Mimesend.Server.new(sink.name), 20, None)
        self.assertFalse(result.is_ready())
        self.assertTrue(result.get_failure().matches(Mimesend.Error.quark(), Mimesend.Error.REFUSED))
        with self.assertRaises(GLib.Error) as caught:
            result.check()
        self.assertIn('not now', caught.exception.message)

    def test_address_check(self):
        loop, results = GLib.MainLoop(), []

        def checked(source, result):
            results.append(Mimesend.Address.check_finish(result))
            loop.quit()

        Mimesend.Address.check_async('Joe <joe@example.com>', Mimesend.AddressCheckFlags.DNS, GLib.PRIORITY_DEFAULT, None, checked)
        loop.run()
        self.assertEqual(results[0][0], Mimesend.AddressVerdict.BAD)
        self.assertIn('joe@example.com', results[0].why)

    def test_words_that_are_no_utf8(self):
        sink = support.Sink(self, script=(r'RCPT raw "250 2.1.5 caf\xe9\r\n"', r'DOT raw "250 2.0.0 na\xefve\r\n"',
                                          r'LAST raw "250 2.0.0 na\xefve\r\n"'))
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        told = []
        session.set_trace(lambda direction, line: told.append(line))
        session.connect('recipient-reply', lambda source, recipient, code, text: told.append(text))
        receipt = send_async(session, text_content('text\n'))
        words = [receipt.get_reply(), receipt.get_recipient_reply(0), receipt.get_transaction_reply(0), receipt.explain()]
        for text in words + told:
            self.assertIsInstance(text, str)
        self.assertIn('caf\ufffd', told)
        self.assertEqual(words[0], 'na\ufffdve')

    def test_cancelled_beforehand(self):
        sink = support.Sink(self)
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        session = Mimesend.Session(server=Mimesend.Server.new(sink.name))
        with self.assertRaises(GLib.Error) as raised:
            send_async(session, text_content('text\n'), cancellable)
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        self.assertEqual(sink.stop(), [])


if __name__ == '__main__':
    support.main()
