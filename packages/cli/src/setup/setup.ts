import { showUnit, systemctl } from "../system/systemd.ts";
import { services, target } from "../system/units.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { configurationPath, settingOf, templatePath, withSettings } from "./configuration-file.ts";
import { ensureGeneratedCredentials, hasCredential, storeCredential } from "./credentials.ts";
import type { ForgejoApplication } from "./forgejo-application.ts";
import type { InstallationFiles } from "./installation-files.ts";

/** What is already set, and what a run must still find out. */
export interface KnownConfiguration {
  /** The text of the configuration, or of the template. */
  readonly text: string;
  readonly issuer: string | undefined;
  readonly forgejoUrl: string | undefined;
  readonly childCommand: string | undefined;
  /** Undefined when the client id or the secret is missing. */
  readonly clientId: string | undefined;
}

export async function readConfiguration(files: InstallationFiles): Promise<KnownConfiguration> {
  const text = (await files.read(configurationPath)) ?? (await files.read(templatePath));
  if (text === undefined)
    throw new CommandError(
      exitCodes.configuration,
      `/${templatePath} is not there.`,
      "Install the package again; --root names the directory below which it is.",
    );
  const hasSecret = await hasCredential(files, "forgejo-client-secret");
  return {
    text,
    issuer: settingOf(text, "FJMCP_ISSUER"),
    forgejoUrl: settingOf(text, "FJMCP_FORGEJO_URL"),
    childCommand: settingOf(text, "FJMCP_CHILD_COMMAND"),
    clientId: hasSecret ? settingOf(text, "FJMCP_FORGEJO_CLIENT_ID") : undefined,
  };
}

/**
 * Writes credentials and configuration. A run that ends in the middle leaves complete files, and the next one goes on:
 * the application's secret comes before its id, which says that both are there.
 */
export async function writeInstallation(
  files: InstallationFiles,
  text: string,
  chosen: {
    readonly issuer: string;
    readonly forgejoUrl: string;
    readonly childCommand: string | undefined;
    readonly application: ForgejoApplication | undefined;
  },
): Promise<void> {
  await ensureGeneratedCredentials(files);
  const { application, childCommand } = chosen;
  if (application !== undefined)
    await storeCredential(files, "forgejo-client-secret", application.clientSecret);
  const settings = {
    FJMCP_ISSUER: chosen.issuer,
    FJMCP_FORGEJO_URL: chosen.forgejoUrl,
    ...(application !== undefined && { FJMCP_FORGEJO_CLIENT_ID: application.clientId }),
    ...(childCommand !== undefined && { FJMCP_CHILD_COMMAND: childCommand }),
  };
  await files.ensure(configurationPath, withSettings(text, settings), { mode: 0o644 });
}

/** Enables and starts the target; restarts what ran with an older configuration. */
export async function startInstallation(hasChanged: boolean): Promise<"started" | "restarted" | "unchanged"> {
  const { ActiveState } = await showUnit(target, ["ActiveState"]);
  await systemctl("daemon-reload");
  await systemctl("enable", "--now", target);
  if (ActiveState !== "active") return "started";
  if (!hasChanged) return "unchanged";
  await systemctl("restart", ...Object.values(services));
  return "restarted";
}
