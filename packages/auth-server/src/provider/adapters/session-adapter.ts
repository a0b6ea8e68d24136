import type { ModelAdapter } from "./adapter-factory.ts";

/**
 * Sessions of the authorization server itself are not stored: Forgejo identifies the user at each login, and consent is
 * never reused. oidc-provider's session lives for one request.
 */
export const sessionAdapter: ModelAdapter = {
  async upsert() {},
  async find() {
    return undefined;
  },
  async destroy() {},
};
