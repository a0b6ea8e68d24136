import { formBody, type FormFields } from "../oauth-client/oauth-request.ts";
import { HttpConnection, httpPost } from "./http-connection.ts";

/** Where clients request tokens (RFC 6749 §3.2). */
export interface TokenEndpoint {
  readonly url: string;
}

/** What a client holds after the redirect. */
export interface IssuedCode {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Of PKCE (RFC 7636 §4.1). */
  readonly verifier: string;
}

/** A grant as its client knows it. */
export interface HeldGrant {
  readonly clientId: string;
  refreshToken: string;
}

/** Some requests, a fixed number of them in flight at any time. */
export interface Load {
  readonly perSecond: number;
  readonly durationsMs: readonly number[];
}

const formHeaders = { "content-type": "application/x-www-form-urlencoded" };

/** Redeems every code (RFC 6749 §4.1.3). Resolves with the grants as well; rejects on any error. */
export async function redeem(
  endpoint: TokenEndpoint,
  codes: readonly IssuedCode[],
  concurrency: number,
): Promise<{ load: Load; grants: HeldGrant[] }> {
  const left = [...codes];
  const grants: HeldGrant[] = [];
  const load = await run(endpoint, concurrency, async (send) => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { clientId, code, redirectUri, verifier } = next;
      const refreshToken = await send({
        grant_type: "authorization_code",
        client_id: clientId,
        redirect_uri: redirectUri,
        code,
        code_verifier: verifier,
      });
      grants.push({ clientId, refreshToken });
    }
  });
  return { load, grants };
}

/**
 * Refreshes (RFC 6749 §6) for so long, each connection with the newest refresh token of a grant of its own: the in-memory
 * adapter evicts a token after some hundred refreshes of others.
 */
export async function refresh(
  endpoint: TokenEndpoint,
  grants: readonly HeldGrant[],
  concurrency: number,
  durationMs: number,
): Promise<Load> {
  const endMs = performance.now() + durationMs;
  return await run(endpoint, concurrency, async (send, worker) => {
    const grant = grants[worker]!;
    while (performance.now() < endMs) {
      grant.refreshToken = await send({
        grant_type: "refresh_token",
        client_id: grant.clientId,
        refresh_token: grant.refreshToken,
      });
    }
  });
}

/** `work` runs once on each connection; what it sends is timed, and resolves with the new refresh token. */
async function run(
  endpoint: TokenEndpoint,
  concurrency: number,
  work: (send: (fields: FormFields) => Promise<string>, worker: number) => Promise<void>,
): Promise<Load> {
  const { hostname, port, pathname } = new URL(endpoint.url);
  const durationsMs: number[] = [];
  const startMs = performance.now();
  const worker = async (index: number) => {
    const connection = await HttpConnection.open({ host: hostname, port: Number(port) });
    const send = async (fields: FormFields) => {
      const sentMs = performance.now();
      const { head, body } = await connection.exchange(
        httpPost(pathname, formBody(fields).toString(), formHeaders),
      );
      durationsMs.push(performance.now() - sentMs);
      if (!head.startsWith("HTTP/1.1 200")) throw new Error(`${head}\n${body.toString()}`);
      return (JSON.parse(body.toString()) as { refresh_token: string }).refresh_token;
    };
    try {
      await work(send, index);
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => worker(index)));
  const perSecond = (durationsMs.length * 1000) / (performance.now() - startMs);
  return { perSecond, durationsMs };
}
