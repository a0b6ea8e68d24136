import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import type { Test } from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { startProcess } from "@fjmcp/testkit/process/managed-process";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { startDoctorStack } from "./doctor-stack.ts";

/** Undefined: tests of what the proxy does are skipped. */
export const caddy = findExecutable("caddy");

/** The directive that sets the header that browsers expect of a public name. */
export const hsts = "header Strict-Transport-Security max-age=31536000";

/** Caddy with TLS at the public name of the stack. */
export function siteProxy(
  t: Test,
  {
    stack,
    issuer,
    listen,
  }: Pick<Awaited<ReturnType<typeof startDoctorStack>>, "stack" | "issuer" | "listen">,
) {
  const dir = temporaryDirectory(t);
  const caFile = join(dir, "caddy/pki/authorities/local/root.crt");
  return {
    /** The certificate of its CA, once it has started. */
    caFile,
    /** The directives that pass each path to its daemon. */
    routes: `
  @mcp path /mcp /mcp/
  handle @mcp {
    reverse_proxy unix/${stack.sockets.mcp}
  }
  handle {
    reverse_proxy ${listen}
  }`,
    /** Runs Caddy with the directives of the site until `run` has ended. */
    withProxy: async (site: string, run: () => Promise<void>): Promise<void> => {
      const config = join(dir, "Caddyfile");
      const options = "skip_install_trust\n  admin off";
      writeFileSync(config, `{\n  ${options}\n}\n${issuer} {\n  tls internal\n${site}\n}\n`);
      const proxy = await startProcess({
        name: "caddy",
        command: caddy!,
        arguments: ["run", "--adapter", "caddyfile", "--config", config],
        env: { HOME: dir, XDG_DATA_HOME: dir },
        logFile: join(dir, "caddy.log"),
        isReady: (log) =>
          log.includes("serving initial configuration") && existsSync(caFile) && hasCertificate(issuer),
      });
      try {
        await run();
      } finally {
        await proxy.end();
      }
    },
  };
}

/** Whether a TLS handshake succeeds: Caddy gets the first certificate of a name only after it has started to serve. */
async function hasCertificate(issuer: string): Promise<boolean> {
  const { hostname, port } = new URL(issuer);
  const socket = connect({
    host: hostname,
    port: Number(port),
    servername: hostname,
    rejectUnauthorized: false,
  });
  try {
    await once(socket, "secureConnect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
