import type { AccountId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";

type SessionLine = { readonly accountId: AccountId } & (
  | { readonly event: "session.opened" }
  | { readonly event: "session.closed"; readonly reason: string }
);

/** The sessions of one account in one second. */
interface AccountSecond {
  lines: number;
  opened: number;
  readonly closed: Map<string, number>;
}

/** Of one account; the audit of tool calls has as many of its own. */
export const maxLinesPerSecond = 50;
export const secondMs = 1000;

/**
 * The log lines of single sessions, which a client can open and close at any rate. Of more than 50 lines of an account in one
 * second, the others become one with their number.
 */
export class SessionLines {
  readonly #log: Log;
  #accounts = new Map<AccountId, AccountSecond>();
  #counting: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  write(line: SessionLine, message: string): void {
    let second = this.#accounts.get(line.accountId);
    if (second === undefined) {
      second = { lines: 0, opened: 0, closed: new Map() };
      this.#accounts.set(line.accountId, second);
      this.#counting ??= setTimeout(() => this.flush(), secondMs).unref();
    }
    if (second.lines < maxLinesPerSecond) {
      second.lines++;
      this.#log.info(line, message);
    } else if (line.event === "session.opened") second.opened++;
    else second.closed.set(line.reason, (second.closed.get(line.reason) ?? 0) + 1);
  }

  /** Writes what is only counted so far: for the end of the process. */
  flush(): void {
    clearTimeout(this.#counting);
    this.#counting = undefined;
    const accounts = this.#accounts;
    this.#accounts = new Map();
    for (const [accountId, { opened, closed }] of accounts) {
      const count = closed.values().reduce((sum, each) => sum + each, opened);
      if (count === 0) continue;
      const fields = {
        event: "session.counted",
        accountId,
        count,
        opened,
        closed: Object.fromEntries(closed),
      };
      this.#log.info(fields, "more sessions of an account opened and closed in one second");
    }
  }
}
