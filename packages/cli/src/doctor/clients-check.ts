import { setTimeout as sleep } from "node:timers/promises";
import { fault, good, warning, type Finding } from "@fjmcp/shared/finding";
import { clientProfiles } from "../client-profiles/client-profiles.ts";
import { settingOf } from "../client-profiles/replay-fault.ts";
import { replayProfile } from "../client-profiles/replay-profile.ts";
import { respectingLimits, type ReplayTarget } from "../client-profiles/replay-target.ts";
import type { Check } from "./check.ts";
import { reachForgejo } from "./reach-forgejo.ts";

/**
 * Every known client gets as far as it can without a user: its discovery, its registration or document, the login up to
 * Forgejo's page, and the errors after which it offers a new login. Signs no user in; what it starts expires in an hour.
 */
export const clientsCheck: Check = {
  name: "clients",
  async run({ http, issuer, forgejoUrl }) {
    const wait = (ms: number) => sleep(ms);
    const limited = { fetch: respectingLimits((url, options) => http.fetch(url, options), wait) };
    const target: ReplayTarget = {
      issuer,
      fetch: (url, options) => http.fetch(url, options),
      fetchHead: (url, options) => http.fetchHead(url, options),
      async browse(authorizationUrl) {
        await reachForgejo(limited, authorizationUrl, { issuer, forgejoUrl });
        return undefined;
      },
      wait,
    };
    const findings: Finding[] = [];
    for (const profile of clientProfiles) {
      const { client, problem, notAccepted = [] } = await replayProfile(profile, target);
      findings.push(...notAccepted.map((text) => warning(`${text}: see ${settingOf(text)}`)));
      if (problem !== undefined) findings.push(fault(problem));
      else if (notAccepted.length < profile.logins.length)
        findings.push(good(`${client} gets to Forgejo's login`));
    }
    return findings;
  },
};
