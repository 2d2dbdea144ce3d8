/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs every file of tests/dialogues: both sides' octets in order of time. Each runs three times: as whole as possible,
 * line by line, and octet by octet (what the server says, what leaves, and the content); all must end the same.
 *
 *   # comment
 *   setup: login starttls=required lmtp window=4 …        what the client is made with
 *   S: 220 hi                       the server says this line        S-: raw octets, with \r \n \0 \xNN \\
 *   C: EHLO [127.0.0.1]             the client must say this line     C-: raw octets
 *   C*N: x                          the octets N times (no line end), also S*N
 *   submit: from=a@b to=c@d,e@f all size=N utf8 binary as-is     submit: … full   (must be refused: the window is full)
 *   content: text\n                 a piece of the content submitted last; content(ready), content(binary), content*N
 *   content-fails: words            … and then the content fails
 *   auth: MECHANISM response        answers a challenge ("-": none; MECHANISM "-": not the first); with "unproven" before
 *   auth-fails: words      tls      tls-fails: words      quit      abort: words      close      write-failed: words
 *   time: 300                       so many seconds pass
 *   enough                          the dialogue goes on, and the file does not
 *   E: settled 1 accepted 250       the events, in order
 */
#include "smtp/client.h"

#include <setjmp.h>
#include <string.h>

typedef enum
{
  WHOLE,
  LINES,
  OCTETS
} Mode;

typedef struct
{
  GPtrArray *pieces; /* of GBytes */
  GArray *flags;
  guint next;
  gsize offset;
  char *failure;
} Content;

typedef struct
{
  const char *file;
  guint line;
  Mode mode;
  MimesendSmtpClient *client;
  MimesendSmtpSetup setup;
  char *ehlo_name;
  GPtrArray *contents; /* of Content, by transaction − 1 */
  GString *spoken;     /* the server's octets not yet given */
  GString *events, *expected;
  GString *said; /* by the client, for messages */
  gint64 now;
  guint n_settled, n_recipients, n_closed;
  gboolean enough; /* what the client says after the last line is not looked at */
  jmp_buf out;     /* of a dialogue that failed */
} Run;

static const char *const outcomes[] = {
  "not-tried", "accepted", "partial", "refused", "deferred", "in-doubt"
};
static const char *const failures[] = { "none",        "reply",          "timeout", "closed",    "protocol",
                                        "tls",         "auth",           "content", "eight-bit", "nul",
                                        "unsupported", "all-or-nothing", "aborted" };
static const char *const stages[] = { "none", "connect", "greeting", "hello",       "tls",   "auth", "mail",
                                      "rcpt", "data",    "content",  "end-of-data", "reset", "quit" };

G_NORETURN static void
fail (Run *run, const char *words, const char *more)
{
  g_printerr ("%s:%u (%s): %s %s\n  said so far: %s\n  events so far:\n%s", run->file, run->line,
              run->mode == WHOLE   ? "whole"
              : run->mode == LINES ? "lines"
                                   : "octets",
              words, more != NULL ? more : "", run->said->str, run->events->str);
  g_test_fail ();
  longjmp (run->out, 1);
}

static void
content_free (gpointer data)
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
render_fate (Run *run, const MimesendSmtpEvent *event)
{
  if (event->failure != MIMESEND_SMTP_FAILURE_NONE)
    g_string_append_printf (run->events, " %s %s", failures[event->failure], stages[event->stage]);
  if (event->reply != NULL)
    g_string_append_printf (run->events, " %u", event->reply->code);
  if (event->stopped)
    g_string_append (run->events, " stopped");
  if (event->type == MIMESEND_SMTP_EVENT_SETTLED && event->chunking)
    g_string_append (run->events, " bdat");
  /* what is for people is there whenever the server's own words are not */
  if (event->failure != MIMESEND_SMTP_FAILURE_NONE && event->reply == NULL)
    g_assert_nonnull (event->words);
}

