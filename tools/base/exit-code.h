/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exit codes (sysexits.h, and two more). */
#pragma once

#include <libmimesend/mimesend.h>

typedef enum
{
  EXIT_CODE_OK = 0,
  EXIT_CODE_USAGE = 64,       /* bad arguments */
  EXIT_CODE_BAD_DATA = 65,    /* a bad address, header, charset, text */
  EXIT_CODE_NO_INPUT = 66,    /* a local input cannot be read, or failed in the middle */
  EXIT_CODE_RECIPIENTS = 67,  /* at least one recipient was refused permanently */
  EXIT_CODE_NO_HOST = 68,     /* the server's name does not exist */
  EXIT_CODE_UNAVAILABLE = 69, /* refused permanently, but not because of a recipient */
  EXIT_CODE_SOFTWARE = 70,    /* a bug */
  EXIT_CODE_NO_OUTPUT = 73,   /* standard output cannot be written */
  EXIT_CODE_IN_DOUBT = 74,    /* the server may have the message: sending again may send it twice */
  EXIT_CODE_TEMPORARY = 75,   /* no recipient has the message: safe to repeat */
  EXIT_CODE_PROTOCOL = 76,    /* TLS, or a reply that is no SMTP */
  EXIT_CODE_LOGIN = 77,       /* credentials refused, missing, or not to be sent in the clear */
  EXIT_CODE_CONFIG = 78,      /* no server or no sender is known, or a configuration file is wrong */
  EXIT_CODE_SOME_LATER = 79   /* some have it, the rest were deferred: repeat for the rest alone */
} ExitCode;

ExitCode exit_code_of (MimesendReceipt *receipt, const GError *error);
