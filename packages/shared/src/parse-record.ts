import type { z } from "zod";

/** Parses a stored record by its schema. Undefined when there is none, or when the text does not match the schema. */
export function parseRecord<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null | undefined,
): z.infer<Schema> | undefined {
  if (text === undefined || text === null) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // The error is not passed on: its message quotes the record.
    return undefined;
  }
}
