/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions behind the macros of mimesend-arg.h, and the conversion of their arguments. */
#include "mimesend-arg.h"

#include "client/send/arg-private.h"
#include "mimesend-error.h"

static MimesendArg
arg_of_pointer (MimesendArgKind kind, gconstpointer pointer)
{
  return (MimesendArg){ kind, (guint64)(guintptr)pointer };
}

static gpointer
arg_pointer (const MimesendArg *self)
{
  return (gpointer)(guintptr)self->value;
}

MimesendArg
mimesend_arg_string (const char *text)
{
  return arg_of_pointer (MIMESEND_ARG_STRING, text);
}

MimesendArg
mimesend_arg_strings (const char *const *texts)
{
  return arg_of_pointer (MIMESEND_ARG_STRINGS, texts);
}

MimesendArg
mimesend_arg_stream (GMimeStream *stream)
{
  return arg_of_pointer (MIMESEND_ARG_STREAM, stream);
}

MimesendArg
mimesend_arg_input_stream (GInputStream *stream)
{
  return arg_of_pointer (MIMESEND_ARG_INPUT_STREAM, stream);
}

MimesendArg
mimesend_arg_file_input_stream (GFileInputStream *stream)
{
  return arg_of_pointer (MIMESEND_ARG_INPUT_STREAM, stream);
}

MimesendArg
mimesend_arg_bytes (GBytes *bytes)
{
  return arg_of_pointer (MIMESEND_ARG_BYTES, bytes);
}

MimesendArg
mimesend_arg_gstring (GString *string)
{
  return arg_of_pointer (MIMESEND_ARG_GSTRING, string);
}

MimesendArg
mimesend_arg_content (MimesendContent *content)
{
  return arg_of_pointer (MIMESEND_ARG_CONTENT, content);
}

MimesendArg
mimesend_arg_server (MimesendServer *server)
{
  return arg_of_pointer (MIMESEND_ARG_SERVER, server);
}

MimesendArg
mimesend_arg_ipv4 (gint64 address)
{
  return (MimesendArg){ MIMESEND_ARG_IPV4, (guint64)address };
}

MimesendArg
mimesend_arg_address (GInetAddress *address)
{
  g_return_val_if_fail (address == NULL || G_IS_INET_ADDRESS (address),
                        arg_of_pointer (MIMESEND_ARG_ADDRESS, NULL));
  return arg_of_pointer (MIMESEND_ARG_ADDRESS, address);
}

MimesendArg
mimesend_arg_connectable (GSocketConnectable *connectable)
{
  g_return_val_if_fail (connectable == NULL || G_IS_SOCKET_CONNECTABLE (connectable),
                        arg_of_pointer (MIMESEND_ARG_CONNECTABLE, NULL));
  return arg_of_pointer (MIMESEND_ARG_CONNECTABLE, connectable);
}

/* An IPv4 address as a number in host order. */
static MimesendServer *
server_of_number (gint64 number, GError **error)
{
  if (number < 0 || number > (gint64)G_MAXUINT32)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "server: 0x%" G_GINT64_MODIFIER
                   "x is no IPv4 address: write it as a number of 32 bits in host order, or as a string",
                   (guint64)number);
      return NULL;
    }
  return mimesend_server_new_for_ipv4 ((guint32)number, 25);
}

MimesendServer *
mimesend_arg_to_server (const MimesendArg *self, GError **error)
{
  if (self->kind == MIMESEND_ARG_IPV4)
    return server_of_number ((gint64)self->value, error);
  if (arg_pointer (self) == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "server: NULL was given: write a host name or a URL");
      return NULL;
    }
  switch (self->kind)
    {
    case MIMESEND_ARG_STRING:
      return mimesend_server_new (arg_pointer (self), error);
    case MIMESEND_ARG_ADDRESS:
      return mimesend_server_new_for_address (arg_pointer (self), 25);
    case MIMESEND_ARG_CONNECTABLE:
      return mimesend_server_new_for_connectable (arg_pointer (self));
    case MIMESEND_ARG_SERVER:
      return mimesend_server_ref (arg_pointer (self));
    case MIMESEND_ARG_STRINGS:
    case MIMESEND_ARG_STREAM:
    case MIMESEND_ARG_INPUT_STREAM:
    case MIMESEND_ARG_BYTES:
    case MIMESEND_ARG_GSTRING:
    case MIMESEND_ARG_CONTENT:
    case MIMESEND_ARG_IPV4:
    default:
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "server: this kind of argument names no server");
      return NULL;
    }
}

char **
mimesend_arg_to_recipients (const MimesendArg *self)
{
  const char *one[] = { arg_pointer (self), NULL };

  if (self->kind == MIMESEND_ARG_STRINGS)
    return g_strdupv (arg_pointer (self));
  return g_strdupv ((char **)one);
}

static gboolean
add_argument (MimesendContent *content, const MimesendArg *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  GString *string;

  switch (self->kind)
    {
    case MIMESEND_ARG_STRING:
      return mimesend_content_add_string (content, arg_pointer (self), error);
    case MIMESEND_ARG_STREAM:
      return mimesend_content_add_stream (content, arg_pointer (self), error);
    case MIMESEND_ARG_INPUT_STREAM:
      return mimesend_content_add_input_stream (content, arg_pointer (self), error);
    case MIMESEND_ARG_BYTES:
      return mimesend_content_add_bytes (content, arg_pointer (self), error);
    case MIMESEND_ARG_GSTRING:
      string = arg_pointer (self);
      if (string != NULL)
        bytes = g_bytes_new (string->str, string->len);
      return mimesend_content_add_bytes (content, bytes, error);
    case MIMESEND_ARG_CONTENT:
      return mimesend_content_add_content (content, arg_pointer (self), error);
    case MIMESEND_ARG_STRINGS:
    case MIMESEND_ARG_SERVER:
    case MIMESEND_ARG_IPV4:
    case MIMESEND_ARG_ADDRESS:
    case MIMESEND_ARG_CONNECTABLE:
    default:
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "this kind of argument is no message: write a string or a stream");
      return FALSE;
    }
}

MimesendContent *
mimesend_arg_to_content (gsize n, const MimesendArg *messages, GError **error)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();

  for (gsize i = 0; i < n; i++)
    if (!add_argument (content, &messages[i], error))
      {
        g_prefix_error (error, "message argument %" G_GSIZE_FORMAT ": ", i + 1);
        return NULL;
      }
  return g_steal_pointer (&content);
}
