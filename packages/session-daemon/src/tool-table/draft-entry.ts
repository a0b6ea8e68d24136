import { displayText } from "@fjmcp/shared/display-text";
import type { Toolset } from "@fjmcp/shared/oauth/toolsets";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import type { ToolTableFile } from "../policy/tool-table.ts";

type DraftEntry = ToolTableFile["tools"][string];

const maxTitleLength = 60;
const readVerbs = new Set(
  "check compare count diff download export fetch find get head list lookup query read search show stat view whoami".split(
    " ",
  ),
);
const writeVerbs = new Set(
  "add comment create dispatch follow fork log mark new open post request run send star start submit subscribe trigger upload watch".split(
    " ",
  ),
);
const repeatableVerbs = new Set(
  "archive close delete disable edit enable lock mark pin remove rename replace reset set unlock unpin update".split(
    " ",
  ),
);
/** The first that matches wins. */
const toolsetWords: readonly (readonly [RegExp, Toolset])[] = [
  [/^(user|me|account|myself|whoami|version|server|instance)$/, "context"],
  [/^notifications?$/, "notifications"],
  [/^releases?$/, "releases"],
  [/^(attachments?|assets?)$/, "attachments"],
  [/^wiki$/, "wiki"],
  [/^(actions?|workflows?|runs?|jobs?|runners?|secrets?|variables?)$/, "actions"],
  [/^(hooks?|webhooks?|protections?|admin|keys?|collaborators?|mirrors?)$/, "admin"],
  [/^(stopwatch(es)?|times?|tracked)$/, "time-tracking"],
  [/^(pulls?|prs?|reviews?|reviewers?|merge)$/, "pull-requests"],
  [/^(issues?|comments?|labels?|milestones?|dependenc(y|ies))$/, "issues"],
  [/^(orgs?|organizations?|teams?|members?)$/, "organizations"],
  [
    /^(repos?|repository|repositories|branch(es)?|commits?|files?|tree|contents?|dir|directory|tags?|code)$/,
    "code",
  ],
];

/**
 * A first entry for a tool, by its name and the child's own annotations; undefined for an item that is no tool. What it
 * cannot tell is `destructive` and of the toolset `other`. It is for an editor, not for use as it is.
 */
export function draftEntry(tool: unknown): readonly [name: string, entry: DraftEntry] | undefined {
  if (!isJsonObject(tool) || typeof tool.name !== "string" || tool.name === "") return undefined;
  const annotations = isJsonObject(tool.annotations) ? tool.annotations : {};
  const words = wordsOf(tool.name);
  const isRead = words.some((word) => readVerbs.has(word)) && !words.some(changes);
  const entry: DraftEntry = {
    class: isRead
      ? "read"
      : words.some((word) => writeVerbs.has(word)) && !words.some(overwrites)
        ? "write"
        : "destructive",
    toolset: toolsetOf(words),
    idempotent:
      isRead || annotations.idempotentHint === true || words.some((word) => repeatableVerbs.has(word)),
    title: displayText(tool.title ?? annotations.title, maxTitleLength) || titleOf(words),
  };
  return [tool.name, entry];
}

function changes(word: string): boolean {
  return writeVerbs.has(word) || overwrites(word);
}

function overwrites(word: string): boolean {
  return repeatableVerbs.has(word) && !writeVerbs.has(word);
}

function wordsOf(name: string): string[] {
  const separated = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return separated.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function toolsetOf(words: readonly string[]): Toolset {
  return toolsetWords.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1] ?? "other";
}

function titleOf(words: readonly string[]): string {
  const title = words.join(" ").slice(0, maxTitleLength);
  return title === "" ? "Tool" : title[0]!.toUpperCase() + title.slice(1);
}
