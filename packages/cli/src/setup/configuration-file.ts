/** The template that the package brings. */
export const templatePath = "usr/share/fjmcp/fjmcp.env";

/** The value of a setting in the text of an environment file (systemd.exec(5), EnvironmentFile=); undefined when not set. */
export function settingOf(text: string, name: string): string | undefined {
  const value = lastLineOf(text, name)?.[1]?.trim() ?? "";
  const [, single] = /^'([^']*)'$/.exec(value) ?? [];
  const [, double] = /^"(.*)"$/.exec(value) ?? [];
  return (single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? value) || undefined;
}

/** Of several lines systemd uses the last one. */
function lastLineOf(text: string, name: string): RegExpExecArray | undefined {
  return [...text.matchAll(new RegExp(`^[ \\t]*${name}[ \\t]*=(.*)$`, "gm"))].at(-1);
}

/**
 * The text with these settings: each replaces the line that counts, or the comment that shows its default; a new one is
 * added at the end. Every other line stays as it is.
 */
export function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [name, value] of Object.entries(settings)) {
    if (settingOf(result, name) === value) continue;
    const line = `${name}=${/[\s"]/.test(value) ? `"${value.replaceAll('"', String.raw`\"`)}"` : value}`;
    const existing = lastLineOf(result, name) ?? new RegExp(`^#${name}=.*$`, "m").exec(result);
    result =
      existing === null
        ? `${result.replace(/\n*$/, "\n")}${line}\n`
        : result.slice(0, existing.index) + line + result.slice(existing.index + existing[0].length);
  }
  return result;
}
