/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver's core: what it answers, what it hands over, what it notes. */
#include "test-sink-dialogue.h"

#include <string.h>

#define HELLO    "EHLO c\r\n"
#define GREETING "220 s ESMTP mimesend sink\n"
#define OFFER                                                                                                \
  "250-s\n250-PIPELINING\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n250-SMTPUTF8\n250-DSN\n250-CHUNKING\n"      \
  "250-BINARYMIME\n250 SIZE\n"
#define ENVELOPE "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
#define NOTED    "250 2.1.0 sender noted\n250 2.1.5 recipient noted\n"
#define GO       "354 end with a dot\n"
#define STORED   "250 2.0.0 stored as id\n"

static const Dialogue dialogues[] = {
  { "/sink/core/one-message",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "Subject: x\r\n\r\nhello\r\n.\r\n", "QUIT\r\n" },
    GREETING OFFER NOTED GO STORED "221 2.0.0 bye\n",
    "message <a@b> to <c@d>: Subject: x\\r\\n\\r\\nhello\\r\\n\nclose\n" },
  { "/sink/core/two-pipelined",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "1\r\n.\r\n" ENVELOPE "DATA\r\n", ".\r\nQUIT\r\n" },
    GREETING OFFER NOTED GO STORED NOTED GO STORED "221 2.0.0 bye\n",
    "message <a@b> to <c@d>: 1\\r\\n\nmessage <a@b> to <c@d>: \nclose\n" },
  { "/sink/core/dots",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "..\r\n...\r\n..a\r\na.\r\n.\r\n" },
    GREETING OFFER NOTED GO STORED,
    "message <a@b> to <c@d>: .\\r\\n..\\r\\n.a\\r\\na.\\r\\n\n" },
  { "/sink/core/single-dot",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", ".a\r\n.\r\n" },
    GREETING OFFER NOTED GO STORED,
    "message <a@b> to <c@d>: a\\r\\n !single-dot\n" },
  { "/sink/core/bare-lf-dot-is-no-end",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "a\n.\nb\n.\r\nc\r\n.\nd\r\n.\r\n" },
    GREETING OFFER NOTED GO "550 5.6.0 bare LF in the content\n",
    "lost <a@b> to <c@d>: 550 5.6.0 bare LF in the content !bare-lf !single-dot\n" },
  { "/sink/core/bare-cr-dot-is-no-end",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "a\r.\rb\r\n.\rc\r\r\n.\r\n" },
    GREETING OFFER NOTED GO "550 5.6.0 bare CR in the content\n",
    "lost <a@b> to <c@d>: 550 5.6.0 bare CR in the content !bare-cr !single-dot\n" },
  { "/sink/core/nul",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "a\r\n" DIALOGUE_NUL ".\r\n.\r\n" },
    GREETING OFFER NOTED GO "550 5.6.0 NUL in the content\n",
    "lost <a@b> to <c@d>: 550 5.6.0 NUL in the content !nul\n" },
  { "/sink/core/eight-bit",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "\303\274\r\n.\r\n",
      "MAIL FROM:<a@b> BODY=8BITMIME\r\nRCPT TO:<c@d>\r\nDATA\r\n", "\303\274\r\n.\r\n" },
    GREETING OFFER NOTED GO STORED NOTED GO STORED,
    "message <a@b> to <c@d>: \303\274\\r\\n !eight-bit\nmessage <a@b> BODY=8BITMIME to <c@d>: "
    "\303\274\\r\\n\n" },
  { "/sink/core/cut-short",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "a\r\n.", DIALOGUE_EOF },
    GREETING OFFER NOTED GO,
    "lost <a@b> to <c@d>: cut short\nclose\n" },
  { "/sink/core/half-closed",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 3 LAST\r\nabcNOOP\r\n", DIALOGUE_EOF },
    GREETING OFFER NOTED STORED "250 2.0.0 ok\n",
    "message <a@b> to <c@d> by BDAT: abc\nclose\n" },
  { "/sink/core/unstorable",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\n", "unstorable\r\n.\r\nNOOP\r\n" },
    GREETING OFFER NOTED GO "451 4.3.0 the disk is full\n250 2.0.0 ok\n",
    "message <a@b> to <c@d>: unstorable\\r\\n\n" },
  { "/sink/core/bdat",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 5\r\n.\r\n.\rBDAT 1\r\n\nBDAT 0 LAST\r\nNOOP\r\n" },
    GREETING OFFER NOTED "250 2.0.0 5 octets received\n250 2.0.0 1 octets received\n" STORED "250 2.0.0 ok\n",
    "message <a@b> to <c@d> by BDAT: .\\r\\n.\\r\\n\n" },
  { "/sink/core/bdat-empty",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 0 LAST\r\n" },
    GREETING OFFER NOTED STORED,
    "message <a@b> to <c@d> by BDAT: \n" },
  { "/sink/core/bdat-bare-lf",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 1\r\n\nBDAT 2 LAST\r\n\r\n" },
    GREETING OFFER NOTED "250 2.0.0 1 octets received\n550 5.6.0 bare LF in the content\n",
    "lost <a@b> to <c@d> by BDAT: 550 5.6.0 bare LF in the content !bare-lf\n" },
  { "/sink/core/bdat-ends-in-cr",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 2 LAST\r\na\r" },
    GREETING OFFER NOTED "550 5.6.0 bare CR in the content\n",
    "lost <a@b> to <c@d> by BDAT: 550 5.6.0 bare CR in the content !bare-cr\n" },
  { "/sink/core/binarymime",
    { .name = "s" },
    { HELLO, "MAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<c@d>\r\nBDAT 4 LAST\r\n" DIALOGUE_NUL "\n\rx" },
    GREETING OFFER NOTED STORED,
    "message <a@b> BODY=BINARYMIME to <c@d> by BDAT: \\0\\n\\rx\n" },
  { "/sink/core/binarymime-by-data",
    { .name = "s" },
    { HELLO, "MAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<c@d>\r\nDATA\r\n", DIALOGUE_EOF },
    GREETING OFFER NOTED "503 5.5.1 BINARYMIME needs BDAT\n",
    "refused DATA: 503 5.5.1 BINARYMIME needs BDAT\n"
    "close !sequence\n" },
  { "/sink/core/bdat-after-refusals",
    { .name = "s", .refuse = LIST ("c@*=550 5.7.1 not c") },
    { HELLO, ENVELOPE "BDAT 6 LAST\r\nQUIT\r\nMAIL FROM:<a@b>\r\nRSET\r\nMAIL FROM:<a@b>\r\n", "QUIT\r\n" },
    GREETING OFFER
    "250 2.1.0 sender noted\n550 5.7.1 not c\n503 5.5.1 no transaction for this chunk\n"
    "503 5.5.1 RSET is due after a chunk that was refused\n250 2.0.0 forgotten\n250 2.1.0 sender noted\n"
    "221 2.0.0 bye\n",
    "refused RCPT TO:<c@d>: 550 5.7.1 not c\n"
    "refused BDAT 6 LAST: 503 5.5.1 no transaction for this chunk\n"
    "refused MAIL FROM:<a@b>: 503 5.5.1 RSET is due after a chunk that was refused\n"
    "close !sequence\n" },
  { "/sink/core/bdat-then-others",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 1\r\naRCPT TO:<e@f>\r\nMAIL FROM:<a@b>\r\nDATA\r\n", "BDAT 1 LAST\r\nb" },
    GREETING OFFER NOTED
    "250 2.0.0 1 octets received\n503 5.5.1 MAIL comes first\n503 5.5.1 a transaction is open\n"
    "503 5.5.1 a chunk came before\n" STORED,
    "refused RCPT TO:<e@f>: 503 5.5.1 MAIL comes first\n"
    "refused MAIL FROM:<a@b>: 503 5.5.1 a transaction is open\n"
    "refused DATA: 503 5.5.1 a chunk came before\n"
    "message <a@b> to <c@d> by BDAT: ab !sequence\n" },
  { "/sink/core/bdat-reset",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT 1\r\naRSET\r\n" ENVELOPE "BDAT 1 LAST\r\nb" },
    GREETING OFFER NOTED "250 2.0.0 1 octets received\n250 2.0.0 forgotten\n" NOTED STORED,
    "lost <a@b> to <c@d> by BDAT: the client took it back\nmessage <a@b> to <c@d> by BDAT: b\n" },
  { "/sink/core/bdat-malformed",
    { .name = "s" },
    { HELLO, ENVELOPE "BDAT -1 LAST\r\nNOOP\r\n" },
    GREETING OFFER NOTED "501 5.5.4 write BDAT SIZE or BDAT SIZE LAST\n",
    "refused BDAT -1 LAST: 501 5.5.4 write BDAT SIZE or BDAT SIZE LAST\n"
    "close !syntax\n" },
  { "/sink/core/size-limit",
    { .name = "s",
      .size_limit = 4,
      .hide = LIST ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES") },
    { HELLO, "MAIL FROM:<a@b> SIZE=5\r\n", "MAIL FROM:<a@b> SIZE=4\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n",
      "abc\r\n.\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "BDAT 5\r\nabcde", "BDAT 1 LAST\r\nx" },
    GREETING
    "250-s\n250-CHUNKING\n250 SIZE 4\n552 larger than the limit\n250 sender noted\n250 recipient noted\n" GO
    "552 larger than the limit\n250 sender noted\n250 recipient noted\n552 larger than the limit\n"
    "503 no transaction for this chunk\n",
    "refused MAIL FROM:<a@b> SIZE=5: 552 larger than the limit\n"
    "lost <a@b> SIZE=4 to <c@d>: 552 5.3.4 larger than the limit\n"
    "lost <a@b> to <c@d> by BDAT: 552 5.3.4 larger than the limit\n"
    "refused BDAT 1 LAST: 503 no transaction for this chunk\n" },
  { "/sink/core/lmtp",
    { .name = "s", .lmtp = TRUE },
    { "EHLO c\r\n", "LHLO c\r\n", "MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f> NOTIFY=NEVER\r\nDATA\r\n",
      "x\r\n.\r\n" },
    "220 s LMTP mimesend sink\n500 not a command known here\n" OFFER NOTED "250 2.1.5 recipient noted\n" GO
    "250 2.0.0 <c@d> stored as id\n250 2.0.0 <e@f> stored as id\n",
    "refused EHLO: 500 not a command known here\n"
    "message <> to <c@d> <e@f> NOTIFY=NEVER: x\\r\\n !syntax\n" },
  { "/sink/core/starttls",
    { .name = "s",
      .tls_possible = TRUE,
      .hide = LIST ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING") },
    { HELLO, "STARTTLS\r\n", "MAIL FROM:<a@b>\r\n", HELLO, "STARTTLS\r\n" },
    GREETING
    "250-s\n250-ENHANCEDSTATUSCODES\n250-SIZE\n250 STARTTLS\n220 2.0.0 go ahead\n503 say hello first\n"
    "250-s\n250-ENHANCEDSTATUSCODES\n250 SIZE\n503 5.5.1 TLS is not offered\n",
    "tls\n"
    "refused MAIL FROM:<a@b>: 503 say hello first\n"
    "refused STARTTLS: 503 5.5.1 TLS is not offered\n" },
  { "/sink/core/octets-after-starttls",
    { .name = "s", .tls_possible = TRUE, .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "SIZE") },
    { HELLO, "STARTTLS\r\nEHLO injected\r\n", DIALOGUE_EOF },
    GREETING "250-s\n250-PIPELINING\n250-ENHANCEDSTATUSCODES\n250 STARTTLS\n220 2.0.0 go ahead\n",
    "tls\nclose !early-tls\n" },
  { "/sink/core/early-commands",
    { .name = "s",
      .hide = LIST ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "ENHANCEDSTATUSCODES") },
    { HELLO, ENVELOPE, DIALOGUE_EOF },
    GREETING "250-s\n250 SIZE\n250 sender noted\n250 recipient noted\n",
    "close !early-command\n" },
  { "/sink/core/early-after-hello",
    { .name = "s" },
    { HELLO "NOOP\r\n", DIALOGUE_EOF },
    GREETING OFFER "250 2.0.0 ok\n",
    "close !early-command\n" },
  { "/sink/core/early-content",
    { .name = "s" },
    { HELLO, ENVELOPE "DATA\r\nx\r\n.\r\n" },
    GREETING OFFER NOTED GO STORED,
    "message <a@b> to <c@d>: x\\r\\n !early-content\n" },
  { "/sink/core/command-octets",
    { .name = "s" },
    { HELLO, "NOOP\n", "NOOP a\rb\r\n", "NOOP " DIALOGUE_NUL "\r\n", "NOOP \377\r\n",
      "MAIL FROM:<\303\274@b>\r\n", DIALOGUE_EOF },
    GREETING OFFER "500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command\n500 5.5.2 bare LF, bare CR, "
                   "NUL or no UTF-8 in a command\n"
                   "500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command\n500 5.5.2 bare LF, bare CR, "
                   "NUL or no UTF-8 in a command\n"
                   "553 5.6.7 the address needs SMTPUTF8\n",
    "refused a line: 500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command\n"
    "refused a line: 500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command\n"
    "refused a line: 500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command\n"
    "refused a line: 500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command\n"
    "refused MAIL FROM:<\303\274@b>: 553 5.6.7 the address needs SMTPUTF8\n"
    "close !command-octets\n" },
  { "/sink/core/parameters",
    { .name = "s" },
    { HELLO, "MAIL FROM:<a@b> SIZE=1 SIZE=1\r\n", "MAIL FROM:<a@b> SIZE=x\r\n", "MAIL FROM:<a@b> AUTH=<>\r\n",
      "MAIL FROM:<a@b>  SIZE=1\r\n", "MAIL FROM:<\303\274@b> SMTPUTF8 RET=HDRS ENVID=a+2Bb BODY=7BIT\r\n",
      "RCPT TO:<c@d> NOTIFY=FAILURE,DELAY ORCPT=rfc822;c@d\r\nRCPT TO:<c@d> NOTIFY=EVER\r\nDATA\r\n",
      "x\r\n.\r\n" },
    GREETING OFFER
    "501 5.5.4 a parameter is malformed or given twice\n501 5.5.4 a parameter is malformed or given twice\n"
    "555 5.5.4 a parameter is not known or not offered\n501 5.5.4 a parameter is malformed or given "
    "twice\n" NOTED "501 5.5.4 a parameter is malformed or given twice\n" GO STORED,
    "refused MAIL FROM:<a@b> SIZE=1 SIZE=1: 501 5.5.4 a parameter is malformed or given twice\n"
    "refused MAIL FROM:<a@b> SIZE=x: 501 5.5.4 a parameter is malformed or given twice\n"
    "refused MAIL FROM:<a@b> AUTH=<>: 555 5.5.4 a parameter is not known or not offered\n"
    "refused MAIL FROM:<a@b>  SIZE=1: 501 5.5.4 a parameter is malformed or given twice\n"
    "refused RCPT TO:<c@d> NOTIFY=EVER: 501 5.5.4 a parameter is malformed or given twice\n"
    "message <\303\274@b> SMTPUTF8 RET=HDRS ENVID=a+2Bb BODY=7BIT to <c@d> NOTIFY=FAILURE,DELAY "
    "ORCPT=rfc822;c@d: x\\r\\n !syntax\n" },
  { "/sink/core/parameters-not-offered",
    { .name = "s" },
    { "HELO c\r\n", "MAIL FROM:<a@b> SIZE=1\r\n", "MAIL FROM:<a@b>\r\n", DIALOGUE_EOF },
    GREETING "250 s\n555 a parameter is not known or not offered\n250 sender noted\n",
    "refused MAIL FROM:<a@b> SIZE=1: 555 a parameter is not known or not offered\n"
    "close !syntax\n" },
  { "/sink/core/paths",
    { .name = "s" },
    { HELLO, "MAIL FROM: <a@b>\r\n", "MAIL FROM:a@b\r\n", "MAIL FROM:<a b@c>\r\n", "MAIL FROM:<a@b>x\r\n",
      "MAIL FROM:<\"a b\\\"> SIZE=9\"@c.d>\r\nRCPT TO:<>\r\nRCPT TO:<a@>\r\nRCPT TO:<a..b@c>\r\nRCPT "
      "TO:<Postmaster>\r\n"
      "RCPT TO:<a@[IPv6:::1]>\r\nDATA\r\n",
      ".\r\n" },
    GREETING OFFER
    "501 5.5.4 write MAIL FROM:<address>\n501 5.5.4 write MAIL FROM:<address>\n501 5.5.4 write MAIL "
    "FROM:<address>\n"
    "501 5.5.4 write MAIL FROM:<address>\n250 2.1.0 sender noted\n501 5.5.4 write RCPT TO:<address>\n"
    "501 5.5.4 write RCPT TO:<address>\n501 5.5.4 write RCPT TO:<address>\n250 2.1.5 recipient noted\n"
    "250 2.1.5 recipient noted\n" GO STORED,
    "refused MAIL FROM: <a@b>: 501 5.5.4 write MAIL FROM:<address>\n"
    "refused MAIL FROM:a@b: 501 5.5.4 write MAIL FROM:<address>\n"
    "refused MAIL FROM:<a b@c>: 501 5.5.4 write MAIL FROM:<address>\n"
    "refused MAIL FROM:<a@b>x: 501 5.5.4 write MAIL FROM:<address>\n"
    "refused RCPT TO:<>: 501 5.5.4 write RCPT TO:<address>\n"
    "refused RCPT TO:<a@>: 501 5.5.4 write RCPT TO:<address>\n"
    "refused RCPT TO:<a..b@c>: 501 5.5.4 write RCPT TO:<address>\n"
    "message <\"a b\\\"> SIZE=9\"@c.d> to <Postmaster> <a@[IPv6:::1]>:  !syntax\n" },
  { "/sink/core/sequence",
    { .name = "s" },
    { "MAIL FROM:<a@b>\r\n", HELLO, "RCPT TO:<c@d>\r\n", "DATA\r\n",
      "MAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n", "VRFY x\r\n", "FROB\r\n", DIALOGUE_EOF },
    GREETING "503 say hello first\n" OFFER "503 5.5.1 MAIL comes first\n503 5.5.1 MAIL comes first\n"
             "250 2.1.0 sender noted\n503 5.5.1 a transaction is open\n554 5.5.1 no recipient is valid\n"
             "252 2.5.2 send it and see\n500 5.5.1 not a command known here\n",
    "refused MAIL FROM:<a@b>: 503 say hello first\n"
    "refused RCPT TO:<c@d>: 503 5.5.1 MAIL comes first\n"
    "refused DATA: 503 5.5.1 MAIL comes first\n"
    "refused MAIL FROM:<a@b>: 503 5.5.1 a transaction is open\n"
    "refused DATA: 554 5.5.1 no recipient is valid\n"
    "refused FROB: 500 5.5.1 not a command known here\n"
    "close !syntax !sequence\n" },
  { "/sink/core/too-many-recipients",
    { .name = "s", .max_recipients = 1, .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "CHUNKING", "SIZE") },
    { HELLO, ENVELOPE "RCPT TO:<e@f>\r\n" },
    GREETING "250-s\n250-PIPELINING\n250-ENHANCEDSTATUSCODES\n250 LIMITS RCPTMAX=1\n" NOTED
             "452 4.5.3 too many recipients\n",
    "refused RCPT TO:<e@f>: 452 4.5.3 too many recipients\n" },
  { "/sink/core/refused-recipients",
    { .name = "s", .refuse = LIST ("no@*", "later@x=450 4.2.1 full", "a=b@x=451 no") },
    { HELLO,
      "MAIL FROM:<a@b>\r\nRCPT TO:<no@d>\r\nRCPT TO:<later@x>\r\nRCPT TO:<a=b@x>\r\nRCPT "
      "TO:<yes@d>\r\nDATA\r\n",
      "x\r\n.\r\n" },
    GREETING OFFER "250 2.1.0 sender noted\n550 5.1.1 no such recipient\n450 4.2.1 full\n451 no\n250 2.1.5 "
                   "recipient noted\n" GO STORED,
    "refused RCPT TO:<no@d>: 550 5.1.1 no such recipient\n"
    "refused RCPT TO:<later@x>: 450 4.2.1 full\n"
    "refused RCPT TO:<a=b@x>: 451 no\n"
    "message <a@b> to <yes@d>: x\\r\\n\n" },
};

