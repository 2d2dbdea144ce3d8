/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/asked.h"

gboolean
options_is_raw (const Options *self)
{
  return self->messages->len > 0;
}

const char *
config_get_unused (const Config *self)
{
  return self->unused != NULL ? self->unused->str : "";
}
