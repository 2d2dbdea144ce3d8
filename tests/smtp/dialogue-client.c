/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialogue.h"

#include <string.h>

static const char *const outcomes[] = {
  "not-tried", "accepted", "partial", "refused", "deferred", "in-doubt"
};
static const char *const failures[] = { "none",        "reply",          "timeout", "closed",    "protocol",
                                        "tls",         "auth",           "content", "eight-bit", "nul",
                                        "unsupported", "all-or-nothing", "aborted" };
static const char *const stages[] = { "none", "connect", "greeting", "hello",       "tls",   "auth", "mail",
                                      "rcpt", "data",    "content",  "end-of-data", "reset", "quit" };

void
dialogue_fail (Run *run, const char *words, const char *more)
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
render_fate (Run *run, const MimesendSmtpEvent *event)
{
  if (event->failure != MIMESEND_SMTP_FAILURE_NONE)
    g_string_append_printf (run->events, " %s %s", failures[event->failure], stages[event->stage]);
  if (event->reply != NULL)
    g_string_append_printf (run->events, " %u", event->reply->code);
  if (event->stopped)
    g_string_append (run->events, " stopped");
  if (event->again != MIMESEND_SMTP_AGAIN_NO)
    g_string_append (run->events, event->again == MIMESEND_SMTP_AGAIN_HERE ? " again-here" : " again");
  if (event->type == MIMESEND_SMTP_EVENT_SETTLED && event->chunking)
    g_string_append (run->events, " bdat");
  /* what is for people is there whenever the server's own words are not */
  if (event->failure != MIMESEND_SMTP_FAILURE_NONE && event->reply == NULL)
    {
      g_assert_nonnull (event->words);
      /* a message whose end was sent waits for nothing else, wherever the session stands */
      if (event->type == MIMESEND_SMTP_EVENT_SETTLED && event->outcome == MIMESEND_SMTP_IN_DOUBT &&
          g_str_has_suffix (event->words, ")"))
        g_assert_true (g_str_has_suffix (event->words, "(waiting for the answer to the end of the data)"));
    }
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
        g_string_append_printf (run->events, " \"%.*s\"%s", (int)g_bytes_get_size (event->challenge),
                                (const char *)g_bytes_get_data (event->challenge, NULL),
                                event->garbled ? " garbled" : "");
      if (event->reply != NULL)
        g_string_append_printf (run->events, " after %u", event->reply->code);
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
    case MIMESEND_SMTP_EVENT_ANSWERED:
      g_string_append (run->events, event->holds ? "answered well" : "answered badly");
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

MimesendSmtpWant
dialogue_turn (Run *run)
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
void
dialogue_flush_spoken (Run *run)
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
      dialogue_turn (run);
      done += n;
    }
  g_string_truncate (run->spoken, 0);
  dialogue_turn (run);
}

/* FALSE: no content is wanted. */
gboolean
dialogue_supply_one (Run *run)
{
  guint64 id = 0;

  if (mimesend_smtp_client_content_due (run->client, &id) > 0)
    {
      Content *content = g_ptr_array_index (run->contents, id - 1);
      MimesendPiece piece = { 0 };
      gsize n;

      if (content->next == content->pieces->len && content->waits)
        return FALSE;
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
void
dialogue_expect_said (Run *run, const char *octets, gsize n)
{
  gsize done = 0;

  dialogue_flush_spoken (run);
  while (done < n)
    {
      MimesendPiece pieces[4];
      guint n_pieces;
      gsize offered = 0, step;

      mimesend_smtp_client_idle (run->client);
      dialogue_turn (run);
      n_pieces = mimesend_smtp_client_peek (run->client, pieces, G_N_ELEMENTS (pieces));
      if (n_pieces == 0)
        {
          if (dialogue_supply_one (run))
            continue;
          if (n - done > 60)
            dialogue_fail (run, "the client has nothing to say, awaited:", "…");
          dialogue_fail (run, "the client has nothing to say, awaited:", octets + done);
        }
      for (guint i = 0; i < n_pieces && done + offered < n; i++)
        {
          step = MIN (pieces[i].length, n - done - offered);
          if (run->mode == OCTETS)
            step = 1;
          if (memcmp (pieces[i].data, octets + done + offered, step) != 0)
            {
              g_autofree char *got = g_strndup ((const char *)pieces[i].data, MIN (pieces[i].length, 80));

              dialogue_fail (run, "the client says something else:", got);
            }
          offered += step;
          if (run->mode == OCTETS)
            break;
        }
      g_string_append_len (run->said, octets + done, (gssize)MIN (offered, 200));
      mimesend_smtp_client_sent (run->client, offered);
      done += offered;
    }
  dialogue_turn (run);
}
