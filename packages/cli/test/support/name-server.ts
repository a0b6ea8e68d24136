import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Test } from "tap";

/** The type of a record (RFC 1035 §3.2.2, RFC 3596 §2.1). */
const recordTypes = { ipv4: 1, ipv6: 28 } as const;

/** A name server for which every name has these addresses, given as bytes; resolves with its own address. */
export async function startNameServer(
  t: Test,
  addresses: Readonly<Partial<Record<keyof typeof recordTypes, readonly number[]>>>,
  port = 0,
): Promise<string> {
  const known = new Map(
    Object.entries(addresses).map(([family, bytes]) => [
      recordTypes[family as keyof typeof recordTypes] as number,
      bytes,
    ]),
  );
  const server = createSocket("udp4");
  server.on("message", (query, client) => {
    // RFC 1035 §4: a header of 12 bytes, the name, its type and class; the answer refers to the name by its offset.
    const endOfQuestion = query.indexOf(0, 12) + 5;
    const type = query.readUInt16BE(endOfQuestion - 4);
    const bytes = known.get(type);
    const head = [query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, bytes === undefined ? 0 : 1, 0, 0, 0, 0];
    const answer =
      bytes === undefined ? [] : [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes];
    const question = query.subarray(12, endOfQuestion);
    server.send([Buffer.from(head), question, Buffer.from(answer)], client.port, client.address);
  });
  server.bind(port, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return `127.0.0.1:${server.address().port}`;
}