static void
render (Run *run, const MimesendSmtpEvent *event)
{
  g_assert_cmpuint (run->n_closed, ==, 0);
  switch (event->type)
    {
    case MIMESEND_SMTP_EVENT_READY:
      g_string_append (run->events, "ready");
      break;
    case MIMESEND_SMTP_EVENT_CHALLENGE:
      g_string_append (run->events, "challenge");
      g_assert_nonnull (event->mechanisms);
      if (event->challenge == NULL)
        for (guint i = 0; event->mechanisms[i] != NULL; i++)
          g_string_append_printf (run->events, " %s", event->mechanisms[i]);
      else
        g_string_append_printf (run->events, " \"%.*s\"", (int)g_bytes_get_size (event->challenge),
                                (const char *)g_bytes_get_data (event->challenge, NULL));
      break;
    case MIMESEND_SMTP_EVENT_RCPT_REPLY:
      g_assert_nonnull (event->reply);
      return;
    case MIMESEND_SMTP_EVENT_RECIPIENT:
      g_assert_cmpuint (event->recipient, ==, run->n_recipients++);
      g_assert_cmpint (event->outcome, !=, MIMESEND_SMTP_PARTIAL);
      g_string_append_printf (run->events, "recipient %u.%u %s", (guint)event->transaction, event->recipient,
                              outcomes[event->outcome]);
      render_fate (run, event);
      break;
    case MIMESEND_SMTP_EVENT_SETTLED:
      g_assert_cmpuint (event->transaction, ==, ++run->n_settled);
      run->n_recipients = 0;
      g_string_append_printf (run->events, "settled %u %s", (guint)event->transaction,
                              outcomes[event->outcome]);
      render_fate (run, event);
      break;
    case MIMESEND_SMTP_EVENT_CLOSED:
      run->n_closed++;
      g_string_append (run->events, "closed");
      render_fate (run, event);
      break;
    default:
      g_assert_not_reached ();
    }
  g_string_append_c (run->events, '\n');
}

static MimesendSmtpWant
turn (Run *run)
{
  MimesendSmtpEvent event;
  gint64 deadline;
  MimesendSmtpWant want = mimesend_smtp_client_poll (run->client, run->now, &deadline);

  g_assert_cmpint (deadline, >, run->now);
  while (mimesend_smtp_client_next_event (run->client, &event))
    render (run, &event);
  return want;
}

/* Gives what the server said since the client last spoke. */
static void
flush_spoken (Run *run)
{
  gsize done = 0;

  while (done < run->spoken->len)
    {
      const char *at = run->spoken->str + done;
      gsize n = run->spoken->len - done;

      if (run->mode == OCTETS)
        n = 1;
      else if (run->mode == LINES && memchr (at, '\n', n) != NULL)
        n = (gsize)((const char *)memchr (at, '\n', n) - at) + 1;
      mimesend_smtp_client_receive (run->client, (const guint8 *)at, n);
      if (run->mode != WHOLE)
        mimesend_smtp_client_idle (run->client);
      turn (run);
      done += n;
    }
  g_string_truncate (run->spoken, 0);
  turn (run);
}

/* FALSE: no content is wanted. */
static gboolean
supply_one (Run *run)
{
  guint64 id = 0;

  if (mimesend_smtp_client_content_due (run->client, &id) > 0)
    {
      Content *content = g_ptr_array_index (run->contents, id - 1);
      MimesendPiece piece = { 0 };
      gsize n;

      if (content->next == content->pieces->len)
        {
          g_autoptr (GError) error = NULL;

          if (content->failure != NULL)
            error = g_error_new_literal (g_quark_from_static_string ("test"), 0, content->failure);
          mimesend_smtp_client_end_content (run->client, id, error);
          return TRUE;
        }
      piece.data = (const guint8 *)g_bytes_get_data (g_ptr_array_index (content->pieces, content->next), &n) +
                   content->offset;
      piece.length = n - content->offset;
      piece.flags = g_array_index (content->flags, MimesendPieceFlags, content->next);
      if (piece.flags == MIMESEND_PIECE_PLAIN && run->mode == OCTETS)
        piece.length = 1;
      content->offset += piece.length;
      if (content->offset == n)
        {
          content->next++;
          content->offset = 0;
        }
      mimesend_smtp_client_supply (run->client, id, &piece);
      return TRUE;
    }
  return FALSE;
}

