import { maxPageLimit } from "@fjmcp/shared/ipc/page";
import type { Command } from "commander";
import type { AdminClient } from "../admin/admin-client.ts";
import { findUser } from "../admin/find-user.ts";
import { note, print, printJson } from "../terminal/output.ts";
import { formatTable, type Column } from "../terminal/table.ts";
import {
  adminClient,
  example,
  jsonOption,
  listOf,
  positiveNumber,
  userName,
  type SocketOptions,
} from "./common-options.ts";

const defaultLimit = 100;

interface ListOptions extends SocketOptions {
  readonly json: boolean;
  readonly limit: number;
  readonly all: boolean;
  readonly user?: string;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly next?: string | undefined;
}

/** Adds `list`, the default of `parent`: a table, or JSON, of at most so many rows. */
export function addListCommand<Row>(
  parent: Command,
  list: {
    /** What the rows are, in the plural. */
    readonly things: string;
    readonly columns: readonly Column<Row>[];
    /** The rows of one page; `query` holds `limit`, `after` and the filter. */
    readonly fetch: (client: AdminClient, query: URLSearchParams) => Promise<Page<Row>>;
    /** Whether `--user` selects the rows of one account, by its id or login name. */
    readonly byUser: boolean;
  },
): void {
  const command = listOf(parent)
    .description(`list ${list.things}`)
    .option("--limit <number>", `at most so many`, positiveNumber, defaultLimit)
    .option("--all", "all of them", false)
    .addOption(jsonOption())
    .addHelpText("after", example(`fjmcp ${list.things} --json --all`));
  if (list.byUser) command.option("--user <user>", "only those of this user; the id or login name", userName);
  command.action(async (options: ListOptions) => {
    const client = adminClient(options);
    const accountId = options.user && (await findUser(client, options.user)).accountId;
    const rows: Row[] = [];
    const limit = options.all ? Number.POSITIVE_INFINITY : options.limit;
    let page: Page<Row> | undefined;
    do {
      const query = new URLSearchParams({ limit: String(Math.min(maxPageLimit, limit - rows.length)) });
      if (page?.next !== undefined) query.set("after", page.next);
      if (accountId !== undefined) query.set("accountId", accountId);
      page = await list.fetch(client, query);
      rows.push(...page.rows);
    } while (page.next !== undefined && rows.length < limit);
    if (options.json) return printJson({ [list.things]: rows, total: page.total });
    if (rows.length === 0) return print(`There are no ${list.things}.`);
    print(formatTable(rows, list.columns));
    if (page.next !== undefined)
      note(`${rows.length} of about ${page.total} ${list.things}; --all lists them all.`);
    return undefined;
  });
}
