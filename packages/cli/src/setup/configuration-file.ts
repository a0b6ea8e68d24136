export const configurationPath = "etc/fjmcp/fjmcp.env";
/** The template that the package brings. */
export const templatePath = "usr/share/fjmcp/fjmcp.env";

/** The value of a setting in the text of an environment file (systemd.exec(5), EnvironmentFile=); undefined when not set. */
export function settingOf(text: string, name: string): string | undefined {
  const value = new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1]?.trim();
  return value?.replace(/^"(.*)"$/, "$1") || undefined;
}

/**
 * The text with these settings: each replaces its line, or the comment that shows its default; a new one is added at the
 * end. Every other line stays as it is.
 */
export function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, value] of Object.entries(settings)) {
    if (settingOf(result, name) === value) continue;
    const line = `${name}=${/[\s"]/.test(value) ? `"${value.replaceAll('"', String.raw`\"`)}"` : value}`;
    const existing = [new RegExp(`^${name}=.*$`, "m"), new RegExp(`^#${name}=.*$`, "m")].find((pattern) =>
      pattern.test(result),
    );
    result =
      existing === undefined
        ? `${result.replace(/\n*$/, "\n")}${line}\n`
        : result.replace(existing, () => line);
  }
  return result;
}
