import { InvalidArgumentError, type Command } from "commander";
import { absolutePath } from "@fjmcp/shared/config/environment";
import { forgejoUrl } from "@fjmcp/shared/config/forgejo-url";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import { oneWord } from "@fjmcp/shared/config/words";
import { forgejoHealth } from "@fjmcp/shared/net/forgejo-health";
import type { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { defaultChildRelease } from "../setup/child-release.ts";
import {
  chooseApplications,
  requireCompatible,
  type ApplicationOptions,
} from "../setup/choose-applications.ts";
import { chooseChild, requireOneChild, type ChildOptions } from "../setup/choose-child.ts";
import { InstallationFiles } from "../setup/installation-files.ts";
import { proxyInstructions } from "../setup/proxy.ts";
import { readConfiguration, startInstallation, storeApplication, writeInstallation } from "../setup/setup.ts";
import { configurationPath } from "../system/units.ts";
import { isInteractive } from "../terminal/confirm.ts";
import { note, print } from "../terminal/output.ts";
import { example, certificateFile, withSocket } from "./common-options.ts";
import { doctor } from "./doctor.ts";

interface SetupOptions extends ApplicationOptions, ChildOptions {
  readonly publicUrl?: string;
  readonly forgejoUrl?: string;
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
    .option(
      "--child <path>",
      "the MCP server's program (default: forgejo-mcp in /usr/local/bin or /usr/bin)",
      parsedBy(absolutePath()),
    )
    .option(
      "--child-release [version]",
      `install this release of forgejo-mcp for this machine (default: ${defaultChildRelease})`,
      parsedBy(oneWord()),
    )
    .option(
      "--child-url <url>",
      "install the release at this URL: an executable file, or a .tar.gz with it",
      parsedBy(oneWord()),
    )
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
    .option(
      "--client-id <id>",
      "the client id of an application that was created by hand",
      parsedBy(oneWord()),
    )
    .option(
      "--client-secret-stdin",
      "read the secret of that application; without a client id, a new one of the known application",
      false,
    )
    .option("--read-only", "also create the second application, for connections that only read", false)
    .option(
      "--read-only-client-id <id>",
      "the client id of a second application that was created by hand; its secret as for --client-id, in a run of its own",
      parsedBy(oneWord()),
    )
    .option("-y, --yes", "ask nothing: for scripts", false)
    .option("--private", "as for doctor, which runs at the end", false)
    .option("--ca-file <file>", "as for doctor", certificateFile)
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
  requireOneChild(options);
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
  const set = {
    issuer: configured("FJMCP_ISSUER", known.issuer, issuerUrl(), options.publicUrl),
    forgejo: configured("FJMCP_FORGEJO_URL", known.forgejoUrl, forgejoUrl(), options.forgejoUrl),
  };
  const issuer =
    options.publicUrl ?? set.issuer ?? (await ask("The public URL of this service", issuerUrl(), options));
  const forgejo =
    options.forgejoUrl ?? set.forgejo ?? (await ask("The URL of Forgejo", forgejoUrl(), options));
  await requireForgejo(forgejo);
  const child = await chooseChild(files, known, options);
  const target = {
    forgejo,
    isForgejoMoved: set.forgejo !== undefined && set.forgejo !== forgejo,
    redirectUri: `${issuer}/oauth/callback`,
    isMoved: set.issuer !== undefined && set.issuer !== issuer,
  };
  let { text } = known;
  await chooseApplications(known.applications, target, options, async (kind, application) => {
    text = await storeApplication(files, text, kind, application);
  });
  await writeInstallation(files, text, { issuer, forgejoUrl: forgejo, child });
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

/**
 * The value of the configuration, as the daemons read it. Throws CommandError for one that they would not accept, unless an
 * option replaces it.
 */
function configured(
  name: string,
  value: string | undefined,
  schema: z.ZodType<string, string>,
  option: string | undefined,
): string | undefined {
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (option !== undefined) return value;
  throw new CommandError(
    exitCodes.configuration,
    `${name} in /${configurationPath} ${parsed.error.issues[0]!.message}.`,
    "Correct it there. Nothing was changed.",
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
