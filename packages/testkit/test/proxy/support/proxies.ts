import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../src/process/project-root.ts";

/** Where a proxy listens, what it forwards to, and a folder for its files. */
export interface ProxySettings {
  readonly dir: string;
  readonly port: number;
  readonly sockets: { readonly mcp: string; readonly http: string };
  /** The most that a call may take, in place of the recipe's minutes. */
  readonly callTimeoutSec?: number;
  /** Keeps connections to the daemons alive, as a proxy's defaults may, against the recipe. */
  readonly keepsUpstreams?: boolean;
}

/** A proxy program with the recipe of deploy/proxy, changed in addresses, certificate and times alone. */
export interface Proxy {
  readonly program: string;
  /** The recipe's file in deploy/proxy. */
  readonly recipe: string;
  /** The recipe's values of what bounds the time of a call. Undefined: it has none, and the program waits. */
  readonly callTimeout: RegExp | undefined;
  /** Writes the configuration and gives the arguments of a run in the foreground. */
  configure(settings: ProxySettings): string[];
  /** The text of its access log. */
  accessLog(settings: ProxySettings): string;
  /** Passes the disconnect of an HTTP/1.1 client on at once, not only at the next byte for it. */
  readonly noticesDisconnects: boolean;
}

/** A certificate for 127.0.0.1 and its key, as two files and as one. */
export function makeCertificate(dir: string): void {
  const options =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";
  const files = ["-keyout", join(dir, "key.pem"), "-out", join(dir, "cert.pem")];
  execFileSync("openssl", [...options.split(" "), ...files], { stdio: "ignore" });
  const both = ["cert.pem", "key.pem"].map((name) => readFileSync(join(dir, name), "utf8")).join("");
  writeFileSync(join(dir, "both.pem"), both, { mode: 0o600 });
}

/** The text of a recipe. */
export function readRecipe(name: string): string {
  return readFileSync(join(projectRoot, "deploy/proxy", name), "utf8");
}

/** The recipe with each pair replaced; throws when one does not occur, so that a changed recipe is noticed. */
function recipe(
  name: string,
  replacements: readonly (readonly [from: string | RegExp, to: string])[],
): string {
  let text = readRecipe(name);
  for (const [from, to] of replacements) {
    const changed = text.replaceAll(from, to);
    if (changed === text) throw new Error(`${name} has no ${from}`);
    text = changed;
  }
  return text;
}

/** The value in place of those that the setting has, if there is one. */
function replaced(setting: RegExp | undefined, value: string | false) {
  return setting === undefined || value === false ? [] : [[setting, value] as const];
}

const mcpSocket = "/run/fjmcp/session/mcp.sock";
const httpSocket = "/run/fjmcp/auth/http.sock";
const read = (dir: string, file: string) => readFileSync(join(dir, file), "utf8");

