#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// send.js SERVER FROM TO...: a part is constructed, opened as a stream, and the stream is sent while the main loop runs;
// then what the server said of each recipient.

import System from 'system';
import GLib from 'gi://GLib';
import Gio from 'gi://Gio';
import Mimesend from 'gi://Mimesend?version=1.0';

Gio._promisify(Mimesend.Session.prototype, 'send_async', 'send_finish');

async function send(server, from, ...recipients) {
    // Construct: a GMime object like any other.
    const part = Mimesend.part_new_text('This is a test message\n.\nThat was a dot.\n');
    part.set_header('From', from, 'utf-8');
    part.set_header('To', recipients.join(', '), 'utf-8');
    part.set_header('Subject', 'Grüße from JavaScript', 'utf-8');

    // Then stream: its octets are made when they are read.
    const content = Mimesend.Content.new();
    content.add_stream(Mimesend.PartStream.new(part));

    const session = new Mimesend.Session({server: Mimesend.Server.new(server)});
    const receipt = await session.send_async(Mimesend.Envelope.new(from, recipients), content,
        Mimesend.SendFlags.SERVE_ACCEPTED, GLib.PRIORITY_DEFAULT, null);
    for (let i = 0; i < receipt.get_n_recipients(); i++) {
        const outcome = Mimesend.outcome_to_string(receipt.get_recipient_outcome(i));
        print(`${receipt.get_recipient(i)}: ${outcome}: ${receipt.get_recipient_reply(i)}`);
    }
    session.close(null);
    return receipt.get_outcome() === Mimesend.Outcome.ACCEPTED ? 0 : 1;
}

if (ARGV.length < 3) {
    printerr('usage: send.js SERVER FROM TO...');
    System.exit(64);
}
const loop = new GLib.MainLoop(null, false);
let status = 1;
send(...ARGV)
    .then(result => (status = result))
    .catch(error => printerr(`not sent: ${error.message}`))
    .finally(() => loop.quit());
loop.run();
System.exit(status);
