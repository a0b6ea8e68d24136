import { redPixel } from "./media.ts";

/** The suite's resources by URI; each read gives the same content. */
export const resources = {
  "test://static-text": {
    mimeType: "text/plain",
    text: "This is the content of the static text resource.",
  },
  "test://static-binary": { mimeType: "image/png", blob: redPixel },
  "test://watched-resource": { mimeType: "text/plain", text: "Watched resource content" },
} as const;

export const templateUri = "test://template/{id}/data";

/** What a read of the template's resource with this id gives. */
export function templateContents(uri: URL, id: unknown) {
  const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` });
  return { contents: [{ uri: uri.href, mimeType: "application/json", text }] };
}
