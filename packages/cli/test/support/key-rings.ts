import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { request } from "@fjmcp/testkit/mcp-client/http-client";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { adminWorkersResponse, listKeysResponse } from "@fjmcp/shared/ipc/admin";
import { runCli } from "./run-cli.ts";
import { stubPrograms } from "./stub-programs.ts";

export const ringNames = ["cookie", "vault", "derivation"] as const;

export type KeyRings = Awaited<ReturnType<typeof startWithKeyRings>>;

/** A stack whose key rings are the files of an installation, on which the command line works. */
export async function startWithKeyRings(t: Test) {
  const root = temporaryDirectory(t);
  const credentials = join(root, "etc/fjmcp/credentials");
  mkdirSync(credentials, { recursive: true, mode: 0o700 });
  const file = (ring: string) => join(credentials, `${ring}-key`);
  for (const ring of ringNames)
    writeFileSync(file(ring), `${randomBytes(48).toString("base64url")}\n`, { mode: 0o600 });

  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    authServer: {
      FJMCP_VAULT_KEY_FILE: file("vault"),
      FJMCP_COOKIE_KEY_FILE: file("cookie"),
      FJMCP_DERIVATION_KEY_FILE: file("derivation"),
    },
  });
  t.teardown(() => stack.close());
  const programs = stubPrograms(temporaryDirectory(t));
  const admin = { socketPath: stack.sockets.admin };

  const keys = async () =>
    listKeysResponse.parse((await request(admin, { method: "GET", path: "/keys" })).json).keys;

  /** Ends the auth-server, which starts again, and waits until it has. */
  async function restart(): Promise<void> {
    const before = stack.authServer.pid;
    await stack.authServer.kill("SIGTERM");
    const isBack = async () => stack.authServer.pid !== before && (await keys()).length > 0;
    await waitUntil("the auth-server should be back", isBack, { timeoutMs: 60_000 });
  }

  /** Ends all workers, so that the next call needs the vault. */
  async function endWorkers(): Promise<void> {
    const { json } = await request(admin, { method: "GET", path: "/workers" });
    const passed = adminWorkersResponse.parse(json);
    if (passed.status !== "ok") throw new Error(passed.reason);
    for (const { pid } of passed.response.workers)
      await request(admin, {
        path: "/workers/end",
        headers: { "content-type": "application/json" },
        body: `{"pid":${pid}}`,
      });
  }

  return {
    forgejo,
    stack,
    programs,
    file,
    keys,
    restart,
    endWorkers,
    /** The keys of a ring's file. */
    linesOf: (ring: string) => readFileSync(file(ring), "utf8").trimEnd().split("\n"),
    fjmcp: (...args: string[]) =>
      runCli([...args, "--root", root, "--socket", stack.sockets.admin], programs),
  };
}

/** Calls a tool as a client with this access token does, in one session. */
export class CallingClient {
  readonly #rings: KeyRings;
  accessToken = "";
  sessionId = "";

  constructor(rings: KeyRings) {
    this.#rings = rings;
  }

  /** By a worker that is started for it. */
  async call(): Promise<{ status: number; text: string }> {
    if (this.sessionId === "") {
      const clientInfo = { name: "test", version: "1" };
      await this.#post("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    }
    await this.#rings.endWorkers();
    return this.#post("tools/call", { name: "user__get_my_userinfo", arguments: {} });
  }

  async #post(method: string, params: object): Promise<{ status: number; text: string }> {
    const response = await fetch(this.#rings.stack.mcpUrl, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      headers: {
        authorization: `Bearer ${this.accessToken}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        ...(this.sessionId !== "" && { "mcp-session-id": this.sessionId }),
      },
    });
    this.sessionId ||= response.headers.get("mcp-session-id") ?? "";
    return { status: response.status, text: await response.text() };
  }
}
