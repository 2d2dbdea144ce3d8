/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One tree, many letters: what the tree has where each letter brings its own. */
#include "mimesend-mailing.h"
#include "support.h"

/* What the tree has in a field that each letter brings along never leaves: no letter is refused for it, nor for what is hidden. */
static void
test_replaced (void)
{
  static const struct
  {
    const char *header, *field;
    gboolean passes;
  } rows[] = {
    { "Subject: sch\303\266n\n", "Subject", TRUE },
    { "SUBJECT: sch\366n\nsubject: nochmal sch\366n\n", "Subject", TRUE },
    { "Subject: sch\303\266n\n", "subject", TRUE },
    { "To: J\303\266rg <joerg@example.com>\n", "To", TRUE },
    { "X-Any: \377\n", "X-Any", TRUE },
    { "Bcc: J\303\266rg <joerg@example.com>\nResent-Bcc: \366\n", "Subject", TRUE },
    { "Subject: sch\303\266n\n", "To", FALSE },
    { "Subject: plain\nX-Other: \366\n", "Subject", FALSE },
  };
  static const char *const rests[] = {
    "Content-Type: text/plain\n\ntext\n",
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b--\n",
    "\ntext\n",
  };

  for (gsize i = 0; i < 3 * G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *mail = g_strconcat ("From: joe@example.com\n", rows[i / 3].header, rests[i % 3], NULL);
      g_autoptr (GObject) tree = (GObject *)message_of_text (mail);
      const char *const fields[] = { rows[i / 3].field, NULL }, *const values[] = { "a@example.com", NULL };
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendMailing) mailing = mimesend_mailing_new ((GMimeObject *)tree, fields, &error);
      g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error) == rows[i / 3].passes);
      if (!rows[i / 3].passes)
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
          continue;
        }
      text = read_text (content, &error);
      g_assert_no_error (error);
      g_assert_true (g_str_is_ascii (text));
      g_assert_nonnull (strstr (text, ": a@example.com\r\n"));
    }
}

/* Below the top it does leave. */
static void
test_replaced_at_the_top_alone (void)
{
  static const char *const fields[] = { "Subject", NULL }, *const values[] = { "x", NULL };
  g_autoptr (GObject) tree =
      (GObject *)message_of_text ("Subject: \366\nContent-Type: message/rfc822\n\nSubject: \366\n\ntext\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendMailing) mailing = mimesend_mailing_new ((GMimeObject *)tree, fields, &error);
  g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);

  g_assert_false (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "Subject"));
}

/* Nor for a value that could not be written at all. */
static void
test_replaced_and_broken (void)
{
  static const char *const raws[] = { " x\nBcc: y\n", " bare\rcr\n", " x\n\n", " no end", " x\n \n" };
  static const char *const fields[] = { "Subject", NULL }, *const values[] = { "new", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_autoptr (GObject) tree =
          (GObject *)message_of_text ("From: joe@example.com\nSubject: of the tree\n\nHello\n");
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendMailing) mailing = NULL;
      g_autoptr (MimesendContent) content = NULL;
      g_autofree char *text = NULL;

      g_mime_header_set_raw_value (g_mime_header_list_get_header (((GMimeObject *)tree)->headers, "Subject"),
                                   raws[i]);
      mailing = mimesend_mailing_new ((GMimeObject *)tree, fields, &error);
      content = mimesend_mailing_new_content (mailing, values, &error);
      g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
      text = read_text (content, &error);
      g_assert_no_error (error);
      g_assert_nonnull (strstr (text, "\r\nSubject: new\r\n"));
      g_assert_null (strstr (text, "Bcc"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/client/mailing-replaced/any-field-can-be-replaced", test_replaced);
  g_test_add_func ("/client/mailing-replaced/only-top-fields-are-replaced", test_replaced_at_the_top_alone);
  g_test_add_func ("/client/mailing-replaced/replaced-field-may-be-broken", test_replaced_and_broken);
  return g_test_run ();
}
