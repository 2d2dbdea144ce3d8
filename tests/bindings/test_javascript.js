// SPDX-License-Identifier: LGPL-2.1-or-later
// test_javascript.js NAME SERVER: one test; what arrived is looked at by run_javascript.py.

import System from 'system';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Gio from 'gi://Gio';
import GMime from 'gi://GMime?version=3.0';
import Mimesend from 'gi://Mimesend?version=1.0';

Gio._promisify(Mimesend.Session.prototype, 'send_async', 'send_finish');
for (const name of ['smtp_content', 'letter_content'])
    Gio._promisify(Mimesend, `send_${name}_async`, `send_${name}_finish`);

const [name, server] = ARGV;

function assert(condition, words) {
    if (!condition)
        throw new Error(`not so: ${words}`);
}

function throws(func, domain, code) {
    try {
        func();
    } catch (error) {
        assert(error.matches(domain, code), `${error} is ${domain}, ${code}`);
        return error;
    }
    throw new Error('nothing was thrown');
}

// Each step is a string, or a function that gives what is returned.
const Steps = GObject.registerClass(class Steps extends Mimesend.Content {
    constructor(...steps) {
        super();
        this._steps = steps;
        this.calls = 0;
    }

    vfunc_read_bytes(_count, _cancellable) {
        this.calls++;
        const step = this._steps.shift();
        return step instanceof Function ? step() : new GLib.Bytes(new TextEncoder().encode(step ?? ''));
    }
});

// The same steps, each of them answered in a later turn of the main loop.
const Answers = GObject.registerClass(class Answers extends Mimesend.Content {
    constructor(...steps) {
        super();
        this._steps = steps;
    }

    vfunc_request_bytes(_count, _cancellable) {
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
            const step = this._steps.shift() ?? '';
            if (step instanceof GLib.Error)
                this.answer_error(step);
            else
                this.answer_bytes(new GLib.Bytes(new TextEncoder().encode(step)));
            return GLib.SOURCE_REMOVE;
        });
    }
});

const envelope = () => Mimesend.Envelope.new('joe@example.com', ['jimmy@example.org']);
const session = () => new Mimesend.Session({server: Mimesend.Server.new(server)});
const send = (content, where = session(), cancellable = null) =>
    where.send_async(envelope(), content, Mimesend.SendFlags.DEFAULT, GLib.PRIORITY_DEFAULT, cancellable);

function textContent(text) {
    const content = Mimesend.Content.new();
    content.add_string(text);
    return content;
}

