/** A method with `this` as its first type. */
type Method<This, Args extends unknown[], Result> = (this: This, ...args: Args) => Result;

/**
 * Replaces a method of one of oidc-provider's classes, or of its prototype, by what `wrap` makes of it. Throws when there is
 * none: a release that has renamed it must not start with an override that nothing calls.
 */
export function replaceMethod<This, Args extends unknown[], Result>(
  target: object,
  name: string,
  wrap: (original: Method<This, Args, Result>) => Method<This, Args, Result>,
): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") throw new Error(`oidc-provider has no ${name} to override`);
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    value: wrap(original as Method<This, Args, Result>),
  });
}
