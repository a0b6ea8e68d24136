import type { z } from "zod";
import { readStoredRecord } from "@fjmcp/shared/stored-record";

/** So many distinct texts are remembered; a few MiB at most. */
const capacity = 4_000;

/**
 * A parser of stored records by `schema`; undefined for what is none. It remembers what a text means, because most
 * requests bring a record that an earlier one brought too, and parsing costs more than the rest of the check. Whether
 * the record is still stored is not remembered: that is asked of Redis every time.
 */
export function storedRecordParser<Schema extends z.ZodType>(
  schema: Schema,
): (text: string | undefined) => z.infer<Schema> | undefined {
  const known = new Map<string, z.infer<Schema>>();
  return (text) => {
    if (text === undefined) return undefined;
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const record = readStoredRecord(schema, text);
    if (record === undefined) return undefined;
    if (known.size >= capacity) known.clear();
    known.set(text, record);
    return record;
  };
}
