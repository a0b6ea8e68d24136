import { createSocket } from "node:dgram";
import { once } from "node:events";
import ipaddr from "ipaddr.js";

const typeOf = { ipv4: 1, ipv6: 28 } as const;
const headerBytes = 12;

/** The DNS server of a test, in the network of `runInOwnNetwork`. */
export interface DnsServer {
  /** How often a name was asked for. */
  lookups(name: string): number;
  close(): Promise<void>;
}

/**
 * Answers for names (RFC 1035 §4) at 127.0.0.1 with addresses that nobody may keep: the first lookup of a name gets the first
 * list of addresses, the next one the second, and all after the last list that one again.
 */
export async function startDnsServer(
  names: Readonly<Record<string, readonly (readonly string[])[]>>,
): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const counts = new Map<number, Map<string, number>>();
  const countOf = (type: number, name: string) => counts.get(type)?.get(name) ?? 0;

  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    const count = countOf(type, name);
    counts.set(type, new Map(counts.get(type)).set(name, count + 1));
    const lists = names[name] ?? [];
    const addresses = (lists[count] ?? lists.at(-1) ?? [])
      .map((one) => ipaddr.parse(one))
      .filter((one) => typeOf[one.kind()] === type);
    const header = Buffer.from(query.subarray(0, headerBytes));
    // An authoritative response, with the one question and no additional records.
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8);
    const answers = addresses.map((one) => answerOf(type, one.toByteArray()));
    socket.send(Buffer.concat([header, query.subarray(headerBytes, end), ...answers]), port, address);
  });
  socket.bind(53, "127.0.0.1");
  await once(socket, "listening");

  return {
    lookups: (name) => countOf(typeOf.ipv4, name),
    async close() {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

function questionOf(query: Buffer) {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** A record of the question's name, with a lifetime of 0. */
function answerOf(type: number, address: readonly number[]): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc000 + headerBytes, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(address.length, 10);
  return Buffer.concat([record, Buffer.from(address)]);
}
