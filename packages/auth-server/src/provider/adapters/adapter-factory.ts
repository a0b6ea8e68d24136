import type { Adapter, AdapterFactory } from "oidc-provider";
import { storeFailure } from "../temporarily-unavailable.ts";

/** The storage of one of oidc-provider's models, without the methods that are never called for it. */
export type ModelAdapter = Partial<Adapter>;

/** The storage of oidc-provider, one adapter per model. StoreUnavailableError becomes `temporarily_unavailable`. */
export function createAdapterFactory(models: Readonly<Record<string, ModelAdapter>>): AdapterFactory {
  return (name) => {
    const model = models[name] ?? {};
    const call =
      <Arguments extends unknown[], Result>(
        method: keyof Adapter,
        implementation: ((...args: Arguments) => Promise<Result>) | undefined,
      ) =>
      async (...args: Arguments): Promise<Result> => {
        if (implementation === undefined) throw new Error(`${name} has no ${method}`);
        try {
          return await implementation(...args);
        } catch (error) {
          throw storeFailure(error);
        }
      };
    return {
      upsert: call("upsert", model.upsert),
      find: call("find", model.find),
      findByUserCode: call("findByUserCode", model.findByUserCode),
      findByUid: call("findByUid", model.findByUid),
      consume: call("consume", model.consume),
      destroy: call("destroy", model.destroy),
      revokeByGrantId: call("revokeByGrantId", model.revokeByGrantId),
    };
  };
}
