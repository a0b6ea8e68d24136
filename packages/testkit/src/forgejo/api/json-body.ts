import type { Context } from "hono";
import type { z } from "zod";
import { ApiError } from "./api-error.ts";

/** The request's JSON body, parsed with `schema`: unknown fields are dropped. Throws a 422. */
export async function jsonBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    throw new ApiError(422, "The request's body is not JSON");
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `[${issue.path.join(".")}]: ${issue.message}`);
  throw new ApiError(422, faults.join("\n"));
}