const tests = {
    values() {
        assert(GObject.type_name(Mimesend.Outcome.$gtype) === 'MimesendOutcome', 'a real enumeration');
        assert(GObject.type_name(Mimesend.SendFlags.$gtype) === 'MimesendSendFlags', 'real flags');
        throws(() => Mimesend.Server.new('a b'), Mimesend.Error, Mimesend.Error.ARGUMENT);
        throws(() => Mimesend.Envelope.new('Joe <joe@example.com>', ['a@example.com']), Mimesend.Error, Mimesend.Error.ADDRESS);
        const address = Mimesend.Address.parse(' joe@example.com ');
        assert(address.get_domain() === 'example.com', 'a boxed value has methods');
        assert(envelope().get_recipients().join() === 'jimmy@example.org', 'an array of strings');
        const [verdict, why] = Mimesend.Address.check('joe@', Mimesend.AddressCheckFlags.SYNTAX, null);
        assert(verdict === Mimesend.AddressVerdict.BAD && why.length > 0, 'an out parameter');
        const where = Mimesend.Server.new('smtp://joe@example.com').with_tls(Mimesend.TlsPolicy.IMPLICIT);
        assert(where.get_tls() === Mimesend.TlsPolicy.IMPLICIT && where.get_login() === 'joe', 'a server');
        assert(new Mimesend.Session({server: where}).server.get_host() === 'example.com', 'a boxed property');
    },

    partStream() {
        const part = Mimesend.part_new_multipart('mixed', [Mimesend.part_new_text('a\n'), Mimesend.part_new_html('<p>b</p>')]);
        const stream = Mimesend.PartStream.new(part);
        let text = '';
        for (;;) {
            const bytes = stream.read_bytes(7);
            if (bytes.get_size() === 0)
                break;
            assert(bytes.get_size() <= 7, 'no more than was asked for');
            text += new TextDecoder().decode(bytes.toArray());
        }
        assert(text === part.to_string(GMime.FormatOptions.get_default()), 'what GMime writes');
        assert(stream.get_error() === null, 'no error');
    },

    async contentSubclass() {
        await send(new Steps('one\n', 'two\n'));
        const content = textContent('ahead\n');
        content.add_content(new Steps('one\n', 'two\n'));
        content.add_string('behind\n');
        const receipt = await send(content);
        assert(receipt.get_outcome() === Mimesend.Outcome.ACCEPTED, receipt.explain());
    },

    async contentThatWaits() {
        await send(new Answers('one\n', 'two\n'));
        const content = textContent('ahead\n');
        content.add_content(new Answers('one\n', 'two\n'));
        const receipt = await send(content);
        assert(receipt.get_outcome() === Mimesend.Outcome.ACCEPTED, receipt.explain());
        const failed = await send(new Answers('one\n', new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY, 'later')));
        assert(failed.get_outcome() === Mimesend.Outcome.NOT_TRIED, failed.explain());
        throws(() => failed.check(), Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY);
    },

    async twins() {
        const to = ['jimmy@example.org'];
        const where = Mimesend.Server.new(server);
        const [receipt] = await Mimesend.send_smtp_content_async(where, 'joe@example.com', to, textContent('one\n'),
            Mimesend.SendFlags.DEFAULT, GLib.PRIORITY_DEFAULT, null);
        assert(receipt.get_code() === 250, 'TRUE is left out');
        const [lettered] = await Mimesend.send_letter_content_async(where, 'joe@example.com', to, null, textContent('two\n'),
            Mimesend.SendFlags.DEFAULT, GLib.PRIORITY_DEFAULT, null);
        assert(lettered.get_message_id() !== null, 'a letter, too');
        let thrown = null;
        try {
            await Mimesend.send_smtp_content_async(where, 'no address', to, textContent('three\n'), Mimesend.SendFlags.DEFAULT,
                GLib.PRIORITY_DEFAULT, null);
        } catch (error) {
            thrown = error;
        }
        assert(thrown.matches(Mimesend.Error, Mimesend.Error.ADDRESS), `${thrown}`);
    },

    async letterByProperties() {
        const letter = new Mimesend.Letter({from: 'Jörg <joe@example.com>', to: ['jimmy@example.org'], subject: 'Grüße',
            text: 'text\n', replyTo: ['reply@example.com']});
        let told = 0;
        letter.connect('notify::html', () => told++);
        letter.html = '<p>text</p>';
        letter.html = '<p>text</p>';
        assert(told === 1 && letter.subject === 'Grüße' && letter.to[0] === 'jimmy@example.org', 'what was set');
        letter.attach_bytes(new GLib.Bytes(new Uint8Array([0, 1, 2])), 'three.bin', null);
        const session = Mimesend.Session.new(Mimesend.Server.new(server));
        const receipt = session.send_letter(letter, Mimesend.SendFlags.DEFAULT, null);
        assert(receipt.get_message_id() === `<${letter.message_id}>`, receipt.explain());
        letter.subject = 'a\nb';
        throws(() => session.send_letter(letter, Mimesend.SendFlags.DEFAULT, null), Mimesend.Error, Mimesend.Error.CONTENT);
    },

    letterWithContent() {
        const letter = Mimesend.Letter.new();
        letter.set_from('joe@example.com');
        letter.add_header('Date', 'Tue, 24 Nov 2026 12:00:00 +0000');
        letter.add_header('Message-ID', '<a@example.com>');
        const [sent, receipt] = Mimesend.send_letter_content(Mimesend.Server.new(server), null, ['jimmy@example.org'], letter,
            new Steps('one\n', 'two\n'), Mimesend.SendFlags.DEFAULT, null);
        assert(sent && receipt.get_message_id() === '<a@example.com>', receipt.explain());
    },

    async contentFails() {
        const raise = () => {
            throw new Error('on purpose');
        };
        const own = () => {
            throw new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.BUSY, 'later');
        };
        for (const step of [raise, own, () => null, () => undefined]) {
            const receipt = await send(new Steps('one\n', step, 'two\n'));
            assert(receipt.get_outcome() === Mimesend.Outcome.NOT_TRIED, receipt.explain());
            assert(receipt.get_recipient_outcome(0) === Mimesend.Outcome.NOT_TRIED, 'of the recipient, too');
            let thrown = null;
            try {
                receipt.check();
            } catch (error) {
                thrown = error;
            }
            assert(thrown !== null, 'an error of what it was');
        }
    },

    async bytesAfterTheEnd() {
        const content = new Steps('all\n', '', 'more\n');
        await send(content);
        assert(content.calls === 2, 'not asked after the end');
    },

    async smallPieces() {
        let ticks = 0;
        const source = GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
            ticks++;
            return GLib.SOURCE_CONTINUE;
        });
        await send(new Steps(...`${'x'.repeat(70)}\n`.repeat(100)));
        GLib.source_remove(source);
        assert(ticks > 10, `the main loop went on: ${ticks}`);
    },

    async endlessPieces() {
        const content = new Steps();
        content._steps = {shift: () => 'x\n'};
        const cancellable = new Gio.Cancellable();
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 200, () => {
            cancellable.cancel();
            return GLib.SOURCE_REMOVE;
        });
        const receipt = await send(content, session(), cancellable);
        assert(receipt.get_outcome() === Mimesend.Outcome.NOT_TRIED, receipt.explain());
    },

    async inTurn() {
        const where = session();
        for (let i = 0; i < 3; i++)
            await send(textContent(`${i}\n`), where);
    },

    async progress() {
        const where = session();
        const told = [];
        where.connect('progress', (_source, _envelope, octets, total, stage) => told.push([octets, total, stage].join()));
        await send(textContent('text\n'), where);
        assert(told.at(-1) === `6,6,${Mimesend.Stage.END_OF_DATA}`, told.join(' '));
    },

    async recipientReply() {
        const where = session();
        where.connect('recipient-reply', (_source, recipient, code) => recipient === 'jimmy@example.org' && code === 250);
        const receipt = await send(textContent('text\n'), where);
        assert(receipt.get_outcome() === Mimesend.Outcome.NOT_TRIED, receipt.explain());
    },

    blocking() {
        const [sent, receipt] = Mimesend.send_smtp_content(Mimesend.Server.new(server), 'joe@example.com',
            ['jimmy@example.org'], textContent('text\n'), Mimesend.SendFlags.DEFAULT, null);
        assert(sent && receipt.get_code() === 250, 'an out parameter');
        assert(receipt.get_recipient_reply(0) === receipt.get_reply(), 'the reply of a recipient');
    },
};

const loop = new GLib.MainLoop(null, false);
let status = 1;
Promise.resolve()
    .then(() => tests[name]())
    .then(() => (status = 0))
    .catch(error => printerr(`${error}\n${error.stack}`))
    .finally(() => loop.quit());
loop.run();
System.exit(status);
