#!/usr/bin/perl
# The stdio MCP child of the benchmark: as fast as a child can be without a compiler on the machine. It responds
# initialize, tools/list (60 KB) and tools/call: "small", "large" with 64 KB of text, "steps" with ten notifications of
# progress before the result. One write per read.
use strict;
use warnings;

my $large = '{"content":[{"type":"text","text":"' . ("x" x 65_536) . '"}]}';
my $small = '{"content":[{"type":"text","text":"pong"}]}';
my $tools = '{"tools":[' . join(",", map { tool($_) } "small", "large", "steps", map { "tool_$_" } 1 .. 97) . ']}';
my $hello = '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1.0.0"}}';

sub tool {
    my ($name) = @_;
    my $description = "What the tool does, in a few sentences that a model reads. " x 6;
    my $schema = '{"type":"object","properties":{"owner":{"type":"string","description":"The owner of the repository"}}}';
    return qq({"name":"$name","description":"$description","inputSchema":$schema});
}

sub progress {
    my ($line) = @_;
    my ($token) = $line =~ /"progressToken":(\d+)/ or return "";
    return join "", map {
        qq({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":$token,"progress":$_,"total":10}}\n)
    } 1 .. 10;
}

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
        $output .= progress($line) if $method eq "tools/call" && index($line, '"name":"steps"') > 0;
        $output .= qq({"jsonrpc":"2.0","id":$id,"result":$result}\n);
    }
    $input = substr($input, pos($input) // 0);
    my $written = 0;
    while ($written < length $output) {
        $written += syswrite(STDOUT, $output, length($output) - $written, $written) // exit 1;
    }
}
