import { z } from "zod";
import { fitsSocketAddress, longestSocketPathBytes } from "../net/socket-path.ts";
import type { Secret } from "./secret.ts";

const unix = "unix:";

/** `unix:/path`, or a URL without credentials. */
export function redisAddress() {
  return z
    .string()
    .refine(isAddress, {
      message:
        "must be unix:/path/of/redis.sock, or redis://host:port or rediss://host:port without credentials",
    })
    .refine((text) => !text.startsWith(unix) || fitsSocketAddress(text.slice(unix.length)), {
      message: `must be shorter: the path of a unix socket has ${longestSocketPathBytes} bytes at most`,
    });
}

function isAddress(text: string): boolean {
  return /^unix:\/./.test(text) || (/^rediss?:\/\/[^/@?#]+$/.test(text) && URL.canParse(text));
}

/** A Redis and the user of one daemon in it. */
export interface RedisEndpoint {
  /** Connection options for ioredis, without the credentials. */
  readonly address:
    | { readonly path: string }
    | { readonly host: string; readonly port: number; readonly tls?: object };
  readonly username: string;
  readonly password: Secret;
}

/** The endpoint at an address that `redisAddress` accepts. */
export function redisEndpoint(
  address: string,
  credentials: Pick<RedisEndpoint, "username" | "password">,
): RedisEndpoint {
  return { address: addressOf(address), ...credentials };
}

function addressOf(text: string): RedisEndpoint["address"] {
  if (text.startsWith(unix)) return { path: text.slice(unix.length) };
  const url = new URL(text);
  // The brackets of an IPv6 address belong to the URL, not to the address.
  const tcp = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 6379) };
  return url.protocol === "rediss:" ? { ...tcp, tls: {} } : tcp;
}
