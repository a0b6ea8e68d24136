import { z } from "zod";
import type { Secret } from "./secret.ts";
import { secretFile } from "./environment.ts";

/** The three variables that name a daemon's Redis and its ACL user. */
export const redisEnvironment = {
  FJMCP_REDIS: z.string().refine(isAddress, {
    message:
      "must be unix:/path/of/redis.sock, or redis://host:port or rediss://host:port without credentials",
  }),
  FJMCP_REDIS_USERNAME: z.string(),
  FJMCP_REDIS_PASSWORD_FILE: secretFile(),
};

function isAddress(text: string): boolean {
  return /^unix:\/./.test(text) || (/^rediss?:\/\/[^/@?#]+$/.test(text) && URL.canParse(text));
}

export interface RedisEndpoint {
  /** Connection options for ioredis, without the credentials. */
  readonly address:
    | { readonly path: string }
    | { readonly host: string; readonly port: number; readonly tls?: object };
  readonly username: string;
  readonly password: Secret;
}

export function redisEndpoint(env: {
  FJMCP_REDIS: string;
  FJMCP_REDIS_USERNAME: string;
  FJMCP_REDIS_PASSWORD_FILE: Secret;
}): RedisEndpoint {
  return {
    address: addressOf(env.FJMCP_REDIS),
    username: env.FJMCP_REDIS_USERNAME,
    password: env.FJMCP_REDIS_PASSWORD_FILE,
  };
}

function addressOf(text: string): RedisEndpoint["address"] {
  if (text.startsWith("unix:")) return { path: text.slice("unix:".length) };
  const url = new URL(text);
  // The brackets of an IPv6 address belong to the URL, not to the address.
  const tcp = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 6379) };
  return url.protocol === "rediss:" ? { ...tcp, tls: {} } : tcp;
}
