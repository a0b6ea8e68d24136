import { readFileSync } from "node:fs";
import { z } from "zod";
import { type ClientDocument, isDocumentUrl, readClientDocument } from "./client-document.ts";

/**
 * A schema for the path of a JSON file with a list of client documents; its output is the documents, normalised and as valid
 * as a document must be that was fetched. Each fault names the file and, where there is one, the entry.
 */
export function documentsFile() {
  return z
    .string()
    .transform((path, context) => {
      const faults: string[] = [];
      const documents = listIn(path, faults).flatMap((entry, index) => {
        try {
          return [documentOf(entry)];
        } catch (error) {
          faults.push(`document ${index + 1} is not valid: ${(error as Error).message}`);
          return [];
        }
      });
      if (faults.length === 0) return documents;
      for (const fault of faults) context.addIssue(`${path}: ${fault}`);
      return z.NEVER;
    })
    .default([]);
}

function listIn(path: string, faults: string[]): readonly unknown[] {
  try {
    const listed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (Array.isArray(listed)) return listed;
    faults.push("must hold a JSON list of client documents");
  } catch (error) {
    // The parser's own error quotes the file.
    const isUnreadable = !(error instanceof SyntaxError);
    faults.push(isUnreadable ? "cannot be read" : "must hold a JSON list of client documents");
  }
  return [];
}

function documentOf(entry: unknown): ClientDocument {
  const { client_id: url } = (entry ?? {}) as { client_id?: unknown };
  if (typeof url !== "string" || !isDocumentId(url)) {
    throw new Error("its client_id is not an https URL without a user and a fragment");
  }
  return readClientDocument(JSON.stringify(entry), url);
}

/** Any other URL is the id of no client, so that its document would never serve. */
function isDocumentId(id: string): boolean {
  const url = isDocumentUrl(id) ? URL.parse(id) : null;
  return url !== null && url.username === "" && url.password === "" && !id.includes("#");
}
