import type { z } from "zod";
import { ContractError } from "./contract-error.ts";

/** What is read of a request: a context of hono has it. */
export interface RequestContext {
  readonly req: { query(): Record<string, string>; json(): Promise<unknown> };
}

/** Reads requests by their contracts. `messages` are those of the ContractError for a query and for a body. */
export function requestParser(messages: { readonly query: string; readonly body: string }) {
  return {
    /** The query. Throws ContractError. */
    parseQuery: <Schema extends z.ZodType>(c: RequestContext, schema: Schema): z.infer<Schema> =>
      parse(c.req.query(), schema, messages.query),
    /** The JSON body. Rejects with ContractError. */
    parseBody: async <Schema extends z.ZodType>(
      c: RequestContext,
      schema: Schema,
    ): Promise<z.infer<Schema>> => parse(await c.req.json().catch(() => undefined), schema, messages.body),
  };
}

function parse<Schema extends z.ZodType>(value: unknown, schema: Schema, message: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ContractError(message);
}
