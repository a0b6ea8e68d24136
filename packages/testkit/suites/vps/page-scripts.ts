import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../src/process/project-root.ts";

/**
 * The shell commands under a heading of a page of docs/setup, each block one script. `replacements` puts what is here in
 * the place of the page's examples. Throws where there is no such heading, so that page and tests stay equal.
 */
export function pageScripts(
  page: string,
  heading: string,
  replacements: Readonly<Record<string, string>>,
): string[] {
  const text = readFileSync(join(projectRoot, "docs/setup", page), "utf8");
  const section = text.split(/^##+ /m).find((each) => each.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${page} has no section "${heading}"`);
  const scripts = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script]) => script!);
  return scripts.map((script) => replaced(script, replacements));
}

function replaced(script: string, replacements: Readonly<Record<string, string>>): string {
  let result = script;
  for (const [example, here] of Object.entries(replacements)) result = result.replaceAll(example, here);
  return result;
}
