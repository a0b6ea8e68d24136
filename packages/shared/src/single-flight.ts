import type { AccountId } from "./ids.ts";

/** `call`, but whoever asks for an account while a call for it is running gets the outcome of that one. */
export function sharedCall<T>(call: (account: AccountId) => Promise<T>): (account: AccountId) => Promise<T> {
  const running = new Map<AccountId, Promise<T>>();
  return (account) => {
    let run = running.get(account);
    if (run === undefined) {
      run = call(account).finally(() => running.delete(account));
      running.set(account, run);
    }
    return run;
  };
}
