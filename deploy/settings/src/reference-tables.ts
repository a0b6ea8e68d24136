import type { DescribedSetting, SettingGroup } from "./described-settings.ts";

/** Where the tables stand in the reference. */
const start = "<!-- The tables are generated: pnpm generate-docs -->\n";
const end = "<!-- End of the generated tables -->\n";

/** The reference with its tables replaced by those of the schemas. Throws when the text has no place for them. */
export function withSettingTables(reference: string, groups: readonly SettingGroup[]): string {
  const from = reference.indexOf(start);
  const to = reference.indexOf(end);
  if (from < 0 || to < from) throw new Error("the reference has no place for the tables");
  return `${reference.slice(0, from)}${start}\n${groups.map(table).join("\n")}\n${reference.slice(to)}`;
}

function table({ title, settings }: SettingGroup): string {
  const rows = settings.map((setting) => [
    `\`${setting.name}\``,
    setting.meaning,
    defaultText(setting),
    setting.readBy,
  ]);
  const lines = [["variable", "meaning", "default", "read by"], ["-", "-", "-", "-"], ...rows];
  return `### ${title}\n\n${lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("")}`;
}

function defaultText({ name, defaultValue, credential, isRequired }: DescribedSetting): string {
  if (credential !== undefined) return `credential \`${credential}\``;
  if (isRequired) return "required";
  if (defaultValue === undefined) return "none";
  return /^[\d.]+$/.test(defaultValue)
    ? `${defaultValue}${inDays(name, defaultValue)}`
    : `\`${defaultValue}\``;
}

const daySec = 24 * 3600;

function inDays(name: string, value: string): string {
  const days = Number(value) / daySec;
  if (!name.endsWith("_SECONDS") || days < 1) return "";
  return ` (${days} day${days === 1 ? "" : "s"})`;
}
