/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the second reading finds: the same, something else, a failure; and a body that many contents have in common. */
#include "signing.h"

/* ── a class of the caller's ── */

typedef struct
{
  MimesendContent parent;
  const char *walks[2]; /* what it gives when it is read the first time, and each time later */
  guint walk;
  gsize at;
  gsize step;
  gsize fails_at; /* of the walk `fails_in`; 0: not */
  guint fails_in;
  GCancellable *cancels;
} OwnContent;
typedef MimesendContentClass OwnContentClass;

static GType own_content_get_type (void);
G_DEFINE_TYPE (OwnContent, own_content, MIMESEND_TYPE_CONTENT)

static GBytes *
own_read_bytes (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  OwnContent *self = (OwnContent *)content;
  const char *text = self->walks[MIN (self->walk, 1)];
  gsize n = MIN (MIN (count, self->step), strlen (text) - self->at);

  if (self->fails_at > 0 && self->walk == self->fails_in && self->at >= self->fails_at)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the database is gone");
      return NULL;
    }
  if (self->cancels != NULL && self->at >= 30)
    g_cancellable_cancel (self->cancels);
  self->at += n;
  return g_bytes_new (text + self->at - n, n);
}

static gboolean
own_rewind (MimesendContent *content, GError **error)
{
  OwnContent *self = (OwnContent *)content;

  self->walk++;
  self->at = 0;
  return TRUE;
}

static void
own_content_class_init (OwnContentClass *klass)
{
  klass->read_bytes = own_read_bytes;
  klass->rewind = own_rewind;
}

static void
own_content_init (OwnContent *self)
{
  self->step = 11;
}

static OwnContent *
own_content (const char *first, const char *second)
{
  OwnContent *self = g_object_new (own_content_get_type (), NULL);

  self->walks[0] = first;
  self->walks[1] = second;
  return self;
}

static void
test_own_class (void)
{
  OwnContent *own = own_content (MESSAGE, MESSAGE);

  assert_signs ((MimesendContent *)own, MESSAGE, strlen (MESSAGE));
  g_object_unref (own);
}

/* The end is not returned: the message is not completed. */
static void
test_changed (void)
{
  static const char *const others[] = {
    "From: joe@example.com\r\nSubject: y\r\n\r\nbody  of two \r\n\r\nlines\r\n\r\n",
    "From: joe@example.com\r\nSubject: x\r\n\r\nbody  of two \r\n\r\nlinez\r\n\r\n",
    "From: joe@example.com\r\nSubject: x\r\n\r\nbody  of two \r\n\r\nlines and more\r\n\r\n",
    "From: joe@example.com\r\nSubject: x\r\n\r\nbody  of two \r\n",
    "From: joe@example.com\r\nSubject: x\r\n",
    "From: joe@example.com\r\nSubject: x\r\n\r\nbody  of two \303\251\r\n\r\nlines\r\n\r\n",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      OwnContent *own = own_content (MESSAGE, others[i]);
      g_autoptr (MimesendContent) made = sign ((MimesendContent *)own);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) again = NULL;

      g_assert_null (read_content (made, 1000, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_assert_nonnull (strstr (error->message, "was changed meanwhile"));
      g_assert_null (mimesend_content_read_bytes (made, 10, NULL, &again));
      g_object_unref (own);
    }
}

/* What the relaxed form does not see is no change where nothing else is signed. */
static void
test_changed_blanks (void)
{
  OwnContent *own =
      own_content ("From: x@example.com\r\n\r\na  b\r\n", "From: x@example.com\r\n\r\na b \r\n\r\n");
  g_autoptr (GPtrArray) dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  g_autoptr (MimesendContent) made = NULL;
  g_autoptr (GByteArray) message = NULL;

  g_ptr_array_add (dkims, keys_dkim (KEYS_ED25519, "s"));
  made = mimesend_content_new_dkim ((MimesendContent *)own, dkims);
  message = read_content (made, 1000, NULL);
  g_assert_nonnull (message);
  g_object_unref (own);
}

static void
test_failing (void)
{
  for (guint walk = 0; walk < 2; walk++)
    for (gsize at = 1; at < strlen (MESSAGE); at += 10)
      {
        OwnContent *own = own_content (MESSAGE, MESSAGE);
        g_autoptr (MimesendContent) made = sign ((MimesendContent *)own);
        g_autoptr (GError) error = NULL;

        own->fails_at = at;
        own->fails_in = walk;
        g_assert_null (read_content (made, 1000, &error));
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
        g_object_unref (own);
      }
}

/* A cancel is no failure: it goes on where it was. */
static void
test_cancelled (void)
{
  OwnContent *own = own_content (MESSAGE, MESSAGE);
  g_autoptr (MimesendContent) made = sign ((MimesendContent *)own);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GByteArray) message = NULL;
  g_autoptr (GError) error = NULL;

  own->cancels = cancellable;
  g_assert_null (mimesend_content_read_bytes (made, 1000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  own->cancels = NULL;
  message = read_content (made, 1000, NULL);
  g_assert_nonnull (message);
  assert_verifies (message);
  g_object_unref (own);
}

/* ── a body in common ── */

static void
test_shared (void)
{
  MimesendDkimShared *shared = mimesend_dkim_shared_new ();
  g_autoptr (GPtrArray) dkims = both ();

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text =
          g_strdup_printf ("From: joe@example.com\r\nTo: reader-%u@example.org\r\n\r\nthe same body\r\n", i);
      OwnContent *own = own_content (text, text);
      g_autoptr (MimesendContent) made = mimesend_dkim_content_new ((MimesendContent *)own, dkims, shared);
      g_autoptr (GByteArray) message = read_content (made, 1000, NULL);

      g_assert_nonnull (message);
      assert_verifies (message);
      g_object_unref (own);
    }
  mimesend_dkim_shared_unref (shared);
}

/* The one whose body is another fails, and the next one is right again. */
static void
test_shared_changed (void)
{
  MimesendDkimShared *shared = mimesend_dkim_shared_new ();
  g_autoptr (GPtrArray) dkims = both ();
  const char *const texts[] = { "From: x@example.com\r\n\r\none\r\n", "From: x@example.com\r\n\r\ntwo\r\n",
                                "From: x@example.com\r\n\r\ntwo\r\n" };

  for (guint i = 0; i < 3; i++)
    {
      OwnContent *own = own_content (texts[i], texts[i]);
      g_autoptr (MimesendContent) made = mimesend_dkim_content_new ((MimesendContent *)own, dkims, shared);
      g_autoptr (GByteArray) message = read_content (made, 1000, NULL);

      g_assert_cmpint (message != NULL, ==, i != 1);
      g_object_unref (own);
    }
  mimesend_dkim_shared_unref (shared);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/secure/dkim-changed/own-class", test_own_class);
  g_test_add_func ("/secure/dkim-changed/changed", test_changed);
  g_test_add_func ("/secure/dkim-changed/changed-blanks", test_changed_blanks);
  g_test_add_func ("/secure/dkim-changed/failing", test_failing);
  g_test_add_func ("/secure/dkim-changed/cancelled", test_cancelled);
  g_test_add_func ("/secure/dkim-changed/shared", test_shared);
  g_test_add_func ("/secure/dkim-changed/shared-changed", test_shared_changed);
  return g_test_run ();
}
