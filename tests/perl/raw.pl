# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# Without our part for Perl, functions that would run in another thread are refused all the same.

use strict;
use utf8;
use warnings;

use Glib::Object::Introspection;

Glib::Object::Introspection->setup (basename => 'Gio', version => '2.0', package => 'Glib::IO');
Glib::Object::Introspection->setup (
  basename => 'ThreadedAsync', version => '1', package => 'ThreadedAsync');

use constant FOREVER => -1;

my $loop = Glib::MainLoop->new;
my $runner = ThreadedAsync::Runner->new ('threaded');
my $n_refused = 0;

sub check {
  my ($action) = @_;

  eval { $action->(); 1 } and return;
  $n_refused++
    if ref $@ && $@->value eq 'wrong-thread' && $@ =~ /runner “threaded” runs in another thread/;
}

print "1..1\n";
$runner->start;
check (sub { $runner->create_task (sub { }) });
check (sub { $runner->call_in_loop (sub { }, undef, FOREVER, undef) });
$runner->call_in_loop_async (sub { }, undef, FOREVER, undef, sub {
  my $result = $_[1];

  check (sub { $runner->call_in_loop_finish ($result) });
  $loop->quit;
});
$loop->run;
$runner->stop (FOREVER, undef);
print $n_refused == 3 ? 'ok' : 'not ok', " 1 - a function in another thread is refused\n";
exit ($n_refused == 3 ? 0 : 1);
