import { setTimeout as sleep } from "node:timers/promises";
import { showUnit, systemctl, timestampMs } from "../system/systemd.ts";
import { configurationPath, services, target } from "../system/units.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { installChild } from "./child-program.ts";
import type { ChildRelease } from "./child-release.ts";
import { settingOf, templatePath, withSettings } from "./configuration-file.ts";
import {
  credentialsFolder,
  ensureGeneratedCredentials,
  hasCredential,
  storeCredential,
  type CredentialName,
} from "./credentials.ts";
import type { ApplicationKind, ForgejoApplication, StoredApplication } from "./forgejo-application.ts";
import type { InstallationFiles } from "./installation-files.ts";

/** It holds no secret; an administrator may close it all the same, as systemd reads it. */
const configurationMode = { mode: 0o644, mayBeClosed: true };

/** How long the services may take to start before setup goes on: they wait for Redis and Forgejo without an end. */
const startTimeoutMs = 60_000;
const pollMs = 500;

/** Where each application is stored. */
const applicationPlaces = {
  first: { setting: "FJMCP_FORGEJO_CLIENT_ID", credential: "forgejo-client-secret" },
  readOnly: { setting: "FJMCP_FORGEJO_READ_ONLY_CLIENT_ID", credential: "forgejo-read-only-client-secret" },
} as const satisfies Record<ApplicationKind, { setting: string; credential: CredentialName }>;

/** The applications whose client id is set. */
export type StoredApplications = Readonly<Record<ApplicationKind, StoredApplication | undefined>>;

/** What is already set, and what a run must still find out. */
export interface KnownConfiguration {
  /** The text of the configuration, or of the template. */
  readonly text: string;
  readonly issuer: string | undefined;
  readonly forgejoUrl: string | undefined;
  readonly childCommand: string | undefined;
  readonly applications: StoredApplications;
}

export async function readConfiguration(files: InstallationFiles): Promise<KnownConfiguration> {
  const text = (await files.read(configurationPath)) ?? (await files.read(templatePath));
  if (text === undefined)
    throw new CommandError(
      exitCodes.configuration,
      `${files.resolve(templatePath)} is not there.`,
      "Install the package again; --root names the directory below which it is.",
    );
  return {
    text,
    issuer: settingOf(text, "FJMCP_ISSUER"),
    forgejoUrl: settingOf(text, "FJMCP_FORGEJO_URL"),
    childCommand: settingOf(text, "FJMCP_CHILD_COMMAND"),
    applications: {
      first: await storedApplication(files, text, "first"),
      readOnly: await storedApplication(files, text, "readOnly"),
    },
  };
}

async function storedApplication(
  files: InstallationFiles,
  text: string,
  kind: ApplicationKind,
): Promise<StoredApplication | undefined> {
  const { setting, credential } = applicationPlaces[kind];
  const clientId = settingOf(text, setting);
  return clientId === undefined ? undefined : { clientId, hasSecret: await hasCredential(files, credential) };
}

/**
 * Stores the id and secret of an application, and returns the text of the configuration with it. The secret comes before
 * the id, so that a run which ends in between leaves no id without a secret.
 */
export async function storeApplication(
  files: InstallationFiles,
  text: string,
  kind: ApplicationKind,
  { clientId, clientSecret }: ForgejoApplication,
): Promise<string> {
  const { setting, credential } = applicationPlaces[kind];
  await storeCredential(files, credential, clientSecret);
  const changed = withSettings(text, { [setting]: clientId });
  await files.ensure(configurationPath, changed, configurationMode);
  return changed;
}

/** The MCP server's command line. */
export interface ChosenChild {
  readonly command: string;
  /** What is still to be installed, and pinned. */
  readonly release?: Pick<ChildRelease, "program" | "programDigest">;
}

/**
 * Writes generated credentials, the program and the configuration. A run that ends in the middle leaves complete files, and
 * the next one goes on.
 */
