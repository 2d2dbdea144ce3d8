/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs every file of tests/dialogues: both sides' octets in order of time. Each runs three times: as whole as possible,
 * line by line, and octet by octet (what the server says, what leaves, and the content); all must end the same.
 *
 *   # comment
 *   setup: login starttls=required lmtp window=4 …        what the client is made with
 *   S: 220 hi                       the server says this line        S-: raw octets, with \r \n \0 \xNN \\
 *   C: EHLO [127.0.0.1]             the client must say this line     C-: raw octets
 *   C*N: x                          the octets N times (no line end), also S*N
 *   manner: window=1 no-chunking …  the client is told to send so from now on
 *   submit: from=a@b to=c@d,e@f all size=N utf8 binary as-is trial     submit: … full   (must be refused: no room)
 *   content: text\n                 a piece of the content submitted last; content(ready), content(binary), content*N
 *   content-waits                   … and then nothing comes
 *   content-fails: words            … and then the content fails
 *   auth: MECHANISM response        answers a challenge ("-": none; MECHANISM "-": not the first); with "unproven" before
 *   auth-fails: words      tls      tls-fails: words      quit      abort: words      close      write-failed: words
 *   read-failed: words              ahead of close: why nothing more can be read
 *   more                            EHLO once more behind the login       time: 300      so many seconds pass
 *   question: behind                or chunking: whether the server bears it, asked without a message
 *   enough                          the dialogue goes on, and the file does not
 *   E: settled 1 accepted 250       the events, in order
 */
#include "dialogue.h"
#include "client-inside.h"

#include <string.h>

/* Everything was said that was to be said. */
static void
check_end (Run *run)
{
  MimesendPiece piece;
  MimesendSmtpWant want;

  dialogue_flush_spoken (run);
  mimesend_smtp_client_idle (run->client);
  want = dialogue_turn (run);
  if (!run->enough && mimesend_smtp_client_peek (run->client, &piece, 1) > 0)
    {
      g_autofree char *got = g_strndup ((const char *)piece.data, MIN (piece.length, 80));

      dialogue_fail (run, "the client says more:", got);
    }
  if (run->n_closed > 0)
    g_assert_cmpint (want, ==, MIMESEND_SMTP_WANT_CLOSE);
  if (!g_str_equal (run->events->str, run->expected->str))
    dialogue_fail (run, "other events were awaited:\n", run->expected->str);
  mimesend_smtp_client_abort (run->client, "the test is over");
  dialogue_turn (run);
  g_assert_cmpuint (run->n_closed, ==, 1);
  g_assert_cmpuint (run->n_settled, ==, run->contents->len);
  g_assert_false (client_in_flight (run->client));
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
  run.contents = g_ptr_array_new_with_free_func (dialogue_content_free);
  run.spoken = g_string_new (NULL);
  run.events = g_string_new (NULL);
  run.expected = g_string_new (NULL);
  run.said = g_string_new (NULL);
  run.now = 1000000;
  if (setjmp (run.out) == 0)
    {
      dialogue_run_lines (&run, lines);
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
