/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: transport: a sendmail-compatible command gets the envelope as arguments and the message on its
 * standard input, with LF line ends. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MimesendProgram MimesendProgram;

/* Starts the program. Error ARGUMENT: no such program, or it cannot be run; CONNECT: lack of memory or processes. argv +
 * "-i" "-f" reverse-path "--" recipients. No shell; the environment without secrets; descriptors closed. */
MimesendProgram *mimesend_program_start (const char *const *argv,
                                         const char *reverse_path,
                                         const char *const *recipients,
                                         GError **error);

/* Kills the program if it still runs, so that it never takes an incomplete message for a complete one. A pending wait
 * completes in the context of start () at its next iteration. */
void mimesend_program_free (MimesendProgram *self);

/* The writing end, non-blocking; −1 after end (). */
int mimesend_program_get_fd (MimesendProgram *self);
void mimesend_program_end (MimesendProgram *self); /* closes its standard input: the end of the message */

/* Waits for the exit. The result is the standard output and error (at most 16 KiB, made valid UTF-8) and the exit status,
 * or 128 and the signal. Error: G_IO_ERROR_CANCELLED alone. Success is 0 *and* every octet written. */
void mimesend_program_wait_async (MimesendProgram *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean mimesend_program_wait_finish (
    MimesendProgram *self, GAsyncResult *result, int *exit_status, char **output, GError **error);

G_END_DECLS
