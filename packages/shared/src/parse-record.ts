import type { z } from "zod";

/** What a record's stored text says by its schema; undefined for none, and for what is no such record. */
export function parseRecord<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null | undefined,
): z.infer<Schema> | undefined {
  if (text === undefined || text === null) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not passed on: the parser's message quotes the record.
    return undefined;
  }
}
