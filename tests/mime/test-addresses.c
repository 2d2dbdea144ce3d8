/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/addresses.h"
#include "mime/header.h"
#include "mimesend-address.h"
#include "written.h"

/* As a letter has the list in To. */
static char *
written_list (InternetAddressList *list)
{
  g_autoptr (GMimeMessage) message = g_mime_message_new (FALSE);

  mimesend_header_append_addresses (GMIME_OBJECT (message), "To", list);
  return g_mime_object_get_headers (GMIME_OBJECT (message), NULL);
}

static void
test_good (void)
{
  static const struct
  {
    const char *text, *header, *bare;
  } good[] = {
    { "foo", "To: foo\n", "foo" },
    { "foo@bar.com", "To: foo@bar.com\n", "foo@bar.com" },
    { " foo@bar.com ,, jim@bar.com, ", "To: foo@bar.com, jim@bar.com\n", "foo@bar.com jim@bar.com" },
    { "Joe <foo@bar.com>", "To: Joe <foo@bar.com>\n", "foo@bar.com" },
    { "<foo@bar.com>", "To: foo@bar.com\n", "foo@bar.com" },
    { "(Joe) foo@bar.com", "To: Joe <foo@bar.com>\n", "foo@bar.com" },
    { "foo@bar.com (Joe (the) X)", "To: \"Joe (the) X\" <foo@bar.com>\n", "foo@bar.com" },
    { "\"Doe, \\\"J\\\"\" <a@b.c>", "To: \"Doe, \\\"J\\\"\" <a@b.c>\n", "a@b.c" },
    { "Joe (x) Doe (y) <a@b.c> (z)", "To: Joe Doe <a@b.c>\n", "a@b.c" },
    { "John Q. Public <a@b.c>", "To: \"John Q. Public\" <a@b.c>\n", "a@b.c" },
    { "J\xc3\xb6 <a@b.c>", "To: =?UTF-8?B?SsO2?= <a@b.c>\n", "a@b.c" },
    { "=?utf-8?q?J=C3=B6?= <a@b.c>", "To: =?UTF-8?B?SsO2?= <a@b.c>\n", "a@b.c" },
    { "=?utf-8?q?J=C3=B6?= =?utf-8?q?J?= <a@b.c>", "To: =?UTF-8?Q?J=C3=B6J?= <a@b.c>\n", "a@b.c" },
    { "team: a@x.y, Bo <b@x.y>;, c@x.y", "To: team: a@x.y, Bo <b@x.y>;, c@x.y\n", "a@x.y b@x.y c@x.y" },
    { "[Team] Joe <a@b.c>", "To: \"[Team] Joe\" <a@b.c>\n", "a@b.c" },
    { "team:;", "To: team:;\n", "" },
    { "a@[127.0.0.1], b@[IPv6:::1]", "To: a@[127.0.0.1], b@[IPv6:::1]\n", "a@[127.0.0.1] b@[IPv6:::1]" },
    { "a@ex\xc3\xa4mple.org", "To: a@xn--exmple-cua.org\n", "a@ex\xc3\xa4mple.org" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      g_autofree char *header = NULL;
      g_autofree char *joined = NULL;

      mimesend_addresses_parse (list, bare, "to", good[i].text, TRUE, &error);
      g_assert_no_error (error);
      header = written_list (list);
      g_ptr_array_add (bare, NULL);
      joined = g_strjoinv (" ", (char **)bare->pdata);
      g_assert_cmpstr (header, ==, good[i].header);
      g_assert_cmpstr (joined, ==, good[i].bare);
    }
}

/* What stands ahead of the '@' is written as it was given: never decoded, never unquoted. */
static void
test_local_parts_stay (void)
{
  static const char *const addresses[] = { "\"a b\"@x.org",           "\"a\\\"b\"@x.org", "\"a@b\"@c.org",
                                           "\"a\\\\b\"@x.org",        "\"a;b,c\"@x.org",  "\"\"@x.org",
                                           "=?utf-8?q?a=40b?=@c.org", "a=?x?=@c.org" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *header = NULL;
      g_autofree char *expected = g_strdup_printf ("To: %s\n", addresses[i]);

      g_assert_true (mimesend_addresses_parse (list, bare, "to", addresses[i], TRUE, NULL));
      header = written_list (list);
      g_assert_cmpstr (header, ==, expected);
      g_assert_cmpstr (bare->pdata[0], ==, addresses[i]);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    " ",
    ",",
    "<>",
    "@foo.com",
    "foo@",
    "a@b c@d",
    "Joe a@b",
    "Joe, Smith <a@b>",
    "Joe <a@b> x",
    "Joe <a@b",
    "\"Joe <a@b>",
    "(Joe <a@b>",
    "a@[1.2.3.4",
    "a@b;c@d",
    "x: y: a@b;;",
    "x: a@b",
    ": a@b;",
    "a@b@c",
    "a.@b",
    "a\\b@c",
    "<@x,@y:a@b>",
    "a@b\xe2\x80\xae",
    "J\xe2\x80\xae <a@b>",
    "=?utf-8?q?J=0A?= <a@b>",
    "\"=?utf-8?q?J=0A?=\" <a@b>",
    "=?utf-8?b?YQ==?= =?utf-8?b?DQo=?= <a@b>",
    "a@b (=?utf-8?q?=0D?=)",
    "Joe <a@b>,\r\n\tJim <c@d>",
    "r@x\r\nX: 1",
    "Joe\r\nX-Evil: 1 <a@b>",
    "Joe <a\r\nX-Evil: 1@b>",
    "\"a\r\nX-Evil: 1\"@b",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_addresses_parse (list, bare, "to", bad[i], TRUE, &error));
      g_assert_true (error->domain == MIMESEND_ERROR);
      g_assert_true (error->code == MIMESEND_ERROR_ADDRESS || error->code == MIMESEND_ERROR_CONTENT);
      g_assert_nonnull (strstr (error->message, "to"));
      g_assert_null (strpbrk (error->message, "\r\n"));
      g_assert_cmpint (internet_address_list_length (list), ==, 0);
      g_assert_cmpuint (bare->len, ==, 0);
    }
}

