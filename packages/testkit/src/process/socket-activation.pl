# Stands for systemd: listens on unix sockets and runs a command that inherits them (sd_listen_fds(3)), again whenever
# it exits. HUP sends it SIGTERM, USR1 SIGKILL, TERM ends both.
#   perl socket-activation.pl NAME=PATH... -- COMMAND...
use strict;
use warnings;
use Fcntl qw(F_SETFD);
use POSIX qw(dup2 :sys_wait_h);
use Socket;

my (@sockets, @names);
while (defined(my $argument = shift @ARGV)) {
  last if $argument eq "--";
  my ($name, $path) = split /=/, $argument, 2;
  unlink $path;
  socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
  bind($socket, pack_sockaddr_un($path)) or die "bind $path: $!";
  listen($socket, 4096) or die "listen $path: $!";
  push @sockets, $socket;
  push @names, $name;
}

my ($child, $ending);
$SIG{HUP} = sub { kill "TERM", $child if $child };
$SIG{USR1} = sub { kill "KILL", $child if $child };
$SIG{TERM} = sub { $ending = 1; kill "TERM", $child if $child };

until ($ending) {
  $child = fork() // die "fork: $!";
  if ($child == 0) {
    # Each is at its place or above: perl itself has opened some.
    for my $index (0 .. $#sockets) {
      my $fd = 3 + $index;
      if (fileno($sockets[$index]) == $fd) { fcntl($sockets[$index], F_SETFD, 0) }
      else { dup2(fileno($sockets[$index]), $fd) }
    }
    @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, scalar @sockets, join ":", @names);
    exec @ARGV or die "exec: $!";
  }
  while (waitpid($child, 0) == -1 && $!{EINTR}) { }
}
