import type { DescribedSetting, SettingGroup } from "./described-settings.ts";

const width = 100;

const head = `# The configuration of fjmcp: both daemons read this file, each what concerns it.
# Lines are NAME=value, as systemd reads them (EnvironmentFile=); a value with spaces stands in double quotes.
# A setting in a comment shows its default. Restart the daemons after a change: systemctl restart fjmcp-auth fjmcp-session
# Secrets, pictures and documents are not in here: each is a credential of systemd, the file of its name in
# /etc/fjmcp/credentials/. Restart the daemon that reads it after a change.
`;

/** The text of `deploy/fjmcp.env`: each setting with its meaning and its default, the required ones first. */
export function environmentFile(groups: readonly SettingGroup[]): string {
  const sections = groups.map(({ title, settings }) => {
    const texts = settings.map((setting) => `${comment(meaningOf(setting))}${lineOf(setting)}\n`);
    return `\n## ${title}\n\n${texts.join("\n")}`;
  });
  return head + sections.join("");
}

function meaningOf({ meaning, readBy, credential }: DescribedSetting): string {
  const plain = meaning.replaceAll("`", "");
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  const reader = readBy === "both" ? "" : ` (${readBy})`;
  return `${sentence}${reader}.${credential === undefined ? "" : ` The default is the credential ${credential}.`}`;
}

/** Where the packages, which bring what they need, are stricter than a checkout. */
const packageValues: Readonly<Record<string, string>> = { FJMCP_SANDBOX: "required" };

function lineOf({ name, defaultValue, credential, isRequired }: DescribedSetting): string {
  const packageValue = packageValues[name];
  if (packageValue !== undefined) return `${name}=${packageValue}`;
  // The daemons' users may not read that folder: as a value its path would be a fault.
  if (credential !== undefined) return `#${name}=`;
  return isRequired ? `${name}=` : `#${name}=${quoted(defaultValue ?? "")}`;
}

function quoted(value: string): string {
  return /^[\w./:@,-]*$/.test(value) ? value : `"${value}"`;
}

/** Comment lines of at most `width` characters. */
function comment(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line.length + word.length + 3 > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}\n`).join("");
}
