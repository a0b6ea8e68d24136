import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { confirmed, isInteractive, requireConfirmation } from "../terminal/confirm.ts";
import { findChildProgram, installedPath, requireTrustedProgram } from "./child-program.ts";
import { childReleaseUrl, defaultChildRelease, downloadChildRelease } from "./child-release.ts";
import type { InstallationFiles } from "./installation-files.ts";
import type { ChosenChild, KnownConfiguration } from "./setup.ts";

/** The options of `fjmcp setup` about the MCP server. */
export interface ChildOptions {
  /** The path of a program. */
  readonly child?: string;
  /** A version of forgejo-mcp; true for the default. */
  readonly childRelease?: string | true;
  readonly childUrl?: string;
  readonly childSha256?: string;
  readonly yes: boolean;
}

/** Throws CommandError for options that would not all be used; nothing may be changed before. */
export function requireOneChild({ child, childRelease, childUrl, childSha256 }: ChildOptions): void {
  const isDownload = childRelease !== undefined || childUrl !== undefined;
  if ([child, childRelease, childUrl].filter((each) => each !== undefined).length > 1)
    throw new CommandError(
      exitCodes.usage,
      "There can be only one MCP server.",
      "Give one of --child, --child-release and --child-url.",
    );
  if (childSha256 !== undefined && !isDownload)
    throw new CommandError(
      exitCodes.usage,
      "There is no download with this SHA-256.",
      "Give --child-sha256 with --child-release or --child-url; FJMCP_CHILD_SHA256 pins a program that is there already.",
    );
}

/**
 * The MCP server to use from now on; undefined when the configured one stays. Downloads a release where an option says so, or
 * where there is none and the administrator agrees, and installs nothing. Throws CommandError when there is no program that
 * can be used.
 */
export async function chooseChild(
  files: InstallationFiles,
  known: KnownConfiguration,
  options: ChildOptions,
): Promise<ChosenChild | undefined> {
  const { child, childRelease, childUrl } = options;
  if (child !== undefined) return await trustedChild(files, child);
  if (childUrl !== undefined) return await chosenRelease(childUrl, options);
  if (childRelease !== undefined)
    return await chosenRelease(
      childReleaseUrl(childRelease === true ? defaultChildRelease : childRelease),
      options,
    );
  if (known.childCommand !== undefined) return undefined;
  const found = findChildProgram(files);
  if (found !== undefined) return await trustedChild(files, found);
  const url = childReleaseUrl(defaultChildRelease);
  const question = `There is no forgejo-mcp on this machine. Install its release ${defaultChildRelease} from ${url}?`;
  if (!options.yes && isInteractive() && (await confirmed(question)))
    return await chosenRelease(url, options);
  throw new CommandError(
    exitCodes.configuration,
    "There is no forgejo-mcp in /usr/local/bin or /usr/bin.",
    `Give --child-release to install its release ${defaultChildRelease}, or --child with the path of a program. Nothing was changed.`,
  );
}

/** Below another root than this machine's a program is not looked at: an image that is being built may get it later. */
async function trustedChild(files: InstallationFiles, path: string): Promise<ChosenChild> {
  if (files.areOfThisMachine) await requireTrustedProgram(path);
  return { command: commandOf(path) };
}

async function chosenRelease(url: string, { childSha256, yes }: ChildOptions): Promise<ChosenChild> {
  const release = await downloadChildRelease(url);
  const { digest } = release;
  if (childSha256 !== undefined && childSha256 !== digest)
    throw new CommandError(
      exitCodes.configuration,
      `What is at ${url} has the SHA-256 ${digest}, not the one that was given.`,
      "Nothing was installed. Compare with the release's page.",
    );
  if (childSha256 === undefined && yes)
    throw new CommandError(
      exitCodes.usage,
      `What is at ${url} has the SHA-256 ${digest}.`,
      "Compare it with the release's page, and give it as --child-sha256. Nothing was installed.",
    );
  if (childSha256 === undefined)
    await requireConfirmation(
      `The SHA-256 of ${url} is ${digest}. Is that what the release's page says?`,
      false,
      "Nothing was installed.",
    );
  return { command: commandOf(`/${installedPath}`), release };
}

function commandOf(path: string): string {
  return `${path.replaceAll(" ", String.raw`\ `)} --transport stdio --url {url}`;
}
