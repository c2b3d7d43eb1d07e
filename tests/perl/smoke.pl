# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# What can be done from Perl, and that what can't is refused. The names are those of the table in
# docs/bindings.md.

use strict;
use utf8;
use warnings;

use Glib;
use ThreadedAsync;

Glib::Object::Introspection->setup (basename => 'TaProbe', version => '1', package => 'TaProbe');

use constant N => 100_000;
use constant N_CALLS => 9_000;
use constant FOREVER => -1;

my $main = ThreadedAsync::Runner::get_default ();
my ($n_tests, $failed) = (0, 0);

binmode STDOUT, ':utf8';
$| = 1;
TaProbe::mark_thread ();

sub int_value { Glib::Object::Introspection::GValueWrapper->new ('Glib::Int', $_[0]) }
sub string_value { Glib::Object::Introspection::GValueWrapper->new ('Glib::String', $_[0]) }

sub report {
  my ($ok, $name, $message) = @_;

  $n_tests++;
  $failed ||= !$ok;
  print $ok ? 'ok' : 'not ok', " $n_tests - $name\n";
  print '# ', $message // '', "\n" unless $ok;
}

# Runs a test, which calls its first argument in the main loop when it is done.
sub test {
  my ($name, $func) = @_;
  my $loop = Glib::MainLoop->new;
  my $over = 0;
  my $done = sub {
    return if $over;
    $over = 1;
    report ($_[0], $name, $_[1]);
    $loop->quit;
  };
  my $timer = Glib::Timeout->add (180_000, sub { $done->(0, 'it is not done after three minutes'); 0 });

  eval { $func->($done); 1 } or $done->(0, $@);
  $loop->run unless $over;
  Glib::Source->remove ($timer);
}

# What a finish function returns, after a boolean.
sub value_of { $_[-1] }

test ('quick start', sub {
  my ($done) = @_;
  my $task = $main->create_task (sub {
    my $promise = $_[0]->take_promise;

    ThreadedAsync::sleep_async (10_000, $promise->get_cancellable, sub {
      my $result = $_[1];

      eval { ThreadedAsync::sleep_finish ($result); $promise->return_int (42); 1 }
        or $promise->return_failed ("$@");
    });
  });

  $task->wait_async (FOREVER, undef, sub {
    my $result = $_[1];

    $done->(value_of ($task->wait_finish ($result)) == 42);
  });
});

test ('worker queue', sub {
  my ($done) = @_;
  my ($inward, $outward) = (ThreadedAsync::Queue->new (0), ThreadedAsync::Queue->new (0));
  my ($work, $read, @seen);

  $work = sub {
    $inward->get_async (FOREVER, undef, sub {
      my $result = $_[1];
      my $number = eval { value_of ($inward->get_finish ($result)) };

      return $outward->close unless defined $number;
      $outward->try_put (int_value ($number + 1));
      $work->();
    });
  };
  $read = sub {
    $outward->get_async (FOREVER, undef, sub {
      my $result = $_[1];
      my $number = eval { value_of ($outward->get_finish ($result)) };

      return $done->("@seen" eq '1 2 3 4 5 6 7 8 9 10', "@seen") unless defined $number;
      push @seen, $number;
      $read->();
    });
  };

  $main->create_task (sub { $_[0]->take_promise->return_boolean (1); $work->() });
  $read->();
  $inward->try_put (int_value ($_)) for 0 .. 9;
  $inward->close;
});

