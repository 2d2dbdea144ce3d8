/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: transport: a sendmail-compatible command gets the envelope as arguments and the message on its
 * standard input, with LF line ends. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MimesendProgram MimesendProgram;

/* Error ARGUMENT: no such program, or it cannot be run; CONNECT: for want of memory or processes.
 * argv + "-i" "-f" reverse-path "--" recipients. No shell; the environment without secrets; descriptors
 * closed. */
MimesendProgram *mimesend_program_start (const char *const *argv,
                                         const char *reverse_path,
                                         const char *const *recipients,
                                         GError **error);

/* Kills what still runs: a message cut short is never ended politely. What was under way ends in the context
 * of start () at its next turn. */
void mimesend_program_free (MimesendProgram *self);

/* The writing end, non-blocking; −1 after end (). */
int mimesend_program_get_fd (MimesendProgram *self);
void mimesend_program_end (MimesendProgram *self); /* closes its standard input: the end of the message */

/* Its standard output and error, gathered (at most 16 KiB, made valid UTF-8), and how it ended: its exit
 * status, or 128 and the signal. Error: G_IO_ERROR_CANCELLED alone. Success is 0 *and* every octet written. */
void mimesend_program_wait_async (MimesendProgram *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean mimesend_program_wait_finish (
    MimesendProgram *self, GAsyncResult *result, int *exit_status, char **output, GError **error);

G_END_DECLS
