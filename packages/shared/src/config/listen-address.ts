import { z } from "zod";

export type ListenAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** `unix:/run/…/name.sock`, or `127.0.0.1:8080` (loopback only: a reverse proxy stands in front). */
export function listenAddress() {
  return z.string().transform((text, context): ListenAddress => {
    const unix = /^unix:(\/.+)$/.exec(text)?.[1];
    if (unix !== undefined) return { path: unix };
    const tcp = /^(127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})$/.exec(text);
    if (tcp?.[1] !== undefined && Number(tcp[2]) <= 65535) {
      return { host: tcp[1].replace(/^\[|\]$/g, ""), port: Number(tcp[2]) };
    }
    context.addIssue({
      code: "custom",
      message: "must be unix:/absolute/path or a loopback address such as 127.0.0.1:8080",
    });
    return z.NEVER;
  });
}
