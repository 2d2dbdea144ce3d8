# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a server delivered, read back by parsers that are not ours."""

import email
import email.policy
import os
import select
import time


class Delivered:
    def __init__(self, sender, recipients, path):
        self.sender, self.recipients = sender, recipients
        self._path = path

    @property
    def octets(self):
        with open(self._path, "rb") as file:
            return file.read()

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
    """The folder that record.sh delivers to. await_recipients () sleeps until the bell rings."""

    def __init__(self, path):
        self._path = path
        self._bell = os.open(os.path.join(path, "bell"), os.O_RDWR | os.O_NONBLOCK)

    def close(self):
        os.close(self._bell)

    def _messages(self):
        new = os.path.join(self._path, "new")
        for name in os.listdir(new):
            with open(os.path.join(new, name, "envelope")) as file:
                sender, *recipients = file.read().splitlines()
            yield Delivered("" if sender == "<>" else sender, recipients, os.path.join(new, name, "message"))

    def from_sender(self, sender):
        return [message for message in self._messages() if message.sender == sender]

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
        self._path = path

    def _folders(self):
        return [(recipient, os.path.join(self._path, recipient, "new")) for recipient in os.listdir(self._path)]

    def from_sender(self, sender):
        found = []
        for recipient, new in self._folders():
            for name in sorted(os.listdir(new)):
                with open(os.path.join(new, name), "rb") as file:
                    first = file.readline().strip()
                if first == b"Return-Path: <%s>" % sender.encode():
                    found.append(Delivered(sender, [recipient], os.path.join(new, name)))
        return found

    def await_recipients(self, sender, count):
        found = self.from_sender(sender)
        if len(found) < count:
            raise AssertionError("%d of %d recipients of a message from %s were delivered to"
                                 % (len(found), count, sender))
        return found


class Spool(Boxes):
    """Cyrus's mailboxes: a folder each, under an id that it gives."""

    def __init__(self, path):
        super().__init__(path)
        self._ids = {}

    def add(self, recipient, mailbox_id):
        self._ids[recipient] = mailbox_id

    def _folders(self):
        return [(recipient, os.path.join(self._path, "uuid", name[0], name[1], name))
                for recipient, name in self._ids.items()]
