import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";
import { projectRoot } from "./release.ts";

/** `readFileSync(new URL("./a.css", import.meta.url), "utf8")`; the name may be a template with one `${variable}`. */
const readCall =
  /readFileSync\(new URL\((?:"(?<name>[^"]+)"|`(?<before>[^`$]*)\$\{(?<variable>\w+)\}(?<after>[^`$]*)`), import\.meta\.url\)(?<utf8>, "utf8")?\)/g;

/**
 * Embeds the files that modules read from beside themselves, so that a bundle is one file. A module that uses
 * `import.meta.url` in any other way fails the build.
 */
export function embedFiles(): Plugin {
  return {
    name: "embed-files",
    transform(code, id) {
      const isOurs = id.startsWith(`${projectRoot}/`) && !id.includes("/node_modules/");
      if (!isOurs || !code.includes("import.meta.url")) return undefined;
      const embedded = code.replaceAll(readCall, (...match) => {
        const groups = match.at(-1) as Record<"name" | "before" | "variable" | "after" | "utf8", string>;
        const text = groups.name === undefined ? oneOf(groups, id) : JSON.stringify(read(id, groups.name));
        return groups.utf8 === undefined ? `Buffer.from(${text}, "utf8")` : text;
      });
      if (embedded.includes("import.meta.url"))
        this.error(`${id} uses import.meta.url in a way that no bundle can`);
      return { code: embedded, map: null };
    },
  };
}

/** An expression that chooses between all files that the template may name. */
function oneOf(
  { before, variable, after }: Record<"before" | "variable" | "after", string>,
  id: string,
): string {
  const folder = join(dirname(id), before);
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(after))
    .toSorted();
  const texts = names.map((name) => [name.slice(0, -after.length), read(id, join(before, name))]);
  return `${JSON.stringify(Object.fromEntries(texts))}[${variable}]`;
}

/** Throws for a file that is not UTF-8, whose bytes a string would not keep. */
function read(id: string, name: string): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    readFileSync(join(dirname(id), name)),
  );
}
