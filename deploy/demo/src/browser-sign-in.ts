import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { SignIn } from "./sign-in.ts";

/** Prints the authorize URL and waits until the user's browser is redirected to a listener on loopback. */
export async function browserSignIn(print: (line: string) => void): Promise<SignIn> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const redirectUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const redirected = nextRedirect(server, redirectUrl);
  return {
    redirectUrl,
    async consent(authorizeUrl) {
      print(
        `\nOpen this in your browser, and sign in:\n\n  ${authorizeUrl.href}\n\n` +
          "If your browser ends at a 127.0.0.1 address that does not open, it runs on another machine.\n" +
          "Then run on this one:  curl 'THAT ADDRESS'\n\nWaiting for you …",
      );
      await redirected;
      return { value: undefined, text: "you chose what the client may do, and allowed access" };
    },
    async login() {
      return { value: await redirected, text: "you signed in at Forgejo and came back with a code" };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function nextRedirect(server: Server, redirectUrl: string): Promise<URL> {
  return new Promise((resolve) => {
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", redirectUrl);
      const isRedirect = url.pathname === "/callback";
      response.writeHead(isRedirect ? 200 : 404, { "content-type": "text/plain; charset=utf-8" });
      response.end(
        isRedirect ? "Thank you. You can close this window and go back to the demo.\n" : "Not here.\n",
      );
      if (isRedirect) resolve(url);
    });
  });
}
