import { once } from "node:events";
import { parseArgs } from "node:util";
import { startSandboxForgejo } from "./sandbox-forgejo.ts";

// The sandbox as a process: writes one JSON line to stdout when ready, runs until SIGTERM or SIGINT.

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "redirect-uri": { type: "string", multiple: true, default: [] },
    /** Of a personal access token of the first user, which is then printed too. */
    "token-scope": { type: "string" },
    "access-token-seconds": { type: "string", default: "3600" },
  },
});

const forgejo = await startSandboxForgejo({
  listen: { host: "127.0.0.1", port: Number(values.port) },
  accessTokenSeconds: Number(values["access-token-seconds"]),
});
const app = await forgejo.createApp({ name: "fjmcp", redirectUris: values["redirect-uri"] });
const users = forgejo.users.map(({ id, name, password, isAdmin }) => ({ id, name, password, isAdmin }));
const scope = values["token-scope"];
const accessToken = scope && forgejo.controls.createAccessToken(forgejo.users[0]!.name, scope);
process.stdout.write(`${JSON.stringify({ url: forgejo.url, users, app, accessToken })}\n`);

await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
await forgejo.close();
