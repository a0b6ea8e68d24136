import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandLine } from "../../src/children/child-command.ts";
import { checkoutInside, type Container } from "./container.ts";

export const publicHost = "mcp.fjmcp.test";
export const mcpUrl = `https://${publicHost}/mcp`;
/** The root certificate of Caddy's internal CA, inside. */
export const caFile = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt";

export interface Login {
  readonly name: string;
  readonly password: string;
}

export interface SandboxApp {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Writes configuration and credentials, starts everything, and puts Caddy in front. */
export async function setUp(container: Container, root: string, app: SandboxApp): Promise<void> {
  await writeCredentials(root, app);
  const child = join(checkoutInside, "packages/testkit/node_modules/gitea-mcp/dist/stdio.js");
  const settings = {
    FJMCP_ISSUER: `https://${publicHost}`,
    FJMCP_FORGEJO_URL: app.url,
    FJMCP_FORGEJO_CLIENT_ID: app.clientId,
    FJMCP_CHILD_COMMAND: `"${commandLine("/usr/lib/fjmcp/node", child)}"`,
    // The child is of the checkout, which the sandbox would not show it.
    FJMCP_SANDBOX_READ: checkoutInside,
    FJMCP_CHILD_ENV: '"GITEA_HOST={url} GITEA_ACCESS_TOKEN={token}"',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(root, "etc/fjmcp/fjmcp.env"), lines.join(""));
  await container.run(["systemctl", "enable", "--now", "fjmcp.target"]);

  const recipe = await readFile(join(root, "usr/share/fjmcp/proxy/Caddyfile"), "utf8");
  const site = recipe.replace("{$FJMCP_HOST:mcp.example.org} {", `${publicHost} {\n\ttls internal`);
  await writeFile(join(root, "etc/caddy/Caddyfile"), site);
  await container.run(["gpasswd", "--add", "caddy", "fjmcp-proxy"]);
  await container.run(["systemctl", "restart", "caddy"]);
}

async function writeCredentials(root: string, { clientSecret }: SandboxApp): Promise<void> {
  const dir = join(root, "etc/fjmcp/credentials");
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o700);
  const write = (name: string, content: string) => writeFile(join(dir, name), content, { mode: 0o600 });
  const random = () => randomBytes(48).toString("base64url");
  await write("forgejo-client-secret", clientSecret);
  for (const name of ["vault-key", "cookie-key", "derivation-key"]) await write(name, random());
  const [auth, session] = [random(), random()];
  await write("redis-auth-password", auth);
  await write("redis-session-password", session);
  const acl = await readFile(join(root, "usr/share/fjmcp/redis.acl"), "utf8");
  const sha256 = (password: string) => createHash("sha256").update(password).digest("hex");
  await write(
    "redis-acl",
    acl
      .replace("AUTH_SERVER_PASSWORD_SHA256", sha256(auth))
      .replace("SESSION_DAEMON_PASSWORD_SHA256", sha256(session)),
  );
}
