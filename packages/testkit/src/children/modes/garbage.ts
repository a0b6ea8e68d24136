import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

const garbageLines: readonly Uint8Array[] = [
  "Starting up …",
  "",
  "{",
  "null",
  "[]",
  "true",
  '{"jsonrpc":"2.0"}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"panic"}}',
  '{"jsonrpc":"2.0","id":999999,"result":{}}',
  '{"jsonrpc":"1.0","id":999999,"result":{}}',
  '{"result":{},"id":999999}',
  '{"jsonrpc":"2.0","method":7}',
  "\u0000\u0007\u001b[31m",
]
  .map((line) => Buffer.from(`${line}\n`))
  .concat(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 10]), Buffer.from("\r\n"));

export function garbage(only: boolean): void {
  const handle = stubHandler("garbage");
  serveStdio((server, message) => {
    for (const line of garbageLines) server.raw(line);
    return only ? undefined : handle(server, message);
  });
}
