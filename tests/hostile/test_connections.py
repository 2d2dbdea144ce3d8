# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that count errors, or leave among the recipients: what is known stands, the rest goes on in a new connection, three
times at most, and each good recipient gets the message once."""

import collections

from peer import Cut, Peer, send, speak, support

ME = ('-f', 'me@example.com')
MESSAGE = ('--message-text', 'Subject: x\n\nbody\n')
PIPE = ('PIPELINING', 'ENHANCEDSTATUSCODES')
WAYS = ((), PIPE, PIPE + ('CHUNKING',))


class Connections(support.Case):
    def play(self, respond, recipients, offers, code):
        """`respond (wire, number, mailbox)` answers the RCPT of that number in its connection. Returns the report, the
        connections, and how often each mailbox was delivered to."""
        delivered = collections.Counter()

        def serve(wire):
            accepted, numbers = [], iter(range(1 << 20))

            def rcpt(wire):
                mailbox = wire.commands[-1].partition(b'<')[2].partition(b'>')[0].decode()
                answer = respond(wire, next(numbers), mailbox)
                if answer.startswith(b'2'):
                    accepted.append(mailbox)
                return answer

            def end(wire):
                delivered.update(accepted)
                accepted.clear()
                return b'250 2.0.0 queued\r\n'

            def mail(wire):
                accepted.clear()
                return b'250 2.1.0 ok\r\n'
            speak(wire, offers=offers, answers={'MAIL': mail, 'RCPT': rcpt, 'END': end})
        with Peer(serve) as server:
            result = send('-S', server.name, *ME, *MESSAGE, *recipients)
        self.assertFalse(server.faults, result.words())
        self.assertEqual(result.code, code, result.words()[-2000:])
        outcomes = {row['address']: row['outcome'] for row in result.report['recipients']}
        self.assertEqual(delivered, collections.Counter(a for a, outcome in outcomes.items() if outcome == 'accepted'))
        self.assertEqual(sorted(result.report['retry']), sorted(a for a, outcome in outcomes.items() if outcome == 'deferred'))
        return outcomes, server.wires

    def test_one_that_counts_refusals(self):
        """421 and the end at the 20th, as Postfix does by default. It comes to that within the first group of recipients at
        most, which leaves before anything is known; command by command it never does."""
        everyone = ['%s%d@example.com' % ('no' if i % 2 else 'ok', i) for i in range(90)]
        for offers in WAYS:
            with self.subTest(offers=offers):
                refused = collections.Counter()
                answered = collections.Counter()

                def respond(wire, number, mailbox):
                    if mailbox.startswith('ok'):
                        return b'250 2.1.5 ok\r\n'
                    refused[wire] += 1
                    if refused[wire] == 20:
                        wire.say(b'421 4.7.0 too many errors\r\n')
                        raise Cut
                    answered[mailbox] += 1
                    return b'550 5.1.1 no\r\n'
                outcomes, wires = self.play(respond, everyone, offers, 67)
                self.assertEqual([outcomes[a] for a in everyone], ['refused' if i % 2 else 'accepted' for i in range(90)])
                self.assertEqual(set(answered.values()), {1})  # who was refused is not asked for again
                self.assertEqual([count for count in refused.values() if count == 20], [20] if offers else [])
                self.assertEqual(len(wires), 3)

    def leaving(self, how, times):
        """Leaves at the 7th recipient of each of the first connections."""
        seen = []

        def respond(wire, number, mailbox):
            if wire not in seen:
                seen.append(wire)
            if number == 6 and len(seen) <= times:
                if how == '421':
                    wire.say(b'421 4.3.2 closing\r\n')
                elif how == 'reset':
                    wire.reset()
                raise Cut
            return b'550 5.1.1 no\r\n' if mailbox.startswith('no') else b'250 2.1.5 ok\r\n'
        return respond

    def test_one_that_leaves_among_the_recipients(self):
        everyone = ['%s%d@example.com' % ('no' if i in (1, 17) else 'ok', i) for i in range(20)]
        for offers in WAYS:
            for how in ('421', 'close', 'reset'):
                for times in (1, 3):
                    with self.subTest(offers=offers, how=how, times=times):
                        outcomes, wires = self.play(self.leaving(how, times), everyone, offers, 67)
                        self.assertEqual([outcomes[a] for a in everyone],
                                         ['refused' if a.startswith('no') else 'accepted' for a in everyone])
                        self.assertEqual(len(wires), times + 1)

    def test_one_that_leaves_every_time(self):
        """Three new connections, and then the rest is put off: no recipient has anything."""
        everyone = ['ok%d@example.com' % i for i in range(20)]
        for offers in WAYS:
            for how in ('421', 'close', 'reset'):
                with self.subTest(offers=offers, how=how):
                    outcomes, wires = self.play(self.leaving(how, 99), everyone, offers, 75)
                    self.assertEqual(set(outcomes.values()), {'deferred'})
                    self.assertEqual(len(wires), 4)


    def test_limits(self):
        """RFC 9422: so many messages of a connection, so many recipients of a message, and not one more."""
        everyone = ['ok%d@example.com' % i for i in range(205)]
        for limits, connections, most in (('RCPTMAX=60 MAILMAX=2', 2, 60), ('MAILMAX=1', 3, 100), ('RCPTMAX=1000', 1, 205),
                                          ('RCPTMAX=1', 1, 1)):
            for offers in WAYS:
                with self.subTest(limits=limits, offers=offers):
                    outcomes, wires = self.play(lambda wire, number, mailbox: b'250 2.1.5 ok\r\n', everyone,
                                                offers + ('LIMITS ' + limits,), 0)
                    self.assertEqual(set(outcomes.values()), {'accepted'})
                    self.assertEqual(len(wires), connections)
                    for wire in wires:
                        verbs = [line.split()[0] for line in wire.commands]
                        messages = b' '.join(verbs).split(b'MAIL')[1:]
                        self.assertLessEqual(max(message.count(b'RCPT') for message in messages), most)
                        if 'MAILMAX' in limits:
                            self.assertLessEqual(len(messages), int(limits[-1]))


if __name__ == '__main__':
    support.main()
