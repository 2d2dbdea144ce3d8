/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialogue.h"
#include "client-inside.h"

#include <string.h>

void
dialogue_content_free (gpointer data)
{
  Content *content = data;

  g_ptr_array_unref (content->pieces);
  g_array_unref (content->flags);
  g_free (content->failure);
  g_free (content);
}

static void
unescape (GString *to, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '\\')
        {
          g_string_append_c (to, *p);
          continue;
        }
      p++;
      if (*p == 'x')
        {
          g_string_append_c (to, (char)(g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2])));
          p += 2;
        }
      else
        g_string_append_c (to, *p == 'r' ? '\r' : *p == 'n' ? '\n' : *p == '0' ? '\0' : *p);
    }
}

static void
parse_setup (Run *run, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  MimesendSmtpSetup *setup = &run->setup;

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i], *value = strchr (word, '=');
      guint number = value != NULL ? (guint)g_ascii_strtoull (value + 1, NULL, 10) : 0;

      if (g_str_equal (word, "login"))
        setup->login = TRUE;
      else if (g_str_equal (word, "lmtp"))
        setup->lmtp = TRUE;
      else if (g_str_equal (word, "tls-active"))
        setup->tls_active = TRUE;
      else if (g_str_equal (word, "no-pipelining"))
        setup->no_pipelining = TRUE;
      else if (g_str_equal (word, "no-chunking"))
        setup->no_chunking = TRUE;
      else if (g_str_equal (word, "unproven"))
        setup->unproven = TRUE;
      else if (g_str_equal (word, "starttls=required"))
        setup->starttls = MIMESEND_SMTP_STARTTLS_REQUIRED;
      else if (g_str_equal (word, "starttls=if-offered"))
        setup->starttls = MIMESEND_SMTP_STARTTLS_IF_OFFERED;
      else if (g_str_has_prefix (word, "window="))
        setup->window = number;
      else if (g_str_has_prefix (word, "mail-max="))
        setup->mail_max = number;
      else if (g_str_has_prefix (word, "group="))
        setup->rcpt_group = number;
      else if (g_str_has_prefix (word, "refusals="))
        setup->refusals_max = number;
      else if (g_str_has_prefix (word, "chunk="))
        setup->chunk = number;
      else if (g_str_has_prefix (word, "name="))
        {
          GString *name = g_string_new (NULL);

          unescape (name, value + 1);
          g_free (run->ehlo_name);
          run->ehlo_name = g_string_free (name, FALSE);
          setup->ehlo_name = run->ehlo_name;
        }
      else
        dialogue_fail (run, "setup?", word);
    }
}

/* In the words of setup, and no others than these five. */
static void
change_manner (Run *run, const char *text)
{
  MimesendSmtpManner manner;

  run->setup.window = run->setup.mail_max = 0;
  run->setup.no_pipelining = run->setup.no_chunking = run->setup.unproven = FALSE;
  parse_setup (run, text);
  manner = (MimesendSmtpManner){ .window = run->setup.window,
                                 .mail_max = run->setup.mail_max,
                                 .no_pipelining = run->setup.no_pipelining,
                                 .no_chunking = run->setup.no_chunking,
                                 .unproven = run->setup.unproven };
  mimesend_smtp_client_set_manner (run->client, &manner);
}

