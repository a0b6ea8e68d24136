import { replaceMethod } from "./replace-method.ts";

/** One of oidc-provider's models, such as `provider.RefreshToken`. */
interface Model<Instance> {
  readonly prototype: Instance;
}

/** Calls `onFound` with each instance that the model's `find` has found, before oidc-provider gets it. */
export function afterFind<Instance>(
  model: Model<Instance>,
  onFound: (found: Instance) => Promise<void> | void,
): void {
  replaceMethod<unknown, unknown[], Promise<Instance | undefined>>(
    model,
    "find",
    (find) =>
      async function (...args) {
        const found = await find.apply(this, args);
        if (found !== undefined) await onFound(found);
        return found;
      },
  );
}

/**
 * Calls `check` before a code or token is consumed: what it throws rejects the request, which has consumed nothing. Of
 * several checks of a model, the one that is added last runs first.
 */
export function beforeConsume<Instance>(
  model: Model<Instance>,
  check: (credential: Instance) => Promise<void> | void,
): void {
  replaceMethod<Instance, [], Promise<void>>(
    model.prototype as object,
    "consume",
    (consume) =>
      async function () {
        await check(this);
        return consume.call(this);
      },
  );
}