/* The client must say these octets now, and is not let say more. */
static void
expect_said (Run *run, const char *octets, gsize n)
{
  gsize done = 0;

  flush_spoken (run);
  while (done < n)
    {
      MimesendPiece pieces[4];
      guint n_pieces;
      gsize offered = 0, step;

      mimesend_smtp_client_idle (run->client);
      turn (run);
      n_pieces = mimesend_smtp_client_peek (run->client, pieces, G_N_ELEMENTS (pieces));
      if (n_pieces == 0)
        {
          if (supply_one (run))
            continue;
          if (n - done > 60)
            fail (run, "the client has nothing to say, awaited:", "…");
          fail (run, "the client has nothing to say, awaited:", octets + done);
        }
      for (guint i = 0; i < n_pieces && done + offered < n; i++)
        {
          step = MIN (pieces[i].length, n - done - offered);
          if (run->mode == OCTETS)
            step = 1;
          if (memcmp (pieces[i].data, octets + done + offered, step) != 0)
            {
              g_autofree char *got = g_strndup ((const char *)pieces[i].data, MIN (pieces[i].length, 80));

              fail (run, "the client says something else:", got);
            }
          offered += step;
          if (run->mode == OCTETS)
            break;
        }
      g_string_append_len (run->said, octets + done, (gssize)MIN (offered, 200));
      mimesend_smtp_client_sent (run->client, offered);
      done += offered;
    }
  turn (run);
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
      else if (g_str_equal (word, "strict"))
        setup->strict_line_ends = TRUE;
      else if (g_str_equal (word, "no-pipelining"))
        setup->no_pipelining = TRUE;
      else if (g_str_equal (word, "no-chunking"))
        setup->no_chunking = TRUE;
      else if (g_str_equal (word, "starttls=required"))
        setup->starttls = MIMESEND_SMTP_STARTTLS_REQUIRED;
      else if (g_str_equal (word, "starttls=if-offered"))
        setup->starttls = MIMESEND_SMTP_STARTTLS_IF_OFFERED;
      else if (g_str_has_prefix (word, "window="))
        setup->window = number;
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
        fail (run, "setup?", word);
    }
}

static void
submit (Run *run, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_auto (GStrv) recipients = NULL;
  g_autoptr (GString) from = g_string_new (NULL);
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
      else if (g_str_equal (word, "as-is"))
        transaction.eight_bit_as_is = TRUE;
      else if (g_str_equal (word, "slow"))
        transaction.may_block = TRUE;
      else if (g_str_equal (word, "full"))
        full = TRUE;
      else
        fail (run, "submit?", word);
    }
  transaction.reverse_path = from->str;
  transaction.recipients = (const char *const *)recipients;
  flush_spoken (run);
  id = mimesend_smtp_client_submit (run->client, &transaction);
  if ((id == 0) != full)
    fail (run, "submit () gave", full ? "an id" : "0");
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

  flush_spoken (run);
  if (!(turn (run) & MIMESEND_SMTP_WANT_AUTH))
    fail (run, "no challenge waits", NULL);
  if (response != NULL && !g_str_equal (response, "-"))
    {
      unescape (raw, response);
      bytes = g_bytes_new (raw->str, raw->len);
    }
  mimesend_smtp_client_auth_step (run->client, g_str_equal (mechanism, "-") ? NULL : mechanism, bytes,
                                  !unproven, NULL);
  turn (run);
  if (!mimesend_smtp_client_output_is_secret (run->client) && run->n_closed == 0 && bytes != NULL)
    fail (run, "the response is not marked as secret", NULL);
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
    expect_said (run, octets->str, octets->len);
  else if (g_str_equal (word, "submit"))
    submit (run, text);
  else if (g_str_equal (word, "content-fails"))
    ((Content *)g_ptr_array_index (run->contents, run->contents->len - 1))->failure = g_strdup (text);
  else if (g_str_has_prefix (word, "content"))
    add_content (run, word, MAX (times, 1), text);
  else if (g_str_equal (word, "auth"))
    auth (run, text);
  else
    {
      flush_spoken (run);
      if (g_str_equal (word, "tls"))
        {
          mimesend_smtp_client_idle (run->client);
          if (turn (run) != MIMESEND_SMTP_WANT_TLS)
            fail (run, "TLS is not wanted", NULL);
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
      else if (g_str_equal (word, "close"))
        mimesend_smtp_client_receive (run->client, NULL, 0);
      else if (g_str_equal (word, "time"))
        {
          while (supply_one (run))
            ;
          turn (run);
          run->now += g_ascii_strtoll (text, NULL, 10) * G_USEC_PER_SEC;
        }
      else if (g_str_equal (word, "enough"))
        run->enough = TRUE;
      else
        fail (run, "what is", word);
      turn (run);
    }
}

