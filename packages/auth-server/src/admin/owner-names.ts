import { accountIdSchema, clientIdSchema } from "@fjmcp/shared/ids";
import type { AdminDeps } from "./admin-deps.ts";
import { mapInTurns } from "./map-in-turns.ts";

type Deps = Pick<AdminDeps, "loginOf" | "describeClient">;

/** The owner of a session or a worker, as the session-daemon knows it. */
interface Owned {
  readonly accountId: string;
  readonly clientId: string;
}

/**
 * The rows with the login and the registered name of their owners, each looked up once. While the store does not respond,
 * without them: what runs can be seen all the same.
 */
export async function withOwnerNames<Row extends Owned>(
  { loginOf, describeClient }: Deps,
  rows: readonly Row[],
): Promise<(Row & { login?: string; registeredName?: string })[]> {
  const names = new Map<string, string | undefined>();
  const accounts = new Set(rows.map(({ accountId }) => accountId));
  const clients = new Set(rows.map(({ clientId }) => clientId));
  try {
    await mapInTurns([...accounts], async (id) => names.set(id, await loginOf(accountIdSchema.parse(id))));
    await mapInTurns([...clients], async (id) =>
      names.set(id, (await describeClient(clientIdSchema.parse(id)))?.name),
    );
  } catch {
    // The health of the store is shown elsewhere.
  }
  return rows.map((row) => {
    const login = names.get(row.accountId);
    const registeredName = names.get(row.clientId);
    return { ...row, ...(login && { login }), ...(registeredName && { registeredName }) };
  });
}
