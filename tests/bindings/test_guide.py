#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_guide.py LETTER: the guide's programs stand in it as they are, and do what it says. LETTER: letter.c, compiled."""

import email
import email.policy
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
import support

EXAMPLES = os.environ['EXAMPLES']
LETTER = sys.argv[1]
del sys.argv[1:]
PEOPLE = ('joe@example.com', 'ann@example.org')
ICS = 'BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nORGANIZER:mailto:joe@example.com\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n'


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=50)


def example(name, *args):
    return run('/usr/bin/python3', os.path.join(EXAMPLES, name), *args)


class Guide(support.Case):
    def file(self, text):
        file = tempfile.NamedTemporaryFile('w', suffix='.csv', encoding='utf-8')
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def message(self, sink):
        return email.message_from_bytes(sink.message()['content'], policy=email.policy.default)

    def test_programs_stand_in_it_as_they_are(self):
        with open(os.path.join(EXAMPLES, '../guide.md'), encoding='utf-8') as file:
            guide = file.read()
        shown = re.findall(r'^\[(\S+)\]\(examples/\S+\)\n\n```\w+\n(.*?)^```$', guide, re.S | re.M)
        self.assertGreaterEqual(len(shown), 7)
        for name, text in shown:
            with open(os.path.join(EXAMPLES, name), encoding='utf-8') as file:
                self.assertEqual(file.read(), text, name)

    def test_letter(self):
        sink = support.Sink(self)
        said = run(LETTER, sink.name, *PEOPLE, os.path.join(EXAMPLES, '../../data/figure.png'))
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        message = self.message(sink)
        self.assertEqual([part.get_filename() for part in message.iter_attachments()], ['figure.png'])
        said = run(LETTER, sink.name, *PEOPLE, '/dev/null/missing')
        self.assertEqual(said.returncode, 1)
        self.assertIn('missing', said.stderr)

    def test_invitation(self):
        sink = support.Sink(self)
        said = example('invitation.py', sink.name, *PEOPLE, self.file(ICS))
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        types = [part.get_content_type() for part in self.message(sink).walk()]
        self.assertEqual(types, ['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/calendar', 'application/ics'])
        said = example('invitation.py', sink.name, *PEOPLE, self.file(ICS.replace('METHOD', 'X-METHOD')))
        self.assertIn('no METHOD', said.stderr)

    def test_outcome(self):
        sink = support.Sink(self, '--refuse', 'nobody@*=550 5.1.1 no such user')
        said = example('outcome.py', sink.name, *PEOPLE, 'nobody@example.org')
        self.assertEqual((said.returncode, said.stderr), (1, ''))
        lines = said.stdout.splitlines()
        self.assertTrue(lines[0].startswith('ann@example.org: accepted'), lines)
        self.assertTrue(lines[1].startswith('nobody@example.org: refused, no such user'), lines)
        self.assertGreater(len(lines), 2)

    def test_retry(self):
        sink = support.Sink(self, script=['MAIL#1 reply 451 4.7.1 later'])
        said = example('retry.py', sink.name, *PEOPLE)
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        self.assertEqual(said.stdout, 'accepted after 2 attempts\n')

    def test_mailing(self):
        sink = support.Sink(self, '--refuse', 'nobody@*=550 5.1.1 no such user')
        table = self.file('name,email,amount\n"Müller, Jo",jo@example.org,12 €\nX,nobody@example.org,1\nAnn,ann@example.org,\n')
        said = example('mailing-template.py', sink.name, 'shop@example.com', table)
        self.assertEqual((said.returncode, said.stderr), (1, ''))
        self.assertEqual([line.split(':')[1] for line in said.stdout.splitlines()], [' sent', ' not sent', ' sent'])
        first, second = self.message(sink), self.message(sink)
        self.assertEqual((first['Subject'], first['To'].addresses[0].display_name), ('Your invoice, Müller, Jo', 'Müller, Jo'))
        self.assertEqual(support.text_of(first), 'Dear Müller, Jo,\nyour invoice is over 12 €.\nThank you.\n')
        self.assertEqual(support.text_of(second), 'Dear Ann,\nThank you.\n')


if __name__ == '__main__':
    support.main()
