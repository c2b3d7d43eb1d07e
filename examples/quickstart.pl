#!/usr/bin/env perl
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

use strict;
use warnings;

use Glib;
use ThreadedAsync;

# Functions of Perl cannot leave their thread. So the task runs on the runner that is attached to the
# main context, in the main thread.

use constant FOREVER => -1;

my $loop = Glib::MainLoop->new;

sub think {
  my ($task) = @_;
  my $promise = $task->take_promise;

  ThreadedAsync::sleep_async (500_000, $promise->get_cancellable, sub {
    my (undef, $result) = @_;

    eval { ThreadedAsync::sleep_finish ($result); $promise->return_int (42); 1 }
      or $promise->return_failed ($@->message);
  });
}

my $task = ThreadedAsync::Runner::get_default ()->create_task (\&think);

$task->wait_async (FOREVER, undef, sub {
  my (undef, $result) = @_;

  eval {
    my (undef, $answer) = $task->wait_finish ($result);
    print "The answer is $answer\n";
    1;
  } or warn 'quickstart: ' . $@->message . "\n";
  $loop->quit;
});
$loop->run;