export const proxies: readonly Proxy[] = [
  {
    program: "caddy",
    recipe: "Caddyfile",
    callTimeout: undefined,
    noticesDisconnects: true,
    configure({ dir, port, sockets, callTimeoutSec, keepsUpstreams }) {
      const transport = "transport http {";
      const site = recipe(this.recipe, [
        [
          "{$FJMCP_HOST:mcp.example.org} {",
          `https://127.0.0.1:${port} {\n\ttls ${dir}/cert.pem ${dir}/key.pem`,
        ],
        [mcpSocket, sockets.mcp],
        [httpSocket, sockets.http],
        ...(keepsUpstreams ? [["keepalive off", "keepalive 2m"] as const] : []),
        ...(callTimeoutSec === undefined
          ? []
          : [[transport, `${transport}\n\t\tresponse_header_timeout ${callTimeoutSec}s`] as const]),
      ]);
      const options = recipe("Caddyfile.options", [
        ["admin off", "admin off\n\tauto_https disable_redirects"],
      ]);
      writeFileSync(join(dir, "Caddyfile"), `${options}${site}`);
      return ["run", "--config", join(dir, "Caddyfile")];
    },
    accessLog: ({ dir }) => read(dir, "proxy.log"),
  },
  {
    program: "nginx",
    recipe: "nginx.conf",
    callTimeout: /(?<=proxy_read_timeout )\S+(?=;)/g,
    noticesDisconnects: true,
    configure({ dir, port, sockets, callTimeoutSec }) {
      const site = recipe(this.recipe, [
        ["listen 443 ssl http2;", `listen 127.0.0.1:${port} ssl http2;`],
        ["\tlisten [::]:443 ssl http2;\n", ""],
        [/\/etc\/letsencrypt\/live\/mcp\.example\.org\/fullchain\.pem/g, `${dir}/cert.pem`],
        [/\/etc\/letsencrypt\/live\/mcp\.example\.org\/privkey\.pem/g, `${dir}/key.pem`],
        ["/var/log/nginx", dir],
        ...replaced(this.callTimeout, callTimeoutSec !== undefined && `${callTimeoutSec}s`),
        [mcpSocket, sockets.mcp],
        [httpSocket, sockets.http],
      ]);
      const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${dir}/${name};`,
      );
      const main = `daemon off;\nuser root;\npid ${dir}/pid;\nerror_log ${dir}/error.log;\nevents {}\n`;
      writeFileSync(join(dir, "nginx.conf"), `${main}http {\n${paths.join("\n")}\n${site}}\n`);
      return ["-c", join(dir, "nginx.conf"), "-p", dir];
    },
    accessLog: ({ dir }) => read(dir, "fjmcp.log"),
  },
  {
    program: "haproxy",
    recipe: "haproxy.cfg",
    callTimeout: /(?<=timeout server )\S+/g,
    noticesDisconnects: false,
    configure({ dir, port, sockets, callTimeoutSec, keepsUpstreams }) {
      const site = recipe(this.recipe, [
        ["\tbind :::443 v6only ssl crt /etc/haproxy/fjmcp.pem alpn h2,http/1.1\n", ""],
        ["bind :443 ssl crt /etc/haproxy/fjmcp.pem", `bind 127.0.0.1:${port} ssl crt ${dir}/both.pem`],
        ["log global", "log stdout format raw local0"],
        ...replaced(this.callTimeout, callTimeoutSec !== undefined && `${callTimeoutSec}s`),
        [mcpSocket, sockets.mcp],
        [httpSocket, sockets.http],
        ...(keepsUpstreams ? [["option http-server-close", "option http-keep-alive"] as const] : []),
      ]);
      writeFileSync(join(dir, "haproxy.cfg"), `global\n\tmaxconn 1000\n\n${site}`);
      return ["-f", join(dir, "haproxy.cfg")];
    },
    accessLog: ({ dir }) => read(dir, "proxy.log"),
  },
  {
    program: "apache2",
    recipe: "apache.conf",
    callTimeout: /(?<=ProxyTimeout )\S+/g,
    noticesDisconnects: false,
    configure({ dir, port, sockets, callTimeoutSec, keepsUpstreams }) {
      const site = recipe(this.recipe, [
        ["<VirtualHost *:443>", `<VirtualHost 127.0.0.1:${port}>`],
        [/\/etc\/letsencrypt\/live\/mcp\.example\.org\/fullchain\.pem/g, `${dir}/cert.pem`],
        [/\/etc\/letsencrypt\/live\/mcp\.example\.org\/privkey\.pem/g, `${dir}/key.pem`],
        ["${APACHE_LOG_DIR}", dir],
        ...replaced(this.callTimeout, callTimeoutSec !== undefined && String(callTimeoutSec)),
        [mcpSocket, sockets.mcp],
        [httpSocket, sockets.http],
        ...(keepsUpstreams ? [["enablereuse=off", "enablereuse=on"] as const] : []),
      ]);
      const modules = ["mpm_event", "authz_core", "ssl", "socache_shmcb", "headers", "proxy", "proxy_http"];
      mkdirSync(join(dir, "run"), { recursive: true });
      const main = [
        `ServerRoot ${dir}`,
        `DefaultRuntimeDir ${dir}/run`,
        `PidFile ${dir}/pid`,
        `ErrorLog ${dir}/error.log`,
        `ServerName 127.0.0.1`,
        `User www-data`,
        `Group www-data`,
        `Listen 127.0.0.1:${port}`,
        ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      ];
      writeFileSync(join(dir, "apache.conf"), `${main.join("\n")}\n${site}`);
      return ["-DFOREGROUND", "-f", join(dir, "apache.conf")];
    },
    accessLog: ({ dir }) => read(dir, "fjmcp.log"),
  },
];