/* Everything was said that was to be said. */
static void
check_end (Run *run)
{
  MimesendPiece piece;
  MimesendSmtpWant want;

  flush_spoken (run);
  mimesend_smtp_client_idle (run->client);
  want = turn (run);
  if (!run->enough && mimesend_smtp_client_peek (run->client, &piece, 1) > 0)
    {
      g_autofree char *got = g_strndup ((const char *)piece.data, MIN (piece.length, 80));

      fail (run, "the client says more:", got);
    }
  if (run->n_closed > 0)
    g_assert_cmpint (want, ==, MIMESEND_SMTP_WANT_CLOSE);
  if (!g_str_equal (run->events->str, run->expected->str))
    fail (run, "other events were awaited:\n", run->expected->str);
  mimesend_smtp_client_abort (run->client, "the test is over");
  turn (run);
  g_assert_cmpuint (run->n_closed, ==, 1);
  g_assert_cmpuint (run->n_settled, ==, run->contents->len);
  g_assert_false (mimesend_smtp_client_in_flight (run->client));
}

static void
run_lines (Run *run, char **lines)
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

typedef struct
{
  char *path;
  Mode mode;
} Case;

static void
run_case (gconstpointer data)
{
  const Case *it = data;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  static Run run; /* survives the jump */

  run = (Run){ 0 };
  g_file_get_contents (it->path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  run.file = strrchr (it->path, '/') + 1;
  run.mode = it->mode;
  run.ehlo_name = g_strdup ("[127.0.0.1]");
  run.setup.ehlo_name = run.ehlo_name;
  run.contents = g_ptr_array_new_with_free_func (content_free);
  run.spoken = g_string_new (NULL);
  run.events = g_string_new (NULL);
  run.expected = g_string_new (NULL);
  run.said = g_string_new (NULL);
  run.now = 1000000;
  if (setjmp (run.out) == 0)
    {
      run_lines (&run, lines);
      check_end (&run);
    }

  mimesend_smtp_client_free (run.client);
  g_ptr_array_unref (run.contents);
  g_string_free (run.spoken, TRUE);
  g_string_free (run.events, TRUE);
  g_string_free (run.expected, TRUE);
  g_string_free (run.said, TRUE);
  g_free (run.ehlo_name);
}

static void
free_case (gpointer data)
{
  Case *it = data;

  g_free (it->path);
  g_free (it);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

int
main (int argc, char **argv)
{
  static const char *const modes[] = { "whole", "lines", "octets" };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  GDir *dir;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  dir = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".dialogue"))
      g_ptr_array_add (names, g_strndup (name, strlen (name) - strlen (".dialogue")));
  g_dir_close (dir);
  g_assert_cmpuint (names->len, >=, 40);
  g_ptr_array_sort (names, by_name);

  for (guint i = 0; i < names->len; i++)
    for (guint mode = WHOLE; mode <= OCTETS; mode++)
      {
        g_autofree char *path =
            g_strdup_printf ("/dialogues/%s/%s", (char *)g_ptr_array_index (names, i), modes[mode]);
        Case *it = g_new0 (Case, 1);

        it->path = g_strdup_printf ("%s/%s.dialogue", argv[1], (char *)g_ptr_array_index (names, i));
        it->mode = mode;
        g_test_add_data_func_full (path, it, run_case, free_case);
      }
  return g_test_run ();
}
