#!/usr/bin/perl
# The stdio MCP child of the benchmark: as fast as a child can be without a compiler on the machine. It responds
# initialize, tools/list and tools/call ("small", or "large" with 64 KB of text); one write per read.
use strict;
use warnings;

my $large = '{"content":[{"type":"text","text":"' . ("x" x 65_536) . '"}]}';
my $small = '{"content":[{"type":"text","text":"pong"}]}';
my $tools = '{"tools":[{"name":"small","inputSchema":{"type":"object"}},{"name":"large","inputSchema":{"type":"object"}}]}';
my $hello = '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1.0.0"}}';

my $input = "";
while (sysread(STDIN, $input, 262_144, length $input)) {
    my $output = "";
    while ($input =~ /\G([^\n]*)\n/gc) {
        my $line = $1;
        my ($id, $method) = $line =~ /^\{"jsonrpc":"2\.0","id":(\d+),"method":"([^"]+)"/ or next;
        my $result =
            $method eq "tools/call" ? (index($line, '"name":"large"') > 0 ? $large : $small)
          : $method eq "tools/list" ? $tools
          : $method eq "initialize" ? $hello
          :                           "{}";
        $output .= qq({"jsonrpc":"2.0","id":$id,"result":$result}\n);
    }
    $input = substr($input, pos($input) // 0);
    my $written = 0;
    while ($written < length $output) {
        $written += syswrite(STDOUT, $output, length($output) - $written, $written) // exit 1;
    }
}