static void
submit (Run *run, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_auto (GStrv) recipients = NULL;
  g_autoptr (GString) from = g_string_new (NULL), id_text = g_string_new (NULL);
  g_auto (GStrv) originals = NULL;
  MimesendSmtpTransaction transaction = { .size = -1 };
  gboolean full = FALSE;
  guint64 id;

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i];

      if (g_str_has_prefix (word, "from="))
        unescape (from, word + 5);
      else if (g_str_has_prefix (word, "to="))
        {
          g_autoptr (GString) to = g_string_new (NULL);

          unescape (to, word + 3);
          recipients = g_strsplit (to->str, ",", -1);
        }
      else if (g_str_equal (word, "all"))
        transaction.all_or_nothing = TRUE;
      else if (g_str_has_prefix (word, "size="))
        transaction.size = g_ascii_strtoll (word + 5, NULL, 10);
      else if (g_str_equal (word, "utf8"))
        transaction.smtputf8 = TRUE;
      else if (g_str_equal (word, "binary"))
        transaction.binary = TRUE;
      else if (g_str_equal (word, "7bit"))
        transaction.seven_bit = TRUE;
      else if (g_str_equal (word, "as-is"))
        transaction.eight_bit_as_is = TRUE;
      else if (g_str_has_prefix (word, "ret="))
        transaction.parameters.returns = g_str_equal (word, "ret=full") ? 1 : 2;
      else if (g_str_has_prefix (word, "notify="))
        transaction.parameters.notify = (guint)g_ascii_strtoull (word + 7, NULL, 10);
      else if (g_str_has_prefix (word, "id="))
        {
          unescape (id_text, word + 3);
          transaction.parameters.id = id_text->str;
        }
      else if (g_str_has_prefix (word, "orcpt="))
        originals = g_strsplit (word + 6, ",", -1);
      else if (g_str_equal (word, "require-tls"))
        transaction.parameters.require_tls = TRUE;
      else if (g_str_has_prefix (word, "by="))
        {
          transaction.parameters.by_seconds = (guint)g_ascii_strtoull (word + 3, NULL, 10);
          transaction.parameters.by_or_return = strchr (word, 'R') != NULL;
          transaction.parameters.by_trace = g_str_has_suffix (word, "T");
        }
      else if (g_str_has_prefix (word, "priority="))
        {
          transaction.parameters.has_priority = TRUE;
          transaction.parameters.priority = (int)g_ascii_strtoll (word + 9, NULL, 10);
        }
      else if (g_str_has_prefix (word, "hold="))
        transaction.parameters.hold_seconds = (guint)g_ascii_strtoull (word + 5, NULL, 10);
      else if (g_str_has_prefix (word, "until="))
        transaction.parameters.hold_until = word + 6;
      else if (g_str_equal (word, "slow"))
        transaction.may_block = TRUE;
      else if (g_str_equal (word, "trial"))
        transaction.trial = TRUE;
      else if (g_str_equal (word, "full"))
        full = TRUE;
      else
        dialogue_fail (run, "submit?", word);
    }
  transaction.reverse_path = from->str;
  transaction.recipients = (const char *const *)recipients;
  transaction.originals = (const char *const *)originals;
  dialogue_flush_spoken (run);
  id = mimesend_smtp_client_submit (run->client, &transaction);
  if ((id == 0) != full)
    dialogue_fail (run, "submit () gave", full ? "an id" : "0");
  if (id != 0)
    {
      Content *content = g_new0 (Content, 1);

      content->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
      content->flags = g_array_new (FALSE, FALSE, sizeof (MimesendPieceFlags));
      g_ptr_array_add (run->contents, content);
      g_assert_cmpuint (id, ==, run->contents->len);
    }
}

static void
add_content (Run *run, const char *word, guint times, const char *text)
{
  Content *content = g_ptr_array_index (run->contents, run->contents->len - 1);
  g_autoptr (GString) octets = g_string_new (NULL), once = g_string_new (NULL);
  MimesendPieceFlags flags = MIMESEND_PIECE_PLAIN;

  if (g_str_equal (word, "content(ready)"))
    flags = MIMESEND_PIECE_READY;
  else if (g_str_equal (word, "content(binary)"))
    flags = MIMESEND_PIECE_BINARY;
  unescape (once, text);
  for (guint i = 0; i < times; i++)
    g_string_append_len (octets, once->str, (gssize)once->len);
  g_ptr_array_add (content->pieces, g_bytes_new (octets->str, octets->len));
  g_array_append_val (content->flags, flags);
}

static void
auth (Run *run, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  gboolean unproven = g_str_equal (words[0], "unproven");
  const char *mechanism = words[unproven ? 1 : 0], *response = words[unproven ? 2 : 1];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GString) raw = g_string_new (NULL);

  dialogue_flush_spoken (run);
  if (!(dialogue_turn (run) & MIMESEND_SMTP_WANT_AUTH))
    dialogue_fail (run, "no challenge waits", NULL);
  if (response != NULL && !g_str_equal (response, "-"))
    {
      unescape (raw, response);
      bytes = g_bytes_new (raw->str, raw->len);
    }
  mimesend_smtp_client_auth_step (run->client, g_str_equal (mechanism, "-") ? NULL : mechanism, bytes,
                                  !unproven, NULL);
  dialogue_turn (run);
  if (!client_output_is_secret (run->client) && run->n_closed == 0 && bytes != NULL)
    dialogue_fail (run, "the response is not marked as secret", NULL);
}