static void
test_sizes (void)
{
  g_autoptr (InternetAddressList) list = internet_address_list_new ();
  g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = g_strnfill (MIMESEND_ADDRESS_MAX - 6, 'n');
  g_autofree char *fits = g_strconcat (name, " <a@b>", NULL);
  g_autofree char *over = g_strconcat ("n", fits, NULL);
  g_autofree char *field = g_strnfill (MIMESEND_HEADER_ADDRESS_MAX + 1, ',');
  g_autofree char *deep = g_strnfill (1000000, '(');
  g_autofree char *group = g_strnfill (MIMESEND_GROUP_NAME_MAX + 1, 'g');
  g_autofree char *group_over = g_strconcat (group, ": a@b;", NULL);

  g_assert_true (mimesend_addresses_parse (list, bare, "to", fits, TRUE, NULL));
  g_assert_false (mimesend_addresses_parse (list, bare, "to", over, TRUE, NULL));
  g_assert_false (mimesend_addresses_parse (list, bare, "to", field, TRUE, NULL));
  g_assert_false (mimesend_addresses_parse (list, bare, "to", deep, TRUE, NULL));
  g_assert_false (mimesend_addresses_parse (list, bare, "to", group_over, TRUE, NULL));
  g_assert_cmpuint (bare->len, ==, 1);
}

/* Names of all kinds: the header is sound, and the address in it is the one that was given. */
static void
test_names_property (void)
{
  static const char *const atoms[] = { "a",
                                       "word",
                                       " ",
                                       "(",
                                       ")",
                                       "<",
                                       ">",
                                       "@",
                                       ",",
                                       ";",
                                       ":",
                                       "\\\\",
                                       "\\\"",
                                       ".",
                                       "\xc3\xbc",
                                       "\xe6\xbc\xa2\xe5\xad\x97",
                                       "\xf0\x9f\x98\x80",
                                       "=?",
                                       "?=",
                                       "_",
                                       "=",
                                       "longerwordlongerwordlongerwordlongerwordlongerwordlongerword" };

  for (guint round = 0; round < 5000; round++)
    {
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (InternetAddressList) back = NULL;
      g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GMimeMessage) message = g_mime_message_new (FALSE);
      g_autoptr (GString) text = g_string_new ("\"");
      g_autofree char *header = NULL;
      gint n = g_test_rand_int_range (1, round % 20 == 0 ? 90 : 12);

      while (n-- > 0 && text->len < 900)
        g_string_append (text, atoms[g_test_rand_int_range (0, G_N_ELEMENTS (atoms))]);
      g_string_append (text, "\" <joe@example.com>");
      g_assert_true (mimesend_addresses_parse (list, bare, "to", text->str, TRUE, NULL));
      mimesend_header_append_addresses (GMIME_OBJECT (message), "To", list);
      assert_headers_are_sound (GMIME_OBJECT (message), 998);
      header = g_mime_object_get_headers (GMIME_OBJECT (message), NULL);
      back = internet_address_list_parse (NULL, strchr (header, ':') + 1);
      g_assert_cmpint (internet_address_list_length (back), ==, 1);
      g_assert_cmpstr (internet_address_mailbox_get_addr (
                           INTERNET_ADDRESS_MAILBOX (internet_address_list_get_address (back, 0))),
                       ==, "joe@example.com");
    }
}

