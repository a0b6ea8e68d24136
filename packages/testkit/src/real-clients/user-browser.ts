import { chmod, mkdir, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ScriptedUser } from "../scripted-user/scripted-user.ts";

/** What a user needs to read a page, longer than a client waits before it connects a stream again. */
const readingMs = 3_000;

/** The browser of one user, which clients open with an authorize URL; the user allows what is asked. */
export class UserBrowser {
  readonly #user: ScriptedUser;
  #signIns = 0;
  #failure: Error | undefined;
  #server: Server | undefined;

  constructor(user: ScriptedUser) {
    this.#user = user;
  }

  /** How often a client has got the user to sign in. */
  get signIns(): number {
    return this.#signIns;
  }

  get userName(): string {
    return this.#user.name;
  }

  /** What a page showed instead of what the user expected; undefined while all went well. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Signs in, allows, and resolves with the redirect to the client, which is not followed. */
  async signIn(authorizeUrl: string | URL): Promise<URL> {
    this.#signIns += 1;
    await sleep(readingMs);
    const redirectUri = new URL(authorizeUrl).searchParams.get("redirect_uri") ?? "";
    try {
      return await this.#user.signInAndAllow(authorizeUrl, { stopAt: redirectUri });
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** Confirms the code that a link has filled in (RFC 8628 §3.3.1), signs in and allows: the device goes on by itself. */
  async connectDevice(filledIn: string): Promise<void> {
    this.#signIns += 1;
    try {
      const page = await this.#user.visit(filledIn);
      const { url } = await page.confirm("Continue");
      await this.#user.signInAndAllow(url, { stopAt: (end) => end.pathname === url.pathname });
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** As `signIn`, and delivers the redirect to the client, which listens on loopback. */
  async open(authorizeUrl: string): Promise<void> {
    await fetch(await this.signIn(authorizeUrl));
  }

  /**
   * Writes programs into `dir` that clients start to open a browser (`xdg-open`, and what BROWSER names). Resolves with
   * the environment of such a client.
   */
  async programs(dir: string): Promise<Record<string, string>> {
    const server = createServer((request, response) => {
      void text(request).then((url) => this.open(url).catch(() => undefined));
      response.end();
    });
    this.#server = server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await mkdir(dir, { recursive: true });
    const program = join(dir, "xdg-open");
    const script = `fetch("${address}", { method: "POST", body: process.argv[1] })`;
    await writeFile(program, `#!/bin/sh\nexec env -u NODE_OPTIONS ${process.execPath} -e '${script}' "$1"\n`);
    await chmod(program, 0o755);
    return { PATH: `${dir}:${process.env.PATH}`, BROWSER: program };
  }

  /** No program can open it any more. */
  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}