static void
lines_of (gsize length, gboolean bdat, guint expected)
{
  const SinkSetup setup = { 0 };
  SinkCore *core = sink_core_new (&setup);
  SinkEvent event;
  g_autoptr (GString) text = g_string_new ("EHLO c\r\n" ENVELOPE);
  guint violations = 0, messages = 0;
  if (bdat)
    g_string_append_printf (text, "BDAT %" G_GSIZE_FORMAT " LAST\r\n", length + 2);
  else
    g_string_append (text, "DATA\r\n");
  for (gsize i = 0; i < length; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, bdat ? "\r\n" : "\r\n.\r\n");
  for (gsize at = 0; at < text->len; at += 100)
    {
      sink_core_receive (core, (const guint8 *)text->str + at, MIN (100, text->len - at));
      while (sink_core_next_event (core, &event))
        if (event.type == SINK_EVENT_MESSAGE_END)
          {
            violations = event.violations;
            messages++;
            sink_core_stored (core, "id", NULL);
          }
    }
  g_assert_cmpuint (messages, ==, 1);
  g_assert_cmpuint (violations & SINK_VIOLATION_LONG_LINE, ==, expected);
  sink_core_free (core);
}

static void
test_long_lines (void)
{
  lines_of (998, FALSE, 0);
  lines_of (998, TRUE, 0);
  lines_of (999, FALSE, SINK_VIOLATION_LONG_LINE);
  lines_of (999, TRUE, SINK_VIOLATION_LONG_LINE);
}

/* A line without an end is not kept. */
static void
test_long_command (void)
{
  const SinkSetup setup = { 0 };
  SinkCore *core = sink_core_new (&setup);
  SinkEvent event;
  const guint8 *octets;
  guint8 block[1000];
  memset (block, 'x', sizeof block);
  sink_core_sent (core, sink_core_peek (core, 0, &octets, NULL));
  for (guint i = 0; i < 1000; i++)
    {
      sink_core_receive (core, block, sizeof block);
      g_assert_false (sink_core_next_event (core, &event));
    }
  g_assert_cmpuint (sink_core_pending (core), ==, 0);
  sink_core_receive (core, (const guint8 *)"\r\n", 2);
  gsize n = sink_core_peek (core, 0, &octets, NULL);
  g_assert_cmpmem (octets, n, "500 the line is too long\r\n", 26);
  sink_core_free (core);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dialogue_add (dialogues, G_N_ELEMENTS (dialogues));
  g_test_add_func ("/sink/core/long-lines-are-noted", test_long_lines);
  g_test_add_func ("/sink/core/refuses-long-command", test_long_command);
  return g_test_run ();
}