/* The longest names that are taken, of one word or many: no line over the limit. */
static void
test_long_names (void)
{
  static const char *const units[] = { "n", "n ", "\xc3\xa9", "\xe6\xbc\xa2", "\xe6\xbc\xa2 ", "\\\"", "=?" };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (units); i++)
    {
      gboolean is_group = i % 2 == 1;
      const char *unit = units[i / 2];
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GMimeMessage) message = g_mime_message_new (FALSE);
      g_autoptr (GString) text = g_string_new ("\"");

      while (text->len + strlen (unit) < (is_group ? MIMESEND_GROUP_NAME_MAX : MIMESEND_ADDRESS_MAX - 20))
        g_string_append (text, unit);
      g_string_append (text, is_group ? "\": joe@example.com, jim@example.com;" : "\" <joe@example.com>");
      g_assert_true (mimesend_addresses_parse (list, bare, "to", text->str, TRUE, NULL));
      mimesend_header_append_addresses (GMIME_OBJECT (message), "To", list);
      assert_headers_are_sound (GMIME_OBJECT (message), 998);
    }
}

/* Any octets: an error or a list, never a crash, and never an address that was not in the text. */
static void
test_octets_property (void)
{
  static const char alphabet[] = "ab@.,;:<>()[]\"\\ \t=?-\xc3\xa4";

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
      char text[24];
      gint n = g_test_rand_int_range (0, sizeof text);

      for (gint i = 0; i < n; i++)
        text[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      text[n] = '\0';
      if (!mimesend_addresses_parse (list, bare, "to", text, TRUE, NULL))
        continue;
      for (guint i = 0; i < bare->len; i++)
        g_assert_nonnull (strstr (text, bare->pdata[i]));
    }
}

static void
test_collect (void)
{
  static const char *const given[] = { "b@x.y", "a@x.y", "B@x.y", "b@X.Y", "a@x.y", "root", "root" };
  g_autoptr (GPtrArray) bare = g_ptr_array_new ();
  g_autoptr (GPtrArray) recipients = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *joined = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (given); i++)
    g_ptr_array_add (bare, (char *)given[i]);
  mimesend_addresses_collect (bare, seen, recipients);
  g_ptr_array_add (recipients, NULL);
  joined = g_strjoinv (" ", (char **)recipients->pdata);
  g_assert_cmpstr (joined, ==, "b@x.y a@x.y B@x.y root");
}

static void
test_id_domain (void)
{
  static const char *const pairs[][2] = { { "a@b.c", "b.c" },
                                          { "a@B.C", "b.c" },
                                          { "\"a@x\"@b.c", "b.c" },
                                          { "a@ex\xc3\xa4mple.org", "xn--exmple-cua.org" },
                                          { "root", NULL },
                                          { "a@[127.0.0.1]", NULL },
                                          { "", NULL } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *domain = mimesend_addresses_id_domain (pairs[i][0]);

      g_assert_cmpstr (domain, ==, pairs[i][1]);
    }
}

