import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import { listenAddress } from "@fjmcp/shared/config/listen-address";
import type { ChildConfiguration } from "@fjmcp/testkit/children/child-command";
import type { ForgejoAccess } from "@fjmcp/testkit/stack/stack";

export interface Login {
  readonly name: string;
  readonly password: string;
}

export interface DemoOptions {
  readonly keep: boolean;
  readonly json: boolean;
  /** Undefined: the sandbox. Without a login the user signs in with a browser. */
  readonly forgejo: { readonly access: ForgejoAccess; readonly logins: readonly Login[] } | undefined;
  /** Undefined: forgejo-mcp from PATH, else gitea-mcp. */
  readonly child: ChildConfiguration | undefined;
  readonly issuer: string | undefined;
  readonly listen: string | undefined;
  /** The folder of bundled programs; undefined: the sources. */
  readonly programs: string | undefined;
}

/** An argument is invalid; the message names it and the reason. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `usage: demo [--keep] [--json]
            [--forgejo URL --client-id ID --client-secret-file FILE [--login NAME --password-file FILE]…]
            [--child 'COMMAND with {url}'] [--child-env NAME={token}]…
            [--issuer https://HOST] [--listen 127.0.0.1:PORT] [--programs FOLDER]

  --help      print this text
  --keep      stay up after the walk, for a client of your own
  --json      one JSON object a line on stdout
  --forgejo   a real Forgejo or Gitea instead of the sandbox, with an OAuth2 application of it whose redirect URI is
              <issuer>/oauth/callback; without a login it prints a URL and waits for you to sign in
  --child     any stdio MCP server instead of forgejo-mcp or gitea-mcp
  --programs  the programs of a package, such as /usr/lib/fjmcp, instead of the sources
`;

const known = {
  help: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  forgejo: { type: "string" },
  "client-id": { type: "string" },
  "client-secret-file": { type: "string" },
  login: { type: "string", multiple: true, default: [] },
  "password-file": { type: "string", multiple: true, default: [] },
  child: { type: "string" },
  "child-env": { type: "string", multiple: true, default: [] },
  issuer: { type: "string" },
  listen: { type: "string" },
  programs: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

type Given = ReturnType<typeof given>;

/** Reads the demo's command line; a leading `--` is ignored. Undefined: it asks for the usage. Throws UsageError. */
export function demoArguments(words: readonly string[]): DemoOptions | undefined {
  const values = given(words[0] === "--" ? words.slice(1) : words);
  if (values.help) return undefined;
  return {
    keep: values.keep,
    json: values.json,
    forgejo: forgejoOf(values),
    child: childOf(values),
    programs: values.programs,
    ...addressOf(values),
  };
}

function given(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function forgejoOf(values: Given): DemoOptions["forgejo"] {
  const { forgejo: url, "client-id": clientId, "client-secret-file": secretFile } = values;
  const logins = values.login;
  const passwordFiles = values["password-file"];
  if (url === undefined) {
    const stray =
      clientId !== undefined || secretFile !== undefined || logins.length + passwordFiles.length > 0;
    if (stray)
      throw new UsageError("--client-id, --client-secret-file, --login and --password-file need --forgejo");
    return undefined;
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--forgejo: ${url} is not an http or https URL`);
  }
  if (clientId === undefined || secretFile === undefined) {
    throw new UsageError("--forgejo needs --client-id and --client-secret-file");
  }
  if (logins.length !== passwordFiles.length) throw new UsageError("each --login needs a --password-file");
  return {
    access: {
      url: url.replace(/\/+$/, ""),
      clientId,
      clientSecret: contentOf("--client-secret-file", secretFile),
    },
    logins: logins.map((name, index) => ({
      name,
      password: contentOf("--password-file", passwordFiles[index]!),
    })),
  };
}

function childOf(values: Given): ChildConfiguration | undefined {
  const env = values["child-env"];
  if (values.child === undefined) {
    if (env.length > 0) throw new UsageError("--child-env needs --child");
    return undefined;
  }
  if (values.child.trim() === "") throw new UsageError("--child: there is no command");
  const fault = env.find((setting) => !/^[A-Za-z_][A-Za-z0-9_]*=\S*$/.test(setting));
  if (fault !== undefined) throw new UsageError("--child-env: must be NAME=value, without white space");
  return { name: values.child.split(" ")[0]!, command: values.child, env: env.join(" ") };
}

function addressOf(values: Given): Pick<DemoOptions, "issuer" | "listen"> {
  const { issuer, listen } = values;
  if (listen !== undefined) {
    const parsed = listenAddress().safeParse(listen);
    if (!parsed.success) throw new UsageError(`--listen: ${parsed.error.issues[0]!.message}`);
    if ("path" in parsed.data && issuer === undefined)
      throw new UsageError("--listen on a socket needs --issuer");
  }
  if (issuer === undefined) {
    // The redirect URI is registered at a real Forgejo, so it must not change from run to run.
    return { issuer, listen: listen ?? (values.forgejo === undefined ? undefined : "127.0.0.1:8080") };
  }
  const parsed = issuerUrl().safeParse(issuer);
  if (!parsed.success) throw new UsageError(`--issuer: ${parsed.error.issues[0]!.message}`);
  const { protocol, hostname, port } = new URL(issuer);
  if (listen !== undefined) return { issuer, listen };
  if (protocol === "https:")
    throw new UsageError("--issuer with https needs --listen, where the proxy sends requests");
  return { issuer, listen: `${hostname}:${port || "80"}` };
}

function contentOf(option: string, file: string): string {
  try {
    const text = readFileSync(file, "utf8").replace(/[\r\n]+$/, "");
    if (text !== "") return text;
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
  throw new UsageError(`${option}: ${file} is empty`);
}
