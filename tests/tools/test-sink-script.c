/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps of a script: how they are read, and what the receiver does by them. */
#include "test-sink-dialogue.h"

#include <string.h>

#define HELLO    "EHLO c\r\n"
#define GREETING "220 s ESMTP mimesend sink\n"
#define OFFER    "250-s\n250-PIPELINING\n250 CHUNKING\n"
#define ENVELOPE "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
#define NOTED    "250 sender noted\n250 recipient noted\n"
#define GO       "354 end with a dot\n"
#define STORED   "250 stored as id\n"
#define SETUP(...)                                                                                           \
  {                                                                                                          \
    .name = "s", .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "SIZE", "ENHANCEDSTATUSCODES"),                \
    .script = LIST (__VA_ARGS__)                                                                             \
  }
#define MESSAGE "message <a@b> to <c@d>: x\\r\\n\n"
#define CUT     "lost <a@b> to <c@d>: cut short\n"

static const Dialogue dialogues[] = {
  { "/sink/script/greeting-drop", SETUP ("GREETING drop"), { HELLO }, "", "close\n" },
  { "/sink/script/greeting-554",
    SETUP ("GREETING reply 554 no service"),
    { HELLO, "QUIT\r\n" },
    "554 no service\n" OFFER "221 bye\n",
    "close\n" },
  { "/sink/script/greeting-421", SETUP ("GREETING reply 421 later"), { HELLO }, "421 later\n", "close\n" },
  { "/sink/script/second-recipient",
    SETUP ("RCPT#2 reply 550 5.1.1 no such user"),
    { HELLO, ENVELOPE "RCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n", "x\r\n.\r\n" },
    GREETING OFFER NOTED "550 5.1.1 no such user\n250 recipient noted\n" GO STORED,
    "refused RCPT TO:<e@f>: 550 5.1.1 no such user\n"
    "message <a@b> to <c@d> <g@h>: x\\r\\n\n" },
  { "/sink/script/ranges",
    SETUP ("RCPT#2-3 reply 450 a", "rcpt#4- reply 451 b"),
    { HELLO, "MAIL FROM:<a@b>\r\nRCPT TO:<1@d>\r\nRCPT TO:<2@d>\r\nRCPT TO:<3@d>\r\nRCPT TO:<4@d>\r\nRCPT "
             "TO:<5@d>\r\n" },
    GREETING OFFER NOTED "450 a\n450 a\n451 b\n451 b\n",
    "refused RCPT TO:<2@d>: 450 a\n"
    "refused RCPT TO:<3@d>: 450 a\n"
    "refused RCPT TO:<4@d>: 451 b\n"
    "refused RCPT TO:<5@d>: 451 b\n" },
  { "/sink/script/mail-450",
    SETUP ("MAIL reply 450 4.2.0 not now"),
    { HELLO, ENVELOPE "DATA\r\n" },
    GREETING OFFER "450 4.2.0 not now\n503 MAIL comes first\n503 MAIL was refused\n",
    "refused MAIL FROM:<a@b>: 450 4.2.0 not now\n"
    "refused RCPT TO:<c@d>: 503 MAIL comes first\n"
    "refused DATA: 503 MAIL was refused\n" },
  { "/sink/script/421-at-rcpt",
    SETUP ("RCPT reply 421 4.3.2 going down"),
    { HELLO, ENVELOPE "DATA\r\n", HELLO },
    GREETING OFFER "250 sender noted\n421 4.3.2 going down\n",
    "refused RCPT TO:<c@d>: 421 4.3.2 going down\n"
    "close\n" },
  { "/sink/script/delay",
    SETUP ("* delay 350ms", "RCPT delay 2s"),
    { HELLO, ENVELOPE },
    "[350 ms]" GREETING "[350 ms]" OFFER "[350 ms]250 sender noted\n[2350 ms]250 recipient noted\n",
    "" },
  { "/sink/script/drip",
    SETUP ("QUIT drip 5ms"),
    { HELLO, "QUIT\r\n" },
    GREETING OFFER "2[5 ms]2[5 ms]1[5 ms] [5 ms]b[5 ms]y[5 ms]e[5 ms][5 ms]\n",
    "close\n" },
  { "/sink/script/drop-before-354",
    SETUP ("DATA drop"),
    { HELLO, ENVELOPE "DATA\r\n" },
    GREETING OFFER NOTED,
    "close\n" },
  { "/sink/script/drop-after-the-dot",
    SETUP ("DOT drop"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\n" },
    GREETING OFFER NOTED GO,
    CUT "close\n" },
  { "/sink/script/lose-after-the-dot",
    SETUP ("DOT lose"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\nNOOP\r\n" },
    GREETING OFFER NOTED GO,
    MESSAGE "close\n" },
  { "/sink/script/store-then-421",
    SETUP ("DOT store reply 421 4.3.2 shutting down"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\nNOOP\r\n" },
    GREETING OFFER NOTED GO "421 4.3.2 shutting down\n",
    MESSAGE "close\n" },
  { "/sink/script/store-then-refuse",
    SETUP ("DOT#1 store reply 554 5.7.1 spam"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\nNOOP\r\n" },
    GREETING OFFER NOTED GO "554 5.7.1 spam\n250 ok\n",
    MESSAGE },
  { "/sink/script/store-then-drop",
    SETUP ("DOT store drop"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\nNOOP\r\n" },
    GREETING OFFER NOTED GO,
    MESSAGE "close\n" },
  { "/sink/script/store-then-reset",
    SETUP ("LAST store reset"),
    { HELLO, ENVELOPE "BDAT 3 LAST\r\nx\r\n" },
    GREETING OFFER NOTED,
    "message <a@b> to <c@d> by BDAT: x\\r\\n\nreset\n" },
  { "/sink/script/store-then-hang",
    SETUP ("DOT store hang"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\nNOOP\r\n" },
    GREETING OFFER NOTED GO,
    MESSAGE },
  { "/sink/script/store-what-is-refused",
    SETUP ("DOT store reply 250 fine"),
    { HELLO, ENVELOPE "DATA\r\n", "x\ny\r\n.\r\n" },
    GREETING OFFER NOTED GO "550 bare LF in the content\n",
    "lost <a@b> to <c@d>: 550 5.6.0 bare LF in the content !bare-lf\n" },
  { "/sink/script/reset-after-last",
    SETUP ("LAST reset"),
    { HELLO, ENVELOPE "BDAT 3 LAST\r\nx\r\n" },
    GREETING OFFER NOTED,
    "lost <a@b> to <c@d> by BDAT: cut short\nreset\n" },
  { "/sink/script/chunk-refused",
    SETUP ("BDAT#2 reply 451 no room"),
    { HELLO, ENVELOPE "BDAT 1\r\naBDAT 1\r\nbBDAT 1 LAST\r\ncRSET\r\n" },
    GREETING OFFER NOTED
    "250 1 octets received\n451 no room\n503 no transaction for this chunk\n250 forgotten\n",
    "lost <a@b> to <c@d> by BDAT: the script refuses it\n"
    "refused BDAT 1 LAST: 503 no transaction for this chunk\n" },
  { "/sink/script/content-drop",
    SETUP ("CONTENT drop after 3"),
    { HELLO, ENVELOPE "DATA\r\n", "12", "34567\r\n" },
    GREETING OFFER NOTED GO,
    CUT "close\n" },
  { "/sink/script/content-raw",
    SETUP ("CONTENT#2 raw \"250 early\\r\\n\" after 2"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\n" ENVELOPE "DATA\r\n", "x\r\n.\r\n" },
    GREETING OFFER NOTED GO STORED NOTED GO "250 early\n" STORED,
    MESSAGE MESSAGE },
  { "/sink/script/content-hang",
    SETUP ("CONTENT hang after 0"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\nQUIT\r\n", DIALOGUE_EOF },
    GREETING OFFER NOTED GO,
    CUT "close\n" },
  { "/sink/script/raw",
    SETUP ("DATA raw \"354 go\\r\\n250 queued\\x21\\r\\n\""),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\n" },
    GREETING OFFER NOTED "354 go\n250 queued!\n" STORED,
    MESSAGE },
  { "/sink/script/dot-refused",
    SETUP ("DOT reply \"550-5.7.1 no\\r\\n550 5.7.1 spam\""),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\n", "QUIT\r\n" },
    GREETING OFFER NOTED GO "550-5.7.1 no\n550 5.7.1 spam\n221 bye\n",
    "lost <a@b> to <c@d>: the script refuses it\nclose\n" },
  { "/sink/script/words-of-success",
    SETUP ("DOT reply 250 2.0.0 Ok: queued as 4XyZ"),
    { HELLO, ENVELOPE "DATA\r\n", "x\r\n.\r\n" },
    GREETING OFFER NOTED GO "250 2.0.0 Ok: queued as 4XyZ\n",
    MESSAGE },
  { "/sink/script/hang",
    SETUP ("RCPT hang"),
    { HELLO, ENVELOPE "DATA\r\n", "QUIT\r\n", DIALOGUE_EOF },
    GREETING OFFER "250 sender noted\n",
    "close\n" },
  { "/sink/script/other-connection",
    SETUP ("@2 MAIL drop", "@1 NOOP reply 250 first"),
    { HELLO, "MAIL FROM:<a@b>\r\n", "NOOP\r\n" },
    GREETING OFFER "250 sender noted\n250 first\n",
    "" },
  { "/sink/script/second-connection",
    { .name = "s", .lmtp = TRUE, .connection = 2, .script = LIST ("@2 LHLO drop") },
    { "LHLO c\r\n" },
    "220 s LMTP mimesend sink\n",
    "close\n" },
  { "/sink/script/lmtp-one-refused",
    { .name = "s",
      .lmtp = TRUE,
      .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "SIZE", "ENHANCEDSTATUSCODES"),
      .script = LIST ("DOT#2 reply 452 4.2.2 full") },
    { "LHLO c\r\n", ENVELOPE "RCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n", "x\r\n.\r\n" },
    "220 s LMTP mimesend sink\n" OFFER NOTED "250 recipient noted\n250 recipient noted\n" GO
    "250 <c@d> stored as id\n452 4.2.2 full\n250 <g@h> stored as id\n",
    "message <a@b> to <c@d> <g@h>: x\\r\\n\n" },
  { "/sink/script/lmtp-dropped-between",
    { .name = "s",
      .lmtp = TRUE,
      .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "SIZE", "ENHANCEDSTATUSCODES"),
      .script = LIST ("DOT#2 lose") },
    { "LHLO c\r\n", ENVELOPE "RCPT TO:<e@f>\r\nDATA\r\n", "x\r\n.\r\n" },
    "220 s LMTP mimesend sink\n" OFFER NOTED "250 recipient noted\n" GO "250 <c@d> stored as id\n",
    "message <a@b> to <c@d> <e@f>: x\\r\\n\nclose\n" },
  { "/sink/script/lmtp-store-then-421",
    { .name = "s",
      .lmtp = TRUE,
      .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "SIZE", "ENHANCEDSTATUSCODES"),
      .script = LIST ("DOT#2 store reply 421 bye") },
    { "LHLO c\r\n", ENVELOPE "RCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n", "x\r\n.\r\n" },
    "220 s LMTP mimesend sink\n" OFFER NOTED "250 recipient noted\n250 recipient noted\n" GO
    "250 <c@d> stored as id\n421 bye\n",
    "message <a@b> to <c@d> <e@f> <g@h>: x\\r\\n\nclose\n" },
  { "/sink/script/lmtp-store-then-drop",
    { .name = "s",
      .lmtp = TRUE,
      .hide = LIST ("8BITMIME", "SMTPUTF8", "DSN", "SIZE", "ENHANCEDSTATUSCODES"),
      .script = LIST ("DOT#2 store drop") },
    { "LHLO c\r\n", ENVELOPE "RCPT TO:<e@f>\r\nDATA\r\n", "x\r\n.\r\n" },
    "220 s LMTP mimesend sink\n" OFFER NOTED "250 recipient noted\n" GO "250 <c@d> stored as id\n",
    "message <a@b> to <c@d> <e@f>: x\\r\\n\nclose\n" },
};

static void
test_faults (void)
{
  static const struct
  {
    const char *step, *word;
  } faults[] = {
    { "", "no such trigger" },
    { "FROB drop", "no such trigger" },
    { "MAIL", "no such action" },
    { "MAIL frob", "no such action" },
    { "MAIL#0 drop", "occurrence" },
    { "MAIL#3-2 drop", "occurrence" },
    { "MAIL#x drop", "occurrence" },
    { "MAIL#1x drop", "occurrence" },
    { "MAIL#99999999999999999999999 drop", "occurrence" },
    { "@0 MAIL drop", "connection" },
    { "@x MAIL drop", "connection" },
    { "MAIL reply", "needs a code" },
    { "MAIL reply no", "needs a code" },
    { "MAIL raw 250 ok", "double quotes" },
    { "MAIL raw \"250", "double quotes" },
    { "MAIL raw \"\\q\"", "double quotes" },
    { "MAIL raw \"\\x4\"", "double quotes" },
    { "MAIL raw \"\\", "double quotes" },
    { "MAIL delay", "duration" },
    { "MAIL delay 5", "duration" },
    { "MAIL delay 5h", "duration" },
    { "MAIL drop now", "behind the end" },
    { "MAIL store drop", "DOT or LAST" },
    { "CONTENT store drop after 4", "DOT or LAST" },
    { "DOT store", "store goes ahead" },
    { "DOT store lose", "store goes ahead" },
    { "DOT store delay 2s", "store goes ahead" },
    { "DOT store store drop", "store goes ahead" },
    { "DOT store drop now", "behind the end" },
    { "CONTENT drop", "number of octets" },
    { "CONTENT drop after", "number of octets" },
    { "CONTENT drop after 1k", "behind the end" },
    { "CONTENT reply 250 x", "CONTENT takes" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *message = NULL;
      g_assert_false (sink_script_check (faults[i].step, &message));
      g_test_message ("%s", message);
      g_assert_nonnull (strstr (message, faults[i].word));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dialogue_add (dialogues, G_N_ELEMENTS (dialogues));
  g_test_add_func ("/sink/script/names-faults", test_faults);
  return g_test_run ();
}
