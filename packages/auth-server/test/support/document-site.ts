import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket, type AddressInfo } from "node:net";
import { redirectUri } from "./client.ts";

type Respond = (req: IncomingMessage, res: ServerResponse) => void;

/** A web server with TLS on which clients publish their documents, in the network of `runInOwnNetwork`. */
export interface DocumentSite {
  readonly port: number;
  /** Requests by path. */
  readonly requests: Map<string, number>;
  /** The address of this site that each connection was made to, with or without a TLS handshake. */
  readonly connectedTo: readonly string[];
  /** What is under a path, until it is set anew; 404 elsewhere. */
  readonly paths: Map<string, Respond>;
  /** Publishes a document with these members and returns its URL. With `null` as its type it has no Content-Type. */
  publish(path: string, more?: Record<string, unknown>, type?: string | null): string;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/** `host` is the name in the URLs of documents. Listens on all addresses of the network, unless `address` is given. */
export async function startDocumentSite(host: string, address = "::"): Promise<DocumentSite> {
  const tls = process.env.FJMCP_TEST_TLS!;
  const requests = new Map<string, number>();
  const paths = new Map<string, Respond>();
  const server: Server = createServer(
    { key: readFileSync(`${tls}.key`), cert: readFileSync(`${tls}.crt`) },
    (req, res) => {
      const path = req.url ?? "";
      requests.set(path, (requests.get(path) ?? 0) + 1);
      const respond = paths.get(path);
      if (respond === undefined) res.writeHead(404).end();
      else respond(req, res);
    },
  );
  const connectedTo: string[] = [];
  server.on("connection", (socket) => {
    if (socket instanceof Socket) connectedTo.push(socket.localAddress!.replace("::ffff:", ""));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    connectedTo,
    paths,
    publish(path, more = {}, type = "application/json") {
      const url = `https://${host}:${port}${path}`;
      const document = {
        client_id: url,
        client_name: "Documented",
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "none",
        ...more,
      };
      paths.set(path, (_req, res) => {
        res.writeHead(200, type === null ? {} : { "content-type": type }).end(JSON.stringify(document));
      });
      return url;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
