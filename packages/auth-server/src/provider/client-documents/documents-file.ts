import { readFileSync } from "node:fs";
import { z } from "zod";
import { type ClientDocument, readClientDocument } from "./client-document.ts";

/** A schema for the path of a JSON file with a list of client documents; its output is the documents, normalised. */
export function documentsFile() {
  return z
    .string()
    .transform((path, context) => {
      try {
        return readDocuments(path);
      } catch (error) {
        context.addIssue((error as Error).message);
        return z.NEVER;
      }
    })
    .default([]);
}

function readDocuments(path: string): ClientDocument[] {
  const listed = parse(readFileSync(path, "utf8"));
  if (!Array.isArray(listed)) throw new Error("must be a file with a JSON list of client documents");
  return listed.map((document: unknown, index) => {
    const url = urlOf(document);
    if (url === undefined) throw new Error(`document ${index + 1} has no client_id that is an https URL`);
    try {
      return readClientDocument(JSON.stringify(document), url);
    } catch (error) {
      throw new Error(`document ${index + 1} is not valid: ${(error as Error).message}`, { cause: error });
    }
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("must be a file with a JSON list of client documents");
  }
}

function urlOf(document: unknown): string | undefined {
  const { client_id: url } = (document ?? {}) as { client_id?: unknown };
  return typeof url === "string" && url.startsWith("https://") && URL.canParse(url) ? url : undefined;
}
