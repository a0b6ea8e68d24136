import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

/** A listening proxy. */
export interface AuthorizingProxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A proxy on loopback that adds an access token to each request, for a client that cannot sign in. All other headers,
 * Host and Origin among them, are passed on; bodies are streamed both ways, and an abort on one side aborts the other.
 */
export async function startAuthorizingProxy(
  target: { readonly host: string; readonly port: number },
  accessToken: string,
): Promise<AuthorizingProxy> {
  const server = createServer((incoming, outgoing) => {
    const upstream = httpRequest({
      ...target,
      path: incoming.url,
      method: incoming.method,
      headers: { ...incoming.headers, authorization: `Bearer ${accessToken}` },
      agent: false,
    });
    outgoing.on("close", () => upstream.destroy());
    upstream.on("error", () => outgoing.destroy());
    upstream.on("response", (response) => {
      outgoing.writeHead(response.statusCode!, response.headers);
      outgoing.flushHeaders();
      pipeline(response, outgoing).catch(() => outgoing.destroy());
    });
    pipeline(incoming, upstream).catch(() => upstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
