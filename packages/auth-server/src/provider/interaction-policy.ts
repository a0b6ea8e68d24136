import { interactionPolicy } from "oidc-provider";

const { Check, base } = interactionPolicy;

/**
 * Prompts the user at every authorization request: by default, oidc-provider issues a code without any page to a client
 * that was allowed before. A login and a consent count only when they are results of this very interaction.
 */
export function alwaysPrompt(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy
    .get("login")!
    .checks.add(
      new Check(
        "login_in_this_interaction",
        "a login is needed",
        "login_required",
        (ctx) => ctx.oidc.result?.login === undefined,
      ),
    );
  policy
    .get("consent")!
    .checks.add(
      new Check(
        "consent_in_this_interaction",
        "consent is needed",
        "consent_required",
        (ctx) => ctx.oidc.result?.consent === undefined,
      ),
    );
  return policy;
}