static void
test_parse_trims (void)
{
  static const char *const around[] = { "%s", " %s", "%s\n", "\r\n\t %s \r\n\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (around); i++)
    {
      g_auto (GStrv) halves = g_strsplit (around[i], "%s", 2);
      g_autofree char *text = g_strconcat (halves[0], "foo@bar.com", halves[1], NULL);
      g_autoptr (MimesendAddress) address = mimesend_address_parse (text, NULL);

      g_assert_cmpstr (mimesend_address_get_mailbox (address), ==, "foo@bar.com");
      g_assert_cmpstr (mimesend_address_get_local_part (address), ==, "foo");
      g_assert_cmpstr (mimesend_address_get_domain (address), ==, "bar.com");
    }
}

static void
test_parse_without_domain (void)
{
  g_autoptr (MimesendAddress) address = mimesend_address_parse (" foo ", NULL);

  g_assert_cmpstr (mimesend_address_get_mailbox (address), ==, "foo");
  g_assert_cmpstr (mimesend_address_get_local_part (address), ==, "foo");
  g_assert_null (mimesend_address_get_domain (address));
}

static void
test_parse_quoted (void)
{
  g_autoptr (MimesendAddress) address = mimesend_address_parse ("\"a@b c\"@d.org", NULL);

  g_assert_cmpstr (mimesend_address_get_local_part (address), ==, "\"a@b c\"");
  g_assert_cmpstr (mimesend_address_get_domain (address), ==, "d.org");
}

static void
test_parse_refuses (void)
{
  g_autofree char *local_64 = g_strnfill (64, 'l');
  g_autofree char *good = g_strconcat (local_64, "@bar.com", NULL);
  g_autofree char *local_65 = g_strconcat ("l", good, NULL);
  const char *const bad[] = {
    "",          "\n",     "@foo.com", "foo@",  "Joe <foo@bar.com>", "(Joe) foo@bar.com",
    "foo bar@x", "a\nb@x", "a@b@c",    local_65
  };
  g_autoptr (MimesendAddress) fits = mimesend_address_parse (good, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (fits);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (mimesend_address_parse (bad[i], &error));
      assert_refused (error, MIMESEND_ERROR_ADDRESS);
    }
  g_assert_null (mimesend_address_parse ("Joe <foo@bar.com>", &error));
  g_assert_nonnull (strstr (error->message, "write foo@bar.com"));
}

/* n addresses, some with long names, in one To: every line within the limits, no address in two lines, all read back. */
static void
check_folding (guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (InternetAddressList) list = internet_address_list_new ();
  g_autoptr (InternetAddressList) back = NULL;
  g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *header = NULL;
  static const char *const names[] = { "", "Surname, Name", "J\xc3\xb6rg M\xc3\xbcller" };
  g_auto (GStrv) lines = NULL;
  guint found = 0;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s\"%s\" <user%u@host%u.example.com>", i > 0 ? ", " : "", names[i % 3], i,
                            i % 7);
  g_assert_true (mimesend_addresses_parse (list, bare, "to", text->str, TRUE, NULL));
  g_assert_cmpuint (bare->len, ==, n);

  header = written_list (list);
  lines = g_strsplit (header, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *p = lines[i];

      g_assert_cmpuint (strlen (lines[i]), <=, 78);
      while ((p = strstr (p, "user")) != NULL)
        {
          gsize length = strcspn (p, ">, ");

          g_assert_true (strncmp (p + length - 12, ".example.com", 12) == 0);
          found++;
          p += length;
        }
    }
  g_assert_cmpuint (found, ==, n);

  back = internet_address_list_parse (NULL, header + strlen ("To:"));
  g_assert_cmpint (internet_address_list_length (back), ==, (int)n);
  for (guint i = 0; i < n; i++)
    {
      InternetAddress *address = internet_address_list_get_address (back, (int)i);

      g_assert_cmpstr (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address)), ==,
                       bare->pdata[i]);
      g_assert_cmpstr (internet_address_get_name (address), ==, names[i % 3]);
    }
}

static void
test_folding_51 (void)
{
  check_folding (51);
}

static void
test_folding_5000 (void)
{
  check_folding (5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mimesend_mime_init ();
  g_test_add_func ("/mime/addresses/parses-valid-lists", test_good);
  g_test_add_func ("/mime/addresses/local-parts-are-kept", test_local_parts_stay);
  g_test_add_func ("/mime/addresses/refuses-invalid-lists", test_bad);
  g_test_add_func ("/mime/addresses/limits-sizes", test_sizes);
  g_test_add_func ("/mime/addresses/random-names-round-trip", test_names_property);
  g_test_add_func ("/mime/addresses/long-names-are-folded", test_long_names);
  g_test_add_func ("/mime/addresses/random-octets-are-parsed-or-refused", test_octets_property);
  g_test_add_func ("/mime/addresses/collects-each-address-once", test_collect);
  g_test_add_func ("/mime/addresses/finds-domain-for-message-id", test_id_domain);
  g_test_add_func ("/seed/N9/trims", test_parse_trims);
  g_test_add_func ("/seed/N9/without-domain", test_parse_without_domain);
  g_test_add_func ("/seed/N9/quoted-local-part", test_parse_quoted);
  g_test_add_func ("/seed/N9/refuses", test_parse_refuses);
  g_test_add_func ("/seed/N8/51-addresses", test_folding_51);
  g_test_add_func ("/seed/N8/5000-addresses", test_folding_5000);
  return g_test_run ();
}
