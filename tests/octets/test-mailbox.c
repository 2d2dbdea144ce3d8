/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/mailbox-domain.h"
#include "octets/mailbox.h"

#include <string.h>

static MimesendMailboxFault
scan (const char *text)
{
  MimesendMailbox mailbox;

  return mimesend_mailbox_scan (text, strlen (text), &mailbox);
}

/* The local part's length, and what is ASCII ("ld" small, as it stands here: l = local, d = domain). */
static void
test_good (void)
{
  static const struct
  {
    const char *text;
    gsize local;
    gboolean local_is_ascii, domain_is_ascii;
  } rows[] = {
    { "foo", 3, TRUE, TRUE },
    { "foo@bar.com", 3, TRUE, TRUE },
    { "foo@localhost", 3, TRUE, TRUE },
    { "a.b.c@x", 5, TRUE, TRUE },
    { "!#$%&'*+-/=?^_`{|}~@example.com", 19, TRUE, TRUE },
    { "-foo@bar.com", 4, TRUE, TRUE },
    { "foo+tag@bar.com", 7, TRUE, TRUE },
    { "user%host@bar.com", 9, TRUE, TRUE },
    { "\"\"@bar.com", 2, TRUE, TRUE },
    { "\"joe smith\"@bar.com", 11, TRUE, TRUE },
    { "\"a@b\"@bar.com", 5, TRUE, TRUE },
    { "\"a\\\"b\\\\\"@bar.com", 8, TRUE, TRUE },
    { "\"<>()[]:;,.\"@bar.com", 12, TRUE, TRUE },
    { "foo@1and1.com", 3, TRUE, TRUE },
    { "foo@xn--mnchen-3ya.de", 3, TRUE, TRUE },
    { "foo@a-b.c-d.org", 3, TRUE, TRUE },
    { "foo@[127.0.0.1]", 3, TRUE, TRUE },
    { "foo@[IPv6:::1]", 3, TRUE, TRUE },
    { "foo@[ipv6:2001:db8::25]", 3, TRUE, TRUE },
    { "foo@[IPv6:::ffff:1.2.3.4]", 3, TRUE, TRUE },
    { "foo@[x-tag:some.thing]", 3, TRUE, TRUE },
    { "j\xc3\xb6rg@bar.com", 5, FALSE, TRUE },
    { "foo@m\xc3\xbcnchen.de", 3, TRUE, FALSE },
    { "\xe7\x94\xa8\xe6\x88\xb7@\xe4\xbe\x8b\xe5\xad\x90.\xe4\xb8\xad\xe5\x9b\xbd", 6, FALSE, FALSE },
    { "\"j\xc3\xb6rg x\"@bar.com", 9, FALSE, TRUE },
    { "=?utf-8?q?foo=40bar?=@example.com", 21, TRUE, TRUE }, /* never decoded: a local part like any other */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MimesendMailbox mailbox;
      const char *text = rows[i].text;
      gsize length = strlen (text);

      g_test_message ("%s", text);
      g_assert_cmpint (mimesend_mailbox_scan (text, length, &mailbox), ==, MIMESEND_MAILBOX_OK);
      g_assert_cmpuint (mailbox.local_length, ==, rows[i].local);
      g_assert_cmpuint (mailbox.domain_offset, ==, rows[i].local == length ? 0 : rows[i].local + 1);
      g_assert_cmpint (mailbox.local_is_ascii, ==, rows[i].local_is_ascii);
      g_assert_cmpint (mailbox.domain_is_ascii, ==, rows[i].domain_is_ascii);
    }
}

/* Each with where the fault is seen. Among them what sent other senders astray: line ends in quoted local
 * parts (CVE-2026-30227, CVE-2026-45067), parameters behind a closed path (CVE-2025-59937), code points that
 * lose their upper half (U+560A becomes LF), encoded words, source routes. */
