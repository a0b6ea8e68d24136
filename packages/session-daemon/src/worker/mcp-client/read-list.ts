import type { ListKind } from "../call.ts";
import type { Worker } from "../child/worker.ts";
import { requestChild } from "./child-request.ts";

/** A list is cut there. */
export const maxPages = 50;

/** Reads all pages of a list of the child, as it gave them, up to a cursor that leads to itself. Rejects as `requestChild`. */
export async function readList(worker: Worker, kind: ListKind): Promise<readonly unknown[]> {
  const pages: unknown[] = [];
  let cursor: unknown;
  while (pages.length < maxPages) {
    const page = await requestChild(worker, `${kind}/list`, cursor === undefined ? {} : { cursor });
    pages.push(page);
    const next = (page as { nextCursor?: unknown } | null)?.nextCursor;
    if (typeof next !== "string" || next === cursor) break;
    cursor = next;
  }
  return pages;
}

/** The names of the tools in pages of their list. */
export function toolNames(pages: readonly unknown[]): string[] {
  return pages.flatMap((page) => {
    const tools = (page as { tools?: unknown } | null)?.tools;
    if (!Array.isArray(tools)) return [];
    const names = (tools as ({ name?: unknown } | null)[]).map((tool) => tool?.name);
    return names.filter((name) => typeof name === "string");
  });
}
