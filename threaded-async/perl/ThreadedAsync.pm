# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# The library for Perl, whose functions cannot leave their thread, and are refused where they would.

package ThreadedAsync;

use strict;
use utf8;
use warnings;

use Carp;
use Glib::Object::Introspection;

Glib::Object::Introspection->setup (basename => 'Gio', version => '2.0', package => 'Glib::IO')
  unless Glib::IO::Cancellable->can ('new');
Glib::Object::Introspection->setup (
  basename => 'ThreadedAsync', version => '1', package => 'ThreadedAsync');

foreach my $name (qw(create_task call_in_loop call_in_loop_async)) {
  no strict 'refs';
  no warnings 'redefine';

  my $raw = \&{"ThreadedAsync::Runner::$name"};

  *{"ThreadedAsync::Runner::$name"} = sub {
    my ($self) = @_;

    croak "$name: runner “" . $self->get_name . '” runs in another thread, in which functions of '
        . 'Perl cannot run. Use ThreadedAsync::Runner::get_default() for functions, or have the '
        . 'runner call a method that blocks: call_method_async()'
      unless $self->is_in_loop;
    goto &$raw;
  };
}

1;
