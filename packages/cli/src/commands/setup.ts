import { text } from "node:stream/consumers";
import { InvalidArgumentError, type Command } from "commander";
import { forgejoUrl } from "@fjmcp/shared/config/forgejo-url";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import { forgejoHealth } from "@fjmcp/shared/net/forgejo-version";
import type { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { defaultChildRelease } from "../setup/child-release.ts";
import { chooseChild } from "../setup/choose-child.ts";
import {
  applicationInstructions,
  createApplication,
  type ForgejoApplication,
} from "../setup/forgejo-application.ts";
import { InstallationFiles } from "../setup/installation-files.ts";
import { proxyInstructions } from "../setup/proxy.ts";
import {
  readConfiguration,
  startInstallation,
  writeInstallation,
  type KnownConfiguration,
} from "../setup/setup.ts";
import { isInteractive } from "../terminal/confirm.ts";
import { note, print } from "../terminal/output.ts";
import { example, withSocket } from "./common-options.ts";
import { doctor } from "./doctor.ts";

interface SetupOptions {
  readonly publicUrl?: string;
  readonly forgejoUrl?: string;
  readonly child?: string;
  readonly childRelease?: string | true;
  readonly childUrl?: string;
  readonly childSha256?: string;
  readonly tokenStdin: boolean;
  readonly clientId?: string;
  readonly clientSecretStdin: boolean;
  readonly readOnly: boolean;
  readonly readOnlyClientId?: string;
  readonly yes: boolean;
  readonly private: boolean;
  readonly caFile?: string;
  readonly root: string;
  readonly socket?: string;
}

/** `fjmcp setup`. */
export function addSetupCommand(program: Command): void {
  withSocket(program.command("setup"))
    .description("sets an installation up, or changes one; what is missing is asked for")
    .option("--public-url <url>", "the public origin, such as https://mcp.example.org", parsedBy(issuerUrl()))
    .option("--forgejo-url <url>", "Forgejo, as its users see it", parsedBy(forgejoUrl()))
    .option("--child <path>", "the MCP server's program (default: forgejo-mcp in /usr/local/bin or /usr/bin)")
    .option(
      "--child-release [version]",
      `install this release of forgejo-mcp for this machine (default: ${defaultChildRelease})`,
    )
    .option("--child-url <url>", "install the release at this URL: an executable file, or a .tar.gz with it")
    .option(
      "--child-sha256 <hex>",
      "the SHA-256 of what is downloaded; without it the digest is shown for confirmation",
      digest,
    )
    .option(
      "--token-stdin",
      "read a Forgejo token (write:user) that creates the application; it is not kept",
      false,
    )
    .option("--client-id <id>", "the client id of an application that was created by hand")
    .option("--client-secret-stdin", "read the secret of that application", false)
    .option("--read-only", "also create the second application, for connections that only read", false)
    .option(
      "--read-only-client-id <id>",
      "the client id of a second application that was created by hand; its secret as for --client-id, in a run of its own",
    )
    .option("-y, --yes", "ask nothing: for scripts", false)
    .option("--private", "as for doctor, which runs at the end", false)
    .option("--ca-file <file>", "as for doctor")
    .addHelpText(
      "after",
      example(
        "fjmcp setup --public-url https://mcp.example.org --forgejo-url https://forgejo.example.org --token-stdin --yes < token",
      ),
    )
    .action((options: SetupOptions) => setup(options));
}

async function setup(options: SetupOptions): Promise<void> {
  requireCompatible(options);
  let changes = 0;
  const files = new InstallationFiles(options.root, (path, change) => {
    changes += 1;
    print(`${change} /${path}`);
  });
  if (files.areOfThisMachine && process.geteuid!() !== 0)
    throw new CommandError(
      exitCodes.noPermission,
      "Only root can set fjmcp up.",
      "Run the command with sudo.",
    );
  const known = await readConfiguration(files);
  const issuer =
    options.publicUrl ?? known.issuer ?? (await ask("The public URL of this service", issuerUrl(), options));
  const forgejo =
    options.forgejoUrl ?? known.forgejoUrl ?? (await ask("The URL of Forgejo", forgejoUrl(), options));
  await requireForgejo(forgejo);
  const child = await chooseChild(files, known, options);
  const redirectUri = `${issuer}/oauth/callback`;
  const isMoved = known.issuer !== undefined && known.issuer !== issuer;
  const token = options.tokenStdin ? await secretFromStdin() : undefined;
  const target = { forgejo, redirectUri, isMoved, token };
  const application = await chooseApplication(known, target, options);
  const readOnlyApplication = await chooseReadOnlyApplication(known, target, options);
  await writeInstallation(files, known.text, {
    issuer,
    forgejoUrl: forgejo,
    child,
    application,
    readOnlyApplication,
  });
  if (changes === 0) print("Nothing differs: no file was changed.");
  if (!files.areOfThisMachine) {
    print(`Only files below ${options.root} were written: nothing was started or checked.`);
    return;
  }
  const { change, waiting } = await startInstallation(files, changes > 0);
  if (change !== "unchanged") print(`${change} fjmcp.target`);
  for (const unit of waiting) note(`${unit} does not run yet: look at journalctl -u ${unit}`);
  print(`\n${await proxyInstructions(files, issuer)}\n`);
  await doctor({ ...options, clients: false, skip: [], json: false });
}

/** A Forgejo that is too old, or none, is found before anything is written. */
async function requireForgejo(url: string): Promise<void> {
  const { status, reason = "" } = await forgejoHealth(url, 10_000);
  if (status === "ok") return;
  throw new CommandError(
    status === "misconfigured" ? exitCodes.configuration : exitCodes.unavailable,
    `${reason}.`,
    "Correct --forgejo-url, or start Forgejo. Nothing was changed.",
  );
}

/** What the applications are for. */
interface Target {
  readonly forgejo: string;
  readonly redirectUri: string;
  readonly isMoved: boolean;
  /** The token of standard input, if there is one. */
  readonly token: string | undefined;
}

/** Throws CommandError for options that exclude each other. */
function requireCompatible(options: SetupOptions): void {
  if (options.tokenStdin && options.clientSecretStdin)
    throw new CommandError(
      exitCodes.usage,
      "Only one secret can come from standard input.",
      "Leave --token-stdin or --client-secret-stdin out.",
    );
  if (options.clientId !== undefined && options.readOnlyClientId !== undefined)
    throw new CommandError(
      exitCodes.usage,
      "Only one application that was created by hand can be given at a time.",
      "Give --client-id and --read-only-client-id in two runs.",
    );
  if (options.readOnly && !options.tokenStdin)
    throw new CommandError(
      exitCodes.usage,
      "There is no token that could create the second application.",
      "Give --token-stdin with a token that may create it; or create it by hand, and give --read-only-client-id.",
    );
}

/** The application to use from now on; undefined when the stored one stays. */
async function chooseApplication(
  known: KnownConfiguration,
  { forgejo, redirectUri, isMoved, token: given }: Target,
  options: SetupOptions,
): Promise<ForgejoApplication | undefined> {
  const stored = { storedClientId: known.clientId };
  if (given !== undefined) return createApplication(forgejo, given, redirectUri, stored);
  if (options.clientId !== undefined) return applicationByHand(options.clientId, options);
  if (known.clientId !== undefined) {
    if (isMoved)
      print(`Add the redirect URI ${redirectUri} to the application ${known.clientId} in Forgejo.`);
    return undefined;
  }
  if (options.yes || !isInteractive())
    throw new CommandError(
      exitCodes.usage,
      `There is no application in Forgejo yet. Nothing was changed.\n\n${applicationInstructions(forgejo, redirectUri)}\n`,
      "Then give --client-id and --client-secret-stdin; or give --token-stdin with a token that may create it.",
    );
  const { input, password } = await import("@inquirer/prompts");
  const token = await password({
    message: "A Forgejo token with the scope write:user that creates the application (empty: by hand)",
    mask: true,
  });
  if (token !== "") return createApplication(forgejo, token, redirectUri, stored);
  print(applicationInstructions(forgejo, redirectUri));
  return {
    clientId: await input({ message: "The client id", required: true }),
    clientSecret: await askSecret("The client secret", options),
  };
}

/** The second application to use from now on; undefined when there is none, or the stored one stays. */
async function chooseReadOnlyApplication(
  known: KnownConfiguration,
  { forgejo, redirectUri, isMoved, token }: Target,
  options: SetupOptions,
): Promise<ForgejoApplication | undefined> {
  if (options.readOnlyClientId !== undefined) return applicationByHand(options.readOnlyClientId, options);
  const storedClientId = known.readOnlyClientId;
  if (token !== undefined && (options.readOnly || storedClientId !== undefined))
    return createApplication(forgejo, token, redirectUri, { kind: "readOnly", storedClientId });
  if (isMoved && storedClientId !== undefined)
    print(`Add the redirect URI ${redirectUri} to the application ${storedClientId} in Forgejo.`);
  return undefined;
}

async function applicationByHand(clientId: string, options: SetupOptions): Promise<ForgejoApplication> {
  const clientSecret = options.clientSecretStdin
    ? await secretFromStdin()
    : await askSecret("The client secret", options);
  return { clientId, clientSecret };
}

async function ask(
  message: string,
  schema: z.ZodType<string, string>,
  { yes }: SetupOptions,
): Promise<string> {
  if (yes || !isInteractive())
    throw new CommandError(
      exitCodes.usage,
      `${message} is not known, and there is no terminal to ask on.`,
      "Give --public-url and --forgejo-url.",
    );
  const { input } = await import("@inquirer/prompts");
  return input({
    message,
    validate: (value) => {
      const parsed = schema.safeParse(value);
      return parsed.success || `It ${parsed.error.issues[0]!.message}`;
    },
  });
}

async function askSecret(message: string, { yes }: SetupOptions): Promise<string> {
  if (!yes && isInteractive()) {
    const { password } = await import("@inquirer/prompts");
    return password({ message, mask: true, validate: (value) => value !== "" || "It must not be empty" });
  }
  throw new CommandError(
    exitCodes.usage,
    `${message} is not known, and there is no terminal to ask on.`,
    "Give it on standard input with --client-secret-stdin.",
  );
}

async function secretFromStdin(): Promise<string> {
  const secret = (await text(process.stdin)).trim();
  if (secret !== "" && !/\s/.test(secret)) return secret;
  throw new CommandError(
    exitCodes.usage,
    "Standard input holds no secret, or more than one word.",
    "Give exactly one token or secret on it.",
  );
}

function parsedBy(schema: z.ZodType<string, string>) {
  return (value: string): string => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`It ${parsed.error.issues[0]!.message}.`);
  };
}

function digest(value: string): string {
  if (/^[\da-f]{64}$/i.test(value)) return value.toLowerCase();
  throw new InvalidArgumentError("It must be 64 hexadecimal digits.");
}