static void
step (Run *run, const char *word, guint times, const char *text)
{
  gboolean line = g_str_equal (word, "S") || g_str_equal (word, "C");
  g_autoptr (GString) octets = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (g_str_has_suffix (word, "fails"))
    error = g_error_new_literal (g_quark_from_static_string ("test"), 0, text);
  if (*word == 'S' || *word == 'C')
    {
      for (guint i = 0; i < MAX (times, 1); i++)
        unescape (octets, text);
      if (line && times == 0)
        g_string_append (octets, "\r\n");
    }

  if (g_str_equal (word, "E"))
    g_string_append_printf (run->expected, "%s\n", text);
  else if (*word == 'S')
    g_string_append_len (run->spoken, octets->str, (gssize)octets->len);
  else if (*word == 'C')
    dialogue_expect_said (run, octets->str, octets->len);
  else if (g_str_equal (word, "submit"))
    submit (run, text);
  else if (g_str_equal (word, "content-waits"))
    ((Content *)g_ptr_array_index (run->contents, run->contents->len - 1))->waits = TRUE;
  else if (g_str_equal (word, "content-fails"))
    ((Content *)g_ptr_array_index (run->contents, run->contents->len - 1))->failure = g_strdup (text);
  else if (g_str_equal (word, "manner"))
    {
      dialogue_flush_spoken (run);
      change_manner (run, text);
    }
  else if (g_str_has_prefix (word, "content"))
    add_content (run, word, MAX (times, 1), text);
  else if (g_str_equal (word, "auth"))
    auth (run, text);
  else
    {
      dialogue_flush_spoken (run);
      if (g_str_equal (word, "tls"))
        {
          mimesend_smtp_client_idle (run->client);
          if (dialogue_turn (run) != MIMESEND_SMTP_WANT_TLS)
            dialogue_fail (run, "TLS is not wanted", NULL);
        }
      if (g_str_equal (word, "tls") || g_str_equal (word, "tls-fails"))
        mimesend_smtp_client_tls_done (run->client, error);
      else if (g_str_equal (word, "auth-fails"))
        mimesend_smtp_client_auth_step (run->client, NULL, NULL, FALSE, error);
      else if (g_str_equal (word, "quit"))
        mimesend_smtp_client_quit (run->client);
      else if (g_str_equal (word, "abort"))
        mimesend_smtp_client_abort (run->client, text);
      else if (g_str_equal (word, "write-failed"))
        mimesend_smtp_client_write_failed (run->client, text);
      else if (g_str_equal (word, "read-failed"))
        mimesend_smtp_client_read_failed (run->client, text);
      else if (g_str_equal (word, "close"))
        mimesend_smtp_client_receive (run->client, NULL, 0);
      else if (g_str_equal (word, "time"))
        {
          while (dialogue_supply_one (run))
            ;
          dialogue_turn (run);
          run->now += g_ascii_strtoll (text, NULL, 10) * G_USEC_PER_SEC;
        }
      else if (g_str_equal (word, "ask"))
        mimesend_smtp_client_ask (run->client, run->now, g_ascii_strtoll (text, NULL, 10) * G_USEC_PER_SEC);
      else if (g_str_equal (word, "question"))
        g_assert_true (mimesend_smtp_client_question (run->client, g_str_equal (text, "chunking")
                                                                       ? MIMESEND_SMTP_QUESTION_CHUNKING
                                                                       : MIMESEND_SMTP_QUESTION_BEHIND));
      else if (g_str_equal (word, "more"))
        mimesend_smtp_client_ask_for_more (run->client);
      else if (g_str_equal (word, "enough"))
        run->enough = TRUE;
      else
        dialogue_fail (run, "what is", word);
      dialogue_turn (run);
    }
}

void
dialogue_run_lines (Run *run, char **lines)
{
  for (; *lines != NULL; lines++)
    {
      g_auto (GStrv) halves = NULL;
      char *star;
      guint times = 0;

      run->line++;
      if (**lines == '\0' || **lines == '#')
        continue;
      halves = g_strsplit (*lines, ": ", 2);
      g_strdelimit (halves[0], ":", '\0');
      star = strchr (halves[0], '*');
      if (star != NULL)
        {
          times = (guint)g_ascii_strtoull (star + 1, NULL, 10);
          *star = '\0';
        }
      if (g_str_equal (halves[0], "setup"))
        {
          parse_setup (run, halves[1]);
          continue;
        }
      if (run->client == NULL)
        run->client = mimesend_smtp_client_new (&run->setup);
      step (run, halves[0], times, halves[1] != NULL ? halves[1] : "");
    }
}
