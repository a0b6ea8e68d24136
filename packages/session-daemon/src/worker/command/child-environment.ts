import type { ChildCommand } from "./child-command.ts";

/** What a program needs to run at all; nothing else of the daemon's environment reaches a child. */
const allowedNames = ["PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** The whole environment of a child: allow-listed, plus what the configuration adds, with token and URL filled in. */
export function childEnvironment(
  child: ChildCommand,
  fill: {
    daemonEnvironment: Readonly<Record<string, string | undefined>>;
    home: string;
    token: string;
    url: string;
  },
): Record<string, string> {
  const env: Record<string, string> = { HOME: fill.home };
  for (const name of allowedNames) {
    const value = fill.daemonEnvironment[name];
    if (value !== undefined) env[name] = value;
  }
  for (const [name, template] of Object.entries(child.env)) {
    env[name] = fillIn(template, { url: fill.url, token: fill.token });
  }
  return env;
}

/** The command line of a child with the URL filled in, behind `setpriv` where that is to be had. */
export function childArguments(child: ChildCommand, url: string, setpriv: string | undefined): string[] {
  const argv = child.argv.map((argument) => fillIn(argument, { url }));
  // Ends the child when the daemon dies, however that happens.
  return setpriv === undefined ? argv : [setpriv, "--pdeathsig", "KILL", "--", ...argv];
}

function fillIn(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}
