/** A clock for all of this process, and a real time that a test lets jump. */
export interface JumpingClock {
  jump(milliseconds: number): void;
  /** Ends the replacement of the global `Date`. */
  restore(): void;
}

/**
 * Replaces the global `Date` by one that is ahead of the real time by the sum of all jumps. Libraries read it too:
 * oidc-provider for the expiry of what it issues, the sandbox Forgejo for its tokens.
 */
export function installJumpingClock(): JumpingClock {
  const RealDate = Date;
  let aheadMs = 0;
  const now = () => RealDate.now() + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget): object =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, name): unknown => (name === "now" ? now : Reflect.get(target, name)),
  });
  return {
    jump: (milliseconds) => void (aheadMs += milliseconds),
    restore: () => void (globalThis.Date = RealDate),
  };
}