export async function writeInstallation(
  files: InstallationFiles,
  text: string,
  chosen: {
    readonly issuer: string;
    readonly forgejoUrl: string;
    readonly child: ChosenChild | undefined;
  },
): Promise<void> {
  await ensureGeneratedCredentials(files);
  const { issuer, forgejoUrl, child } = chosen;
  if (child?.release !== undefined) await installChild(files, child.release.program);
  const settings = {
    FJMCP_ISSUER: issuer,
    FJMCP_FORGEJO_URL: forgejoUrl,
    ...(child !== undefined && childSettings(text, child)),
  };
  await files.ensure(configurationPath, withSettings(text, settings), configurationMode);
}

/** The digest of another program than the configured one is removed: no other file has it. */
function childSettings(text: string, { command, release }: ChosenChild): Record<string, string> {
  const isOther =
    settingOf(text, "FJMCP_CHILD_COMMAND") !== command && settingOf(text, "FJMCP_CHILD_SHA256") !== undefined;
  return {
    FJMCP_CHILD_COMMAND: command,
    ...(release !== undefined
      ? { FJMCP_CHILD_SHA256: release.programDigest }
      : isOther && { FJMCP_CHILD_SHA256: "" }),
  };
}

export interface Started {
  readonly change: "started" | "restarted" | "unchanged";
  /** The services that do not run yet. */
  readonly waiting: readonly string[];
}

/**
 * Enables and starts the target; restarts what ran with an older configuration, of this run or of one that ended in the
 * middle. Waits for the services, within a limit.
 */
export async function startInstallation(files: InstallationFiles, hasChanged: boolean): Promise<Started> {
  const { ActiveState } = await showUnit(target, ["ActiveState"]);
  const wasActive = ActiveState === "active";
  const outdated = await outdatedServices(files);
  await systemctl("daemon-reload");
  await systemctl("enable", target);
  await systemctl("start", "--no-block", target);
  const restarted = wasActive && hasChanged ? Object.values(services) : outdated;
  if (restarted.length > 0) await systemctl("restart", "--no-block", ...restarted);
  const waiting = await waitForServices();
  if (!wasActive) return { change: "started", waiting };
  return { change: restarted.length > 0 ? "restarted" : "unchanged", waiting };
}

/** The services whose process is older than the configuration or a credential. */
async function outdatedServices(files: InstallationFiles): Promise<string[]> {
  const paths = [configurationPath, ...(await files.list(credentialsFolder))];
  const newestMs = Math.max(...(await Promise.all(paths.map((path) => files.modifiedMs(path)))));
  const states = await Promise.all(
    Object.values(services).map(async (unit) => {
      const { ActiveState, ExecMainStartTimestamp } = await showUnit(unit, [
        "ActiveState",
        "ExecMainStartTimestamp",
      ]);
      return { unit, ActiveState, startedMs: timestampMs(ExecMainStartTimestamp) };
    }),
  );
  return states
    .filter(
      ({ ActiveState, startedMs }) =>
        ActiveState !== "inactive" && startedMs !== undefined && startedMs < newestMs,
    )
    .map(({ unit }) => unit);
}

/** Resolves once each service is active or has failed, or the time is over; with those that are not active. */
async function waitForServices(): Promise<string[]> {
  const deadlineMs = performance.now() + startTimeoutMs;
  for (;;) {
    const states = await Promise.all(Object.values(services).map(stateOf));
    const isSettled = states.every(({ state }) => state === "active" || state === "failed");
    if (isSettled || performance.now() > deadlineMs)
      return states.filter(({ state }) => state !== "active").map(({ unit }) => unit);
    await sleep(pollMs);
  }
}

/** `state` is `queued` when systemd has still something to do with the unit. */
async function stateOf(unit: string): Promise<{ unit: string; state: string | undefined }> {
  const { ActiveState, Job = "" } = await showUnit(unit, ["ActiveState", "Job"]);
  return { unit, state: Job === "" ? ActiveState : "queued" };
}
