import { isIPv4 } from "node:net";
import { z } from "zod";

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}
export type ListenAddress = { readonly path: string } | TcpAddress;

/** `unix:/run/…/name.sock`, or `127.0.0.1:8080` (loopback only: a reverse proxy stands in front). */
export function listenAddress() {
  return z.string().transform((text, context): ListenAddress => {
    const unix = /^unix:(\/.+)$/.exec(text)?.[1];
    const address = unix === undefined ? parseLoopback(text) : { path: unix };
    if (address !== undefined) return address;
    context.addIssue({
      code: "custom",
      message: "must be unix:/absolute/path or a loopback address such as 127.0.0.1:8080",
    });
    return z.NEVER;
  });
}

/** A TCP port of a loopback address. */
export function loopbackAddress() {
  return z.string().transform((text, context): TcpAddress => {
    const address = parseLoopback(text);
    if (address !== undefined) return address;
    context.addIssue({
      code: "custom",
      message: "must be a port of a loopback address, such as 127.0.0.1:9464 or [::1]:9464",
    });
    return z.NEVER;
  });
}

function parseLoopback(text: string): TcpAddress | undefined {
  const [, host, port] = /^(127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65535) return undefined;
  if (host.startsWith("127.") && !isIPv4(host)) return undefined;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
