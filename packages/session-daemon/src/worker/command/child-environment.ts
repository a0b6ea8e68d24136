import type { ChildCommand } from "./child-command.ts";

/** Needed by any program; nothing else of the daemon's environment reaches a child. */
const allowedNames = ["PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** The environment in which a child is spawned: the allow-listed names. The configured ones follow, see childVariables. */
export function spawnEnvironment(
  daemonEnvironment: Readonly<Record<string, string | undefined>>,
  home: string,
): Record<string, string> {
  const env: Record<string, string> = { HOME: home, TMPDIR: home };
  for (const name of allowedNames) {
    const value = daemonEnvironment[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** The configured variables of a child with token, URL and User-Agent filled in; they win over its `spawnEnvironment`. */
export function childVariables(
  child: ChildCommand,
  fill: { token: string; url: string; userAgent: string },
): Record<string, string> {
  const values = { url: fill.url, token: fill.token, user_agent: fill.userAgent };
  return Object.fromEntries(
    Object.entries(child.env).map(([name, template]) => [name, fillIn(template, values)]),
  );
}

/** The command line of a child with the URL filled in. */
export function childArguments(child: ChildCommand, url: string): string[] {
  return child.argv.map((argument) => fillIn(argument, { url }));
}

function fillIn(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? values[name]! : placeholder,
  );
}