static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    MimesendMailboxFault fault;
    gsize offset;
  } rows[] = {
    { "", MIMESEND_MAILBOX_EMPTY, 0 },
    { "foo\r\nRCPT TO:<x@y>", MIMESEND_MAILBOX_CONTROL, 3 },
    { "\"foo\r\nDATA\"@bar.com", MIMESEND_MAILBOX_CONTROL, 4 },
    { "\"foo\\\nbar\"@bar.com", MIMESEND_MAILBOX_CONTROL, 5 },
    { "foo@bar.com\n", MIMESEND_MAILBOX_CONTROL, 11 },
    { "foo@bar.com\r", MIMESEND_MAILBOX_CONTROL, 11 },
    { "foo\tbar@x", MIMESEND_MAILBOX_CONTROL, 3 },
    { "foo\x7f@x", MIMESEND_MAILBOX_CONTROL, 3 },
    { "foo\xc2\x85@x", MIMESEND_MAILBOX_CONTROL, 3 },
    { "foo\xe2\x80\xa8@x", MIMESEND_MAILBOX_CONTROL, 3 },
    { "foo\xe2\x80\xa9@x", MIMESEND_MAILBOX_CONTROL, 3 },
    { "foo\xe2\x80\xae@x", MIMESEND_MAILBOX_CONTROL, 3 },
    { "foo@b\xe2\x81\xa6x", MIMESEND_MAILBOX_CONTROL, 5 },
    { "f\xd8\x9cx@b", MIMESEND_MAILBOX_CONTROL, 1 },
    { "foo\xff@x", MIMESEND_MAILBOX_NOT_UTF8, 3 },
    { "foo\xc0\x8a@x", MIMESEND_MAILBOX_NOT_UTF8, 3 },     /* LF in two octets */
    { "foo\xed\xa0\x80@x", MIMESEND_MAILBOX_NOT_UTF8, 3 }, /* half of a surrogate pair */
    { "foo\xf4\x90\x80\x80@x", MIMESEND_MAILBOX_NOT_UTF8, 3 },
    { "foo@x\xc3", MIMESEND_MAILBOX_NOT_UTF8, 5 },
    { "Joe <foo@bar.com>", MIMESEND_MAILBOX_DISPLAY_NAME, 4 },
    { "(Joe) foo@bar.com", MIMESEND_MAILBOX_DISPLAY_NAME, 0 },
    { "<foo@bar.com>", MIMESEND_MAILBOX_DISPLAY_NAME, 0 },
    { "\"Joe\" <foo@bar.com>", MIMESEND_MAILBOX_DISPLAY_NAME, 6 },
    { "foo@bar.com (Joe)", MIMESEND_MAILBOX_DISPLAY_NAME, 12 },
    { "foo@bar.com> SIZE=1", MIMESEND_MAILBOX_DISPLAY_NAME, 11 },
    { "foo@bar.com>", MIMESEND_MAILBOX_DISPLAY_NAME, 11 },
    { "\"x@evil.com> ORCPT=a\" <foo@bar.com>", MIMESEND_MAILBOX_DISPLAY_NAME, 22 },
    { " foo@bar.com", MIMESEND_MAILBOX_BLANK, 0 },
    { "foo@bar.com ", MIMESEND_MAILBOX_BLANK, 11 },
    { "foo bar@x", MIMESEND_MAILBOX_BLANK, 3 },
    { "foo@bar com", MIMESEND_MAILBOX_BLANK, 7 },
    { "\"foo\" @bar.com", MIMESEND_MAILBOX_BLANK, 5 },
    { "foo\xc2\xa0@x", MIMESEND_MAILBOX_BLANK, 3 },
    { "foo@b\xe3\x80\x80x", MIMESEND_MAILBOX_BLANK, 5 },
    { "@bar.com", MIMESEND_MAILBOX_NO_LOCAL_PART, 0 },
    { "@a.com,@b.com:foo@c.com", MIMESEND_MAILBOX_NO_LOCAL_PART, 0 },
    { "foo@", MIMESEND_MAILBOX_NO_DOMAIN, 4 },
    { "foo..bar@x", MIMESEND_MAILBOX_LOCAL_PART, 4 },
    { ".foo@x", MIMESEND_MAILBOX_LOCAL_PART, 0 },
    { "foo.@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "foo,bar@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "foo;bar@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "mailto:foo@x", MIMESEND_MAILBOX_LOCAL_PART, 6 },
    { "foo\\@bar@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "foo@bar@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "\"foo@bar.com", MIMESEND_MAILBOX_LOCAL_PART, 12 },
    { "\"foo\"bar@x", MIMESEND_MAILBOX_LOCAL_PART, 5 },
    { "foo\"bar\"@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "\"foo\\\"@x", MIMESEND_MAILBOX_LOCAL_PART, 8 },
    { "\"a\\\xc3\xb6\"@x", MIMESEND_MAILBOX_LOCAL_PART, 2 }, /* only ASCII can be quoted so */
    { "\"a\"b\"@x", MIMESEND_MAILBOX_LOCAL_PART, 3 },
    { "foo@bar..com", MIMESEND_MAILBOX_DOMAIN, 8 },
    { "foo@.com", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@bar.com.", MIMESEND_MAILBOX_DOMAIN, 12 },
    { "foo@-bar.com", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@bar-.com", MIMESEND_MAILBOX_DOMAIN, 7 },
    { "foo@bar_x.com", MIMESEND_MAILBOX_DOMAIN, 7 },
    { "foo@bar,com", MIMESEND_MAILBOX_DOMAIN, 7 },
    { "foo@bar:25", MIMESEND_MAILBOX_DOMAIN, 7 },
    { "foo@\"bar\"", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@bar\xe3\x80\x82"
      "com",
      MIMESEND_MAILBOX_DOMAIN, 7 }, /* an ideographic full stop */
    { "foo@bar\xef\xbc\x8e"
      "com",
      MIMESEND_MAILBOX_DOMAIN, 7 },                             /* a fullwidth one */
    { "foo@bar\xe2\x81\x84x.com", MIMESEND_MAILBOX_DOMAIN, 7 }, /* a fraction slash */
    { "foo@[127.0.0.1", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@[]", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@[", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@[127.0.0.1].com", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@[x:>a@b]", MIMESEND_MAILBOX_DOMAIN, 4 },
    { "foo@127.0.0.1]", MIMESEND_MAILBOX_DOMAIN, 13 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MimesendMailbox mailbox;
      g_autofree char *shown = g_strescape (rows[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpint (mimesend_mailbox_scan (rows[i].text, strlen (rows[i].text), &mailbox), ==,
                       rows[i].fault);
      g_assert_cmpuint (mailbox.fault_offset, ==, rows[i].offset);
    }
}

static void
test_nul (void)
{
  MimesendMailbox mailbox;

  g_assert_cmpint (mimesend_mailbox_scan ("foo\0bar@x", 9, &mailbox), ==, MIMESEND_MAILBOX_CONTROL);
  g_assert_cmpuint (mailbox.fault_offset, ==, 3);
  g_assert_cmpint (mimesend_mailbox_scan ("foo@x\0", 6, &mailbox), ==, MIMESEND_MAILBOX_CONTROL);
  g_assert_cmpint (mimesend_mailbox_scan ("\"a\\\0\"@x", 7, &mailbox), ==, MIMESEND_MAILBOX_CONTROL);
  g_assert_false (mimesend_domain_is_valid ("a\0b", 3, TRUE));
}

/* RFC 5321 4.5.3.1: 64, 255, and 63 a label (RFC 1035 2.3.4). */
static void
test_lengths (void)
{
  g_autofree char *l63 = g_strnfill (63, 'a'), *l64 = g_strnfill (64, 'a'), *l65 = g_strnfill (65, 'a');
  g_autofree char *l61 = g_strnfill (61, 'a');
  g_autofree char *long_quoted = g_strdup_printf ("\"%s\"@x", l63);
  g_autofree char *d255 = g_strdup_printf ("f@%s.%s.%s.%s", l63, l63, l63, l63);
  g_autofree char *d255_of_five = g_strdup_printf ("f@%s.%s.%s.%s.a", l63, l63, l63, l61);
  g_autofree char *d257 = g_strdup_printf ("f@%s.%s.%s.%s.a", l63, l63, l63, l63);
  g_autofree char *label_64 = g_strdup_printf ("f@%s.com", l64);
  g_autofree char *local_64 = g_strdup_printf ("%s@x", l64);
  g_autofree char *local_65 = g_strdup_printf ("%s@x", l65);
  g_autofree char *much = g_strnfill (1001, 'a');
  g_autoptr (GString) u_label = g_string_new ("f@");

  for (guint i = 0; i < 64; i++)
    g_string_append (u_label, "\xc3\xbc");
  g_assert_cmpint (scan (local_64), ==, MIMESEND_MAILBOX_OK);
  g_assert_cmpint (scan (local_65), ==, MIMESEND_MAILBOX_LOCAL_TOO_LONG);
  g_assert_cmpint (scan (l65), ==, MIMESEND_MAILBOX_LOCAL_TOO_LONG);
  g_assert_cmpint (scan (long_quoted), ==, MIMESEND_MAILBOX_LOCAL_TOO_LONG);
  g_assert_cmpint (scan (d255), ==, MIMESEND_MAILBOX_OK);
  g_assert_cmpint (scan (d255_of_five), ==, MIMESEND_MAILBOX_OK);
  g_assert_cmpint (scan (d257), ==, MIMESEND_MAILBOX_DOMAIN_TOO_LONG);
  g_assert_cmpint (scan (label_64), ==, MIMESEND_MAILBOX_DOMAIN_TOO_LONG);
  g_assert_cmpint (scan (u_label->str), ==, MIMESEND_MAILBOX_DOMAIN_TOO_LONG);
  g_string_truncate (u_label, u_label->len - 2);
  g_assert_cmpint (scan (u_label->str), ==, MIMESEND_MAILBOX_OK);
  g_assert_cmpint (scan (much), ==, MIMESEND_MAILBOX_LOCAL_TOO_LONG);
}

static void
test_literals (void)
{
  static const char *const good[] = {
    "127.0.0.1",       "0.0.0.0",           "255.255.255.255",      "IPv6:::",
    "IPv6:::1",        "IPv6:1::",          "IPv6:1:2:3:4:5:6:7:8", "IPv6:1:2:3:4:5:6:1.2.3.4",
    "IPv6:1::6:7:8",   "IPv6:1:2:3::7:8:9", "IPv6:fe80::1",         "IPv6:::1.2.3.4",
    "IPv6:ABCD:ef01::"
  };
  static const char *const bad[] = { "",
                                     "1.2.3",
                                     "1.2.3.4.5",
                                     "1.2.3.256",
                                     "01.2.3.4",
                                     "1.2.3.",
                                     ".1.2.3",
                                     "1..2.3",
                                     "1.2.3.4 ",
                                     "1.2.3.0x4",
                                     "1.2.3.1000",
                                     "IPv6:",
                                     "IPv6:1",
                                     "IPv6:1:2:3:4:5:6:7",
                                     "IPv6:1:2:3:4:5:6:7:8:9",
                                     "IPv6::::",
                                     "IPv6:1::2::3",
                                     "IPv6:12345::",
                                     "IPv6:1:2:3:4:5:6:7::",
                                     "IPv6:fe80::1%eth0",
                                     "IPv6:::1.2.3",
                                     "IPv6:1.2.3.4::",
                                     "IPv6:g::",
                                     ":1:2:3:4:5:6:7:8",
                                     "IPv6:1:2:3:4:5:6:7:",
                                     "::1",
                                     "tag:",
                                     ":x",
                                     "tag-:x",
                                     "t g:x",
                                     "tag:x y",
                                     "tag:[x",
                                     "tag:x]",
                                     "tag:\\x",
                                     "tag:x>y",
                                     "tag:x@y" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_test_message ("%s", good[i]);
      g_assert_true (mimesend_literal_is_valid (good[i], strlen (good[i])));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (mimesend_literal_is_valid (bad[i], strlen (bad[i])));
    }
}

static void
test_domains (void)
{
  static const struct
  {
    const char *text;
    gboolean ascii, utf8;
  } rows[] = {
    { "example.com", TRUE, TRUE },
    { "localhost", TRUE, TRUE },
    { "[127.0.0.1]", TRUE, TRUE },
    { "m\xc3\xbcnchen.de", FALSE, TRUE },
    { "", FALSE, FALSE },
    { "a b", FALSE, FALSE },
    { "a\r\nDATA", FALSE, FALSE },
    { "a_b", FALSE, FALSE },
    { "-", FALSE, FALSE },
    { "a-", FALSE, FALSE },
    { "x\xe2\x80\xae", FALSE, FALSE },
    { "x\xff", FALSE, FALSE },
    { "[1.2.3.4]\r\n", FALSE, FALSE },
    { "a.b.c.d.e", TRUE, TRUE },
    { "3", TRUE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (mimesend_domain_is_valid (rows[i].text, strlen (rows[i].text), FALSE), ==,
                       rows[i].ascii);
      g_assert_cmpint (mimesend_domain_is_valid (rows[i].text, strlen (rows[i].text), TRUE), ==,
                       rows[i].utf8);
    }
}

static void
test_guess (void)
{
  static const char *const rows[][2] = {
    { "Joe <foo@bar.com>", "foo@bar.com" },
    { "(Joe) foo@bar.com", "foo@bar.com" },
    { "<foo@bar.com>", "foo@bar.com" },
    { " foo@bar.com ", "foo@bar.com" },
    { "foo@bar.com\r\n", "foo@bar.com" },
    { "foo@bar.com (Joe (the one))", "foo@bar.com" },
    { "\"Joe <not@this>\" <foo@bar.com>", "foo@bar.com" },
    { "\"Joe \\\" <not@this>\" < foo@bar.com >", "foo@bar.com" },
    { "(<not@this>) foo", "foo" },
    { "<\"a b\"@bar.com>", "\"a b\"@bar.com" },
    { "J\xc3\xb6rg <foo@bar.com>", "foo@bar.com" },
    { "foo bar", NULL },
    { "", NULL },
    { "<>", NULL },
    { "Joe <foo@bar.com", NULL },
    { "<foo@bar.com\r\nDATA>", NULL },
    { "Joe <foo@@bar>", NULL },
    { "()", NULL },
    { "\"", NULL },
    { "\"\\", NULL },
    { "(((", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *guess = mimesend_mailbox_guess (rows[i][0], strlen (rows[i][0]));

      g_test_message ("%s", rows[i][0]);
      g_assert_cmpstr (guess, ==, rows[i][1]);
    }
}

/* What must hold of anything that is let through, whatever the rules above say of it. */
static void
assert_harmless (const char *text, gsize length, const MimesendMailbox *mailbox)
{
  gsize after_local = mailbox->local_length;

  g_assert_true (g_utf8_validate (text, (gssize)length, NULL));
  for (gsize i = 0; i < length; i++)
    g_assert_true ((guchar)text[i] >= 32 && text[i] != 127);
  g_assert_cmpuint (mailbox->local_length, >, 0);
  g_assert_cmpuint (mailbox->local_length, <=, 64);
  g_assert_cmpuint (length, <=, 1000);
  if (text[0] == '"')
    g_assert_cmpint (text[after_local - 1], ==, '"');
  else
    for (gsize i = 0; i < after_local; i++)
      g_assert_null (strchr (" <>()[]:;@\\,\"", text[i]));
  if (after_local == length)
    return;
  g_assert_cmpint (text[after_local], ==, '@');
  for (gsize i = after_local + 1; i < length; i++)
    g_assert_null (strchr (" <>()\\@,;\"", text[i]));
}

/* Every octet in place of and between those of addresses that are fine. */
static void
test_every_octet (void)
{
  static const char *const seeds[] = {
    "foo@bar.com", "\"a b\"@bar.com", "x@[1.2.3.4]",           "x@[IPv6:::1]",
    "foo",         "\"\\a\"@b",       "j\xc3\xb6@m\xc3\xbc.de"
  };

  for (gsize s = 0; s < G_N_ELEMENTS (seeds); s++)
    for (gsize at = 0; at <= strlen (seeds[s]); at++)
      for (guint octet = 0; octet < 256; octet++)
        for (guint insert = 0; insert < 2; insert++)
          {
            g_autoptr (GString) text = g_string_new (seeds[s]);
            MimesendMailbox mailbox;

            if (insert)
              g_string_insert_len (text, (gssize)at, (char[]){ (char)octet }, 1);
            else if (at < text->len)
              text->str[at] = (char)octet;
            if (mimesend_mailbox_scan (text->str, text->len, &mailbox) == MIMESEND_MAILBOX_OK)
              assert_harmless (text->str, text->len, &mailbox);
          }
}

/* Random strings of the octets that matter: no harm, and a guess is always itself fine. The copy has no octet
 * to spare, so that ASan and valgrind see a step too far. */
static void
test_random (void)
{
  static const char symbols[] = "ab.@\"\\<>() []:-\r\n\t1\xc3\xbc\xe2\x80\xae";
  guint fine = 0;

  for (guint round = 0; round < 200000; round++)
    {
      gsize length = (gsize)g_test_rand_int_range (1, 14);
      g_autofree char *text = g_malloc (length), *guess = NULL;
      MimesendMailbox mailbox;

      for (gsize i = 0; i < length; i++)
        text[i] = symbols[g_test_rand_int_range (0, sizeof symbols)];
      if (mimesend_mailbox_scan (text, length, &mailbox) == MIMESEND_MAILBOX_OK)
        {
          assert_harmless (text, length, &mailbox);
          fine++;
        }
      else
        {
          g_assert_cmpuint (mailbox.fault_offset, <=, length);
        }
      guess = mimesend_mailbox_guess (text, length);
      g_assert_true (guess == NULL || scan (guess) == MIMESEND_MAILBOX_OK);
    }
  g_assert_cmpuint (fine, >, 100);
}

/* What is plain is told in one pass, all else by the grammar: '!' is as good an octet of an atom as a letter, but not plain,
 * so both ways are seen to say the same. */
static void
test_plain (void)
{
  static const char symbols[] = "aZ09.-_@!";
  guint fine = 0;

  for (guint round = 0; round < 200000; round++)
    {
      gsize length = (gsize)g_test_rand_int_range (0, round % 20 == 0 ? 140 : 10);
      gboolean calm = round % 3 == 0; /* letters for the most part */
      g_autoptr (GString) text = g_string_new ("x");
      MimesendMailbox plain, other;
      MimesendMailboxFault fault;

      for (gsize i = 0; i < length; i++)
        g_string_append_c (text, calm && g_test_rand_int_range (0, 30) > 0
                                     ? 'b'
                                     : symbols[g_test_rand_int_range (0, sizeof symbols - 1)]);
      fault = mimesend_mailbox_scan (text->str, text->len, &plain);
      text->str[0] = '!';
      g_assert_cmpint (mimesend_mailbox_scan (text->str, text->len, &other), ==, fault);
      g_assert_cmpuint (plain.local_length, ==, other.local_length);
      g_assert_cmpuint (plain.domain_offset, ==, other.domain_offset);
      g_assert_cmpuint (plain.fault_offset, ==, other.fault_offset);
      g_assert_cmpint (plain.local_is_ascii, ==, other.local_is_ascii);
      g_assert_cmpint (plain.domain_is_ascii, ==, other.domain_is_ascii);
      fine += fault == MIMESEND_MAILBOX_OK;
    }
  g_assert_cmpuint (fine, >, 100);
}

/* 4 MiB of what makes recursive and backtracking parsers hang. */
static void
test_hostile_sizes (void)
{
  static const char *const units[] = { "(", "<",      "\"", "\\", "a.",       "a@",
                                       "[", "\"a\"@", "()", ":",  "\xc3\xbc", "x@[IPv6:" };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_sized_new (4 << 20);
      g_autofree char *guess = NULL;

      while (text->len < 4 << 20)
        g_string_append (text, units[i]);
      g_assert_cmpint (scan (text->str), !=, MIMESEND_MAILBOX_OK);
      guess = mimesend_mailbox_guess (text->str, text->len);
      g_assert_null (guess);
    }
}

static void
test_words (void)
{
  for (MimesendMailboxFault fault = MIMESEND_MAILBOX_OK; fault <= MIMESEND_MAILBOX_DOMAIN_TOO_LONG; fault++)
    for (MimesendMailboxFault other = MIMESEND_MAILBOX_OK; other < fault; other++)
      g_assert_cmpstr (mimesend_mailbox_fault_words (fault), !=, mimesend_mailbox_fault_words (other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/mailbox/accepts-valid-mailboxes", test_good);
  g_test_add_func ("/octets/mailbox/refuses-invalid-mailboxes", test_bad);
  g_test_add_func ("/octets/mailbox/refuses-nul", test_nul);
  g_test_add_func ("/octets/mailbox/limits-lengths", test_lengths);
  g_test_add_func ("/octets/mailbox/checks-address-literals", test_literals);
  g_test_add_func ("/octets/mailbox/checks-domains", test_domains);
  g_test_add_func ("/octets/mailbox/guesses-bare-address", test_guess);
  g_test_add_func ("/octets/mailbox/judges-every-octet", test_every_octet);
  g_test_add_func ("/octets/mailbox/guess-of-random-octets-is-valid", test_random);
  g_test_add_func ("/octets/mailbox/fast-path-agrees-with-grammar", test_plain);
  g_test_add_func ("/octets/mailbox/scans-hostile-sizes-in-linear-time", test_hostile_sizes);
  g_test_add_func ("/octets/mailbox/each-fault-has-its-own-words", test_words);
  return g_test_run ();
}
