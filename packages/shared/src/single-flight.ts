/** Single flight: concurrent calls with the same key share one pending promise. Nothing is kept once it has settled. */
export function singleFlight<Key, Result>(
  call: (key: Key) => Promise<Result>,
): (key: Key) => Promise<Result> {
  const pending = new Map<Key, Promise<Result>>();
  return (key) => {
    let promise = pending.get(key);
    if (promise === undefined) {
      promise = call(key).finally(() => pending.delete(key));
      pending.set(key, promise);
    }
    return promise;
  };
}
