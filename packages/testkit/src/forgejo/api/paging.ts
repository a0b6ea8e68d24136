import type { Context } from "hono";

export const maxPageSize = 50;
const defaultPageSize = 30;

/** The items of the requested `page` and `limit`; sets `X-Total-Count`. */
export function paged<T>(c: Context, items: readonly T[]): T[] {
  const number = (name: string, fallback: number) => Math.max(1, Number(c.req.query(name)) || fallback);
  const limit = Math.min(number("limit", defaultPageSize), maxPageSize);
  const start = (number("page", 1) - 1) * limit;
  c.header("X-Total-Count", String(items.length));
  return items.slice(start, start + limit);
}