test ('call', sub {
  my ($done) = @_;
  my $runner = ThreadedAsync::Runner->new ('caller');

  $runner->start;
  $runner->call_method_async (string_value ('GLib'), 'compute_checksum_for_string',
    [int_value (2), string_value ('abc'), int_value (-1)], FOREVER, undef, sub {
    my $result = $_[1];
    my $sum = eval { value_of ($runner->call_method_finish ($result)) } // $@;

    $runner->stop (FOREVER, undef);
    $done->($sum eq 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', $sum);
  });
});

test ('control inversion', sub {
  my ($done) = @_;
  my $server = ThreadedAsync::Server->new ('server');
  my $client = ThreadedAsync::Client->new ($server, $main);

  $server->signal_connect ('handle-request' => sub {
    my $request = $_[1];

    $request->take_promise->return_int (value_of ($request->get_arg (0)) + 1);
    return 1;
  });
  $client->execute_async ('increment', [int_value (3)], undef, FOREVER, undef, sub {
    my $result = $_[1];

    $done->(value_of ($client->execute_finish ($result)) == 4);
  });
  $server->process (1_000_000, undef);
});

test ('a function in another thread is refused', sub {
  my ($done) = @_;
  my $runner = ThreadedAsync::Runner->new ('threaded');
  my $n_refused = 0;

  $runner->start;
  eval { $runner->create_task (sub { }) };
  $n_refused++ if $@ =~ /runner “threaded” runs in another thread/;
  eval { $runner->call_in_loop (sub { }, undef, FOREVER, undef) };
  $n_refused++ if $@ =~ /runner “threaded” runs in another thread/;
  $runner->stop (FOREVER, undef);
  $done->($n_refused == 2, "$n_refused were refused");
});

test ('errors', sub {
  my ($done) = @_;

  eval { ThreadedAsync::Queue->new (0)->try_get };
  $done->(ref $@ && $@->domain eq 'g-io-error-quark' && $@->value eq 'would-block', $@);
});

test ('a flood from four threads', sub {
  my ($done) = @_;
  my ($queue, $event) = (ThreadedAsync::Queue->new (256), ThreadedAsync::Event->new);
  my ($elsewhere, $n, $sum, $last_set) = (0, 0, 0, 0);
  my (%count, $read);
  my $see = sub {
    $count{$_[0]}++;
    $elsewhere++ unless TaProbe::is_marked_thread ();
  };
  TaProbe::add_call (sub { $see->('called') }) for 1 .. N_CALLS;

  my $task = $main->create_task (sub {
    TaProbe::flood ($queue, $event, $_[0]->take_promise, N);
  });
  my $check = sub {
    return if $n < TaProbe::get_n_flooded () || !$count{done} || !$count{closed} || ($task->get ('status') // '') ne 'over';
    Glib::Idle->add (sub {
      $done->($elsewhere == 0 && TaProbe::get_n_destroyed_elsewhere () == 0
          && TaProbe::get_n_destroyed () == N_CALLS && TaProbe::get_n_called () == $count{called}
          && $count{called} >= N_CALLS * 2 / 3 && $n > 256
          && $n == TaProbe::get_n_flooded () && $sum == $n * ($n - 1) / 2 && $count{done} == 1
          && $count{closed} == 1 && $count{progress} && $count{set} && $count{items} && $last_set,
        "$elsewhere elsewhere, $n items, $count{called} calls, " . TaProbe::get_n_destroyed ());
      return 0;
    });
  };

  $event->signal_connect ('notify::is-set' => sub {
    $see->('set');
    $last_set = $event->get_is_set;
  });
  $queue->signal_connect ('items-available' => sub { $see->('items') });
  $queue->signal_connect ('space-available' => sub { $see->('space') });
  $queue->signal_connect ('notify::closed' => sub { $see->('closed'); $check->() });
  $task->signal_connect ('notify::progress' => sub { $see->('progress') });
  $task->signal_connect ('notify::status' => sub { $see->('status'); $check->() });
  $task->signal_connect ('notify::done' => sub { $see->('done'); $check->() });
  $read = sub {
    $queue->get_async (FOREVER, undef, sub {
      my $result = $_[1];
      my $number = eval { value_of ($queue->get_finish ($result)) };

      $see->('got');
      return $check->() unless defined $number;
      $n++;
      $sum += $number;
      $read->();
    });
  };
  $read->();
});

print "1..$n_tests\n";
exit ($failed ? 1 : 0);
