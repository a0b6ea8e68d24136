import { showUnit } from "../system/systemd.ts";
import type { InstallationFiles } from "./installation-files.ts";

const join = (user: string) => `  usermod -aG fjmcp-proxy ${user}`;

/** Proxies for which the package has a recipe: the unit, how it gets access to the sockets, and the recipe's file. */
const proxies = [
  {
    name: "Caddy",
    unit: "caddy.service",
    access: `${join("caddy")}\n  global options: those of /usr/share/fjmcp/proxy/Caddyfile.options`,
    recipe: "Caddyfile",
  },
  { name: "nginx", unit: "nginx.service", access: join("www-data"), recipe: "nginx.conf" },
  { name: "Apache", unit: "apache2.service", access: join("www-data"), recipe: "apache.conf" },
  {
    name: "HAProxy",
    unit: "haproxy.service",
    // It drops the additional groups of its user.
    access: "  in the section global of its configuration: group fjmcp-proxy, and no chroot",
    recipe: "haproxy.cfg",
  },
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
  return [
    `${running.name} runs on this machine. Let it open the sockets, and restart it at the end:`,
    running.access,
    `  systemctl restart ${running.unit}`,
    recipe === undefined
      ? `Its recipe is /${path}.`
      : `Add this to its configuration (/${path}):\n\n${recipeFor(issuer, recipe)}`,
  ].join("\n");
}

/** The recipe for this issuer. Caddy has a port, when it is not 443, beside the name, the others where they listen. */
function recipeFor(issuer: string, recipe: string): string {
  const { host, hostname, port } = new URL(issuer);
  if (recipe.includes(`:${exampleHost}}`)) return recipe.replaceAll(exampleHost, host);
  const own = recipe.replaceAll(exampleHost, hostname);
  if (port === "") return own;
  // Apache listens on 80 and 443 alone.
  const listen = recipe.includes("<VirtualHost") ? `Listen ${port}\n\n` : "";
  return listen + own.replaceAll(/(?<=[ :])443\b/g, port);
}
