# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a server delivered, read back by parsers that are not ours."""

import email
import email.policy
import os
import select
import time


class Delivered:
    def __init__(self, sender, recipients, octets):
        self.sender = sender
        self.recipients = recipients
        self.octets = octets

    @property
    def message(self):
        return email.message_from_bytes(self.octets, policy=email.policy.default)

    @property
    def body(self):
        """The octets behind the header, with LF line ends."""
        return self.octets.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]

    def parts(self):
        """(type, disposition, file name, decoded octets) of each leaf, in order."""
        return [(part.get_content_type(), part.get_content_disposition(), part.get_filename(),
                 part.get_payload(decode=True)) for part in self.message.walk() if not part.is_multipart()]


class Store:
    """The folder that record.sh delivers to. await_messages () sleeps until the bell rings."""

    def __init__(self, path):
        self.path = path
        self._bell = os.open(os.path.join(path, "bell"), os.O_RDWR | os.O_NONBLOCK)

    def close(self):
        os.close(self._bell)

    def messages(self):
        new = os.path.join(self.path, "new")
        found = []
        for name in os.listdir(new):
            with open(os.path.join(new, name, "envelope")) as file:
                lines = file.read().splitlines()
            with open(os.path.join(new, name, "message"), "rb") as file:
                octets = file.read()
            sender = "" if lines[0] in ("<>", "MAILER-DAEMON") else lines[0]
            found.append(Delivered(sender, lines[1:], octets))
        return found

    def from_sender(self, sender):
        return [message for message in self.messages() if message.sender == sender]

    def await_recipients(self, sender, count, seconds=60):
        """The messages from `sender`, once they were delivered to `count` recipients in all."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.from_sender(sender)
            reached = sum(len(message.recipients) for message in found)
            if reached >= count:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError("%d of %d recipients of a message from %s were delivered to within %d s"
                                     % (reached, count, sender, seconds))
            if select.select([self._bell], [], [], left)[0]:
                os.read(self._bell, 4096)


class Boxes:
    """Dovecot's Maildirs, one a recipient: LMTP has stored when it has answered, so there is nothing to wait for."""

    def __init__(self, path):
        self.path = path

    def messages(self, recipient):
        new = os.path.join(self.path, recipient, "new")
        found = []
        for name in sorted(os.listdir(new)) if os.path.isdir(new) else []:
            with open(os.path.join(new, name), "rb") as file:
                octets = file.read()
            sender = email.message_from_bytes(octets).get("Return-Path", "").strip("<>")
            found.append(Delivered(sender, [recipient], octets))
        return found
