/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of this tool, of the extension and the stand-alone program alike. */
#ifndef MCD_VERSION_H
#define MCD_VERSION_H

#define MCD_VERSION "0.1"

#endif
