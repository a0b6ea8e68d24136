import type { z } from "zod";
import { authServerSettings } from "@fjmcp/auth-server/config";
import { sessionDaemonSettings } from "@fjmcp/session-daemon/config";
import { credentialOf } from "@fjmcp/shared/config/environment";
import { settingGroups, settingNames } from "@fjmcp/shared/config/setting-groups";

/** A setting as its schema describes it. */
export interface DescribedSetting {
  readonly name: string;
  /** Markdown, without a full stop. */
  readonly meaning: string;
  readonly readBy: "auth-server" | "session-daemon" | "both";
  /** What the variable would be set to; undefined when there is none. */
  readonly defaultValue: string | undefined;
  /** The systemd credential whose file is the default. */
  readonly credential: string | undefined;
  readonly isRequired: boolean;
}

export interface SettingGroup {
  readonly title: string;
  readonly settings: readonly DescribedSetting[];
}

const schemas: Readonly<Record<"auth-server" | "session-daemon", Readonly<Record<string, z.ZodType>>>> = {
  "auth-server": authServerSettings,
  "session-daemon": sessionDaemonSettings,
};

/** All groups, with what the schemas say. Throws for a setting in a group without a schema, or without a description. */
export function describeSettings(): SettingGroup[] {
  return Object.entries(settingGroups).map(([title, names]) => ({ title, settings: names.map(describe) }));
}

/** The settings that a schema has and no group lists. */
export function ungroupedSettings(): string[] {
  return Object.values(schemas)
    .flatMap((settings) => Object.keys(settings))
    .filter((name) => !settingNames.has(name));
}

function describe(name: string): DescribedSetting {
  const ofAuthServer = schemas["auth-server"][name];
  const ofSessionDaemon = schemas["session-daemon"][name];
  const schema = ofAuthServer ?? ofSessionDaemon;
  if (schema?.description === undefined) throw new Error(`${name} has no schema with a description`);
  const isCommon = ofAuthServer !== undefined && ofSessionDaemon !== undefined;
  return {
    name,
    meaning: schema.description,
    readBy: isCommon ? "both" : ofAuthServer === undefined ? "session-daemon" : "auth-server",
    defaultValue: defaultOf(schema),
    credential: credentialOf(name),
    isRequired: !schema.safeParse(undefined).success,
  };
}

/** Zod's definition of a default: of an input that is parsed, or of an output. */
interface Definition {
  readonly defaultValue?: string | number | readonly string[];
}

function defaultOf(schema: z.ZodType): string | undefined {
  const { defaultValue } = schema.def as Definition;
  return defaultValue === undefined || defaultValue.toString() === "" ? undefined : defaultValue.toString();
}
