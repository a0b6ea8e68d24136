import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { Secret } from "./secret.ts";
import { settingNames } from "./setting-groups.ts";

/** All faults of a configuration, one line each. `main` prints them and exits 78 (EX_CONFIG). */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? "" : "s"}:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
    this.name = "ConfigurationError";
    this.faults = faults;
  }
}

export const EX_CONFIG = 78;

/**
 * Reads the variables that `schema` names. Throws ConfigurationError with all faults together. A variable that is set to
 * the empty string counts as not set, and a `FJMCP_…_FILE` that is not set means the credential of that name, if there
 * is one that is not blank. Settings of the other daemon are ignored; any other variable with the prefix `FJMCP_` is a fault, so that a
 * misspelt one is noticed.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const known: readonly string[] = schema.keyof().options;
  const set: Record<string, unknown> = {
    ...credentialFiles(known, env.CREDENTIALS_DIRECTORY),
    ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== "")),
  };
  const faults = Object.keys(set)
    .filter((name) => name.startsWith("FJMCP_") && !known.includes(name) && !settingNames.has(name))
    .map((name) => `${name}: is not a setting of this program`);
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${describe(issue, set)}`));
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigurationError(faults);
  return parsed.data;
}

/** The credential that a secret's file defaults to: `vault-key` for FJMCP_VAULT_KEY_FILE (systemd.exec(5), LoadCredential=). */
export function credentialOf(setting: string): string | undefined {
  return /^FJMCP_(.+)_FILE$/.exec(setting)?.[1]?.toLowerCase().replaceAll("_", "-");
}

function credentialFiles(settings: readonly string[], directory: string | undefined): Record<string, string> {
  if (directory === undefined) return {};
  return Object.fromEntries(
    settings.flatMap((setting) => {
      const file = join(directory, credentialOf(setting) ?? "");
      return credentialOf(setting) !== undefined && isCredential(file) ? [[setting, file]] : [];
    }),
  );
}

/** A blank one stands for an optional one that is not given: systemd needs a default for it (SetCredential=). */
function isCredential(file: string): boolean {
  try {
    return readFileSync(file, "utf8").trim() !== "";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

function describe(issue: z.core.$ZodIssue, set: Record<string, unknown>): string {
  const name = issue.path[0];
  // A rule about several settings may concern one that is not set: its message stands.
  const isMissing = issue.code !== "custom" && typeof name === "string" && !(name in set);
  return isMissing ? "is required" : issue.message;
}

interface NumberOptions {
  readonly min: number;
  readonly max?: number;
  readonly default: number;
}

/** A duration: a decimal number, at least `min`. */
export function number(options: NumberOptions) {
  return numberOf("number", /^\d+(\.\d+)?$/, options);
}

/** A count, or a duration that is stored in whole seconds. */
export function wholeNumber(options: NumberOptions) {
  return numberOf("whole number", /^\d+$/, options);
}

function numberOf(kind: string, pattern: RegExp, options: NumberOptions) {
  const { min, max = Number.MAX_SAFE_INTEGER } = options;
  return z
    .string()
    .refine((text) => pattern.test(text) && Number(text) >= min && Number(text) <= max, {
      message:
        max === Number.MAX_SAFE_INTEGER
          ? `must be a ${kind} of at least ${min}`
          : `must be a ${kind} from ${min} to ${max}`,
    })
    .transform(Number)
    .default(options.default);
}

/**
 * The path of a file that contains one secret; trailing line ends are dropped, and a blank file is a fault. A fault repeats
 * only an absolute path: anything else may be the secret itself, written there by mistake.
 */
export function secretFile() {
  return z.string().transform((path, context) => {
    try {
      const text = readFileSync(path, "utf8").replace(/[\r\n]+$/, "");
      if (text.trim() !== "") return new Secret(text);
      context.addIssue({ code: "custom", message: `${path} is empty` });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const message = isAbsolute(path)
        ? `${path} cannot be read (${code})`
        : `must be the path of a file; none of that name can be read (${code})`;
      context.addIssue({ code: "custom", message });
    }
    return z.NEVER;
  });
}

/** An absolute path. */
export function absolutePath() {
  return z.string().startsWith("/", "must be an absolute path");
}
