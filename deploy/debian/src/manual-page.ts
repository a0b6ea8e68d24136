import { describedCommands, type DescribedCommand } from "@fjmcp/cli/command-reference";

/** The line of the page in whose place the commands come. */
const place = '.\\" COMMANDS\n';

/** The manual page: `template` with all commands and options of the program. Throws an Error if it has no place for them. */
export function manualPage(template: string): string {
  const [before, after, ...others] = template.split(place);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error("The manual page must have one place for the commands.");
  return `${before}.SH COMMANDS\n${describedCommands().map(sectionOf).join("")}${after}`;
}

function sectionOf({ usage, description, options }: DescribedCommand): string {
  const terms = options.map((option) => `.TP\n.B ${text(option.flags)}\n${text(option.description)}\n`);
  return `.SS "${text(usage)}"\n${text(description)}\n${terms.join("")}`;
}

/** A line of roff: its escape character, hyphens that are copied as they are, and quotes. */
function text(line: string): string {
  return line
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^[.']/, "\\&$&");
}
