import { waitUntil } from "../../src/process/wait-until.ts";
import type { Container } from "./container.ts";
import { containerFetch } from "./container-fetch.ts";
import { forgejoUrl } from "./private-network.ts";

const tokenPath = "/login/oauth/access_token";

/** Exchanges of codes and refreshes that Forgejo keeps waiting. */
export interface HeldExchange {
  /** Resolves once one more has arrived at Forgejo. */
  arrived(): Promise<void>;
  /** Lets Forgejo process and answer all of them. */
  release(): Promise<void>;
}

/** From now on, the sandbox Forgejo of the container's network lets exchanges wait. */
export async function holdExchanges(container: Container): Promise<HeldExchange> {
  const before = await exchanges(container);
  await control(container, { fault: { path: tokenPath, mode: "hold" } });
  return {
    async arrived() {
      const hasArrived = async () => (await exchanges(container)) > before;
      await waitUntil("an exchange should reach Forgejo", hasArrived, { intervalMs: 200 });
    },
    release: () => control(container, { clearFaults: true }),
  };
}

async function exchanges(container: Container): Promise<number> {
  const { text } = await containerFetch(container, `${forgejoUrl}/sandbox/requests`);
  return (JSON.parse(text) as { path: string }[]).filter(({ path }) => path === tokenPath).length;
}

async function control(container: Container, controls: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(controls) };
  const { status, text } = await containerFetch(container, `${forgejoUrl}/sandbox/controls`, init);
  if (status !== 200) throw new Error(`the sandbox Forgejo responds ${status}: ${text}`);
}
