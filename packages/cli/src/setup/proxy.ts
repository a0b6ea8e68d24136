import { showUnit } from "../system/systemd.ts";
import type { InstallationFiles } from "./installation-files.ts";

/** Proxies for which the package has a recipe: the unit, the user that must join fjmcp-proxy, and the recipe's file. */
const proxies = [
  { name: "Caddy", unit: "caddy.service", user: "caddy", recipe: "Caddyfile" },
  { name: "nginx", unit: "nginx.service", user: "www-data", recipe: "nginx.conf" },
  { name: "Apache", unit: "apache2.service", user: "www-data", recipe: "apache.conf" },
  { name: "HAProxy", unit: "haproxy.service", user: "haproxy", recipe: "haproxy.cfg" },
] as const;

const exampleHost = "mcp.example.org";

/** What to do in the proxy that runs on this machine, with the recipe for this host. */
export async function proxyInstructions(files: InstallationFiles, issuer: string): Promise<string> {
  const states = await Promise.all(proxies.map(({ unit }) => showUnit(unit, ["ActiveState"])));
  const running = proxies.find((_, index) => states[index]!.ActiveState === "active");
  if (running === undefined)
    return "No proxy runs on this machine. Install one (Caddy is the shortest way); /usr/share/fjmcp/proxy has the recipes.";
  const path = `usr/share/fjmcp/proxy/${running.recipe}`;
  const recipe = await files.read(path);
  const { host } = new URL(issuer);
  return [
    `${running.name} runs on this machine. Let it open the sockets, and restart it:`,
    `  usermod -aG fjmcp-proxy ${running.user} && systemctl restart ${running.unit}`,
    recipe === undefined
      ? `Its recipe is /${path}.`
      : `Add this to its configuration (/${path}):\n\n${recipe.replaceAll(exampleHost, host)}`,
  ].join("\n");
}
