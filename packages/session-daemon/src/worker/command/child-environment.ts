import type { ChildCommand } from "./child-command.ts";

/** Needed by any program; nothing else of the daemon's environment reaches a child. */
const allowedNames = ["PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** The whole environment of a child: the allow-listed names and the configured ones, with token, URL and User-Agent filled in. */
export function childEnvironment(
  child: ChildCommand,
  fill: {
    daemonEnvironment: Readonly<Record<string, string | undefined>>;
    home: string;
    token: string;
    url: string;
    userAgent: string;
  },
): Record<string, string> {
  const env: Record<string, string> = { HOME: fill.home, TMPDIR: fill.home };
  for (const name of allowedNames) {
    const value = fill.daemonEnvironment[name];
    if (value !== undefined) env[name] = value;
  }
  for (const [name, template] of Object.entries(child.env)) {
    env[name] = fillIn(template, { url: fill.url, token: fill.token, user_agent: fill.userAgent });
  }
  return env;
}

/** The command line of a child with the URL filled in. */
export function childArguments(child: ChildCommand, url: string): string[] {
  return child.argv.map((argument) => fillIn(argument, { url }));
}

function fillIn(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}
