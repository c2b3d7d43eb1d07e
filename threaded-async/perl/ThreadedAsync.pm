# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# The library for Perl.

package ThreadedAsync;

use strict;
use warnings;

use Glib::Object::Introspection;

Glib::Object::Introspection->setup (basename => 'Gio', version => '2.0', package => 'Glib::IO')
  unless Glib::IO::Cancellable->can ('new');
Glib::Object::Introspection->setup (
  basename => 'ThreadedAsync', version => '1', package => 'ThreadedAsync');

1;
