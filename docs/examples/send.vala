// SPDX-License-Identifier: LGPL-2.1-or-later
// send SERVER FROM TO...: a part is constructed, opened as a stream, and the stream is sent while the main loop runs; then
// what the server said of each recipient.
//
//   valac --pkg libmimesend-1 send.vala

async int send (string server, string from, string[] recipients) throws Error {
    // Construct: a GMime object like any other.
    var part = Mimesend.part_new_text ("This is a test message\n.\nThat was a dot.\n");
    part.set_header ("From", from, "utf-8");
    part.set_header ("To", string.joinv (", ", recipients), "utf-8");
    part.set_header ("Subject", "Grüße from Vala", "utf-8");

    // Then stream: its octets are made when they are read.
    var content = new Mimesend.Content ();
    content.add_stream (new Mimesend.PartStream (part));

    var session = new Mimesend.Session (new Mimesend.Server (server));
    var receipt = yield session.send_async (new Mimesend.Envelope (from, recipients), content, Mimesend.SendFlags.SERVE_ACCEPTED,
                                            Priority.DEFAULT, null);
    for (uint i = 0; i < receipt.get_n_recipients (); i++)
        print ("%s: %s: %s\n", receipt.get_recipient (i), receipt.get_recipient_outcome (i).to_string (),
               receipt.get_recipient_reply (i));
    session.close ();
    return receipt.get_outcome () == Mimesend.Outcome.ACCEPTED ? 0 : 1;
}

int main (string[] args) {
    if (args.length < 4) {
        printerr ("usage: send SERVER FROM TO...\n");
        return 64;
    }
    var loop = new MainLoop ();
    var status = 1;
    send.begin (args[1], args[2], args[3:args.length], (object, result) => {
        try {
            status = send.end (result);
        } catch (Error error) {
            printerr ("not sent: %s\n", error.message);
        }
        loop.quit ();
    });
    loop.run ();
    return status;
}
