import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Faults } from "./faults.ts";
import type { Instance } from "./instance.ts";
import { SandboxControls } from "./controls.ts";
import { AuthorizationCodes } from "./oauth/authorization-codes.ts";
import { CounterRace } from "./oauth/counter-race.ts";
import { Grants } from "./oauth/grants.ts";
import { OAuthApps } from "./oauth/oauth-app.ts";
import { TokenSigner } from "./oauth/token-signer.ts";
import { Repositories } from "./repositories/repositories.ts";
import { seedRepositories } from "./repositories/seed.ts";
import type { RecordedRequest } from "./request-log.ts";
import { createSandboxApp } from "./sandbox-app.ts";
import { defaultSettings, type SandboxSettings } from "./settings.ts";
import { defaultUsers, Users, type NewUser, type SandboxUser } from "./users.ts";
import { BrowserSessions } from "./web/browser-session.ts";

export interface SandboxOptions extends Partial<SandboxSettings> {
  /** Default: a free port of 127.0.0.1. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** ROOT_URL when behind a proxy; default: the address that it listens on. */
  readonly rootUrl?: string;
  /** Default: alice (administrator) and bob. Each user owns a public and a private repository. */
  readonly users?: readonly NewUser[];
}

/** A running sandbox. */
export interface SandboxForgejo {
  /** ROOT_URL without a trailing slash. */
  readonly url: string;
  readonly users: readonly Pick<SandboxUser, "id" | "name" | "password" | "isAdmin">[];
  /** Registers an OAuth2 application of the first user; confidential by default. */
  createApp(app: {
    name: string;
    redirectUris: readonly string[];
    confidential?: boolean;
  }): Promise<{ clientId: string; clientSecret: string }>;
  readonly controls: SandboxControls;
  /** The requests so far, oldest first; a test may empty the list. */
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

/**
 * Starts a sandbox in this process: Forgejo 16's OAuth2 provider and a part of its API, with all state in memory. For
 * tests and the demo only.
 */
export async function startSandboxForgejo(options: SandboxOptions = {}): Promise<SandboxForgejo> {
  const { listen = { host: "127.0.0.1", port: 0 }, rootUrl, users = defaultUsers, ...settings } = options;
  const server = createServer();
  server.listen(listen.port, listen.host);
  await once(server, "listening");
  const instance: Instance = {
    url: (rootUrl ?? addressOf(server)).replace(/\/$/, ""),
    settings: { ...defaultSettings, ...settings },
    users: new Users(users),
    apps: new OAuthApps(),
    grants: new Grants(),
    accessTokens: new Map(),
    counterRace: new CounterRace(),
    codes: new AuthorizationCodes(),
    signer: await TokenSigner.create(),
    browserSessions: new BrowserSessions(),
    repositories: new Repositories(),
    faults: new Faults(),
    counts: { codeExchanges: 0, refreshes: 0, rejectedRefreshes: 0 },
  };
  seedRepositories(instance.repositories, instance.users.all);
  const controls = new SandboxControls(instance);
  const requests: RecordedRequest[] = [];
  const listener = getRequestListener(createSandboxApp(instance, controls, requests).fetch);
  server.on("request", (incoming, outgoing) => void listener(incoming, outgoing));
  return {
    url: instance.url,
    users: instance.users.all,
    createApp: async ({ name, redirectUris, confidential = true }) => {
      const app = instance.apps.create({ ownerId: 1, name, redirectUris, confidential });
      return { clientId: app.clientId, clientSecret: app.clientSecret };
    },
    controls,
    requests,
    close: async () => {
      instance.faults.clear();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
