/** Few enough that Redis serves clients between them. */
const concurrent = 16;

/** As `Promise.all` over `items`, but a few at a time. */
export async function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += concurrent)
    results.push(...(await Promise.all(items.slice(from, from + concurrent).map(map))));
  return results;
}
