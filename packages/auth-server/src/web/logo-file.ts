import { readFileSync } from "node:fs";
import { z } from "zod";

/** A picture that this server serves itself. */
export interface Logo {
  readonly type: "image/svg+xml" | "image/png";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const maxBytes = 64 * 1024;
const pngSignature = Buffer.from("89504e470d0a1a0a", "hex");

/** A schema for the path of an SVG or PNG file of at most 64 KiB; its output is the picture. */
export function logoFile() {
  return z.string().transform((path, context): Logo => {
    const fault = (message: string) => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    try {
      const bytes = new Uint8Array(readFileSync(path));
      if (bytes.length > maxBytes) return fault(`${path} is larger than ${maxBytes / 1024} KiB`);
      const type = typeOf(bytes);
      return type === undefined ? fault(`${path} is neither SVG nor PNG`) : { type, bytes };
    } catch (error) {
      return fault(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  });
}

/** Recognises the type by the content: a PNG's signature, or text whose first element is `svg`. */
function typeOf(bytes: Uint8Array): Logo["type"] | undefined {
  if (pngSignature.equals(bytes.subarray(0, pngSignature.length))) return "image/png";
  const start = new TextDecoder().decode(bytes);
  return /^\s*(<\?[^>]*>\s*|<!--[^]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i.test(start)
    ? "image/svg+xml"
    : undefined;
}
