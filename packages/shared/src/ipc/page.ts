import { z } from "zod";
import { accountIdSchema } from "../ids.ts";

const defaultLimit = 100;
/** The items of a page at most. Keeps a response far below what an IPC client reads (4 MiB). */
export const maxPageLimit = 1000;

/** Which part of a list a `GET` asks for, in its query. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(maxPageLimit).default(defaultLimit),
  /** The `next` of the page before. */
  after: z.string().optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** As `pageQuery`, of one account alone where it is given. */
export const accountPageQuery = pageQuery.extend({ accountId: accountIdSchema.optional() });
export type AccountPageQuery = z.infer<typeof accountPageQuery>;

/** The members of every bounded list. */
export const pageMembers = {
  /** Of the whole list. */
  total: z.number(),
  /** Where the next page begins; absent on the last one. */
  next: z.string().optional(),
};

interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly next?: string;
}

/** One page of `items`, in the order of their keys. The keys differ from one another. */
export function takePage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, after = "" }: PageQuery,
): Page<Item> {
  const following = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = following.slice(0, limit);
  return {
    items: page.map(({ item }) => item),
    total: items.length,
    ...(following.length > limit && { next: page.at(-1)!.key }),
  };
}
