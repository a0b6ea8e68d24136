/**
 * Single flight: concurrent calls with the same key share one pending promise, made with the further arguments of the
 * first of them. Nothing is kept once it has settled.
 */
export function singleFlight<Key, Rest extends readonly unknown[], Result>(
  call: (key: Key, ...rest: Rest) => Promise<Result>,
): (key: Key, ...rest: Rest) => Promise<Result> {
  const pending = new Map<Key, Promise<Result>>();
  return (key, ...rest) => {
    let promise = pending.get(key);
    if (promise === undefined) {
      promise = call(key, ...rest).finally(() => pending.delete(key));
      pending.set(key, promise);
    }
    return promise;
  };
}
