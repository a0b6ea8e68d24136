import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import type { Toolset } from "@fjmcp/shared/oauth/toolsets";
import type { GrantedAccess } from "../grant/granted-access.ts";
import type { AccessLevel, ConsentOffer } from "./consent-offer.ts";

/** A submitted form, with a list where a name came more than once. */
export type SubmittedForm = Readonly<Record<string, unknown>>;

/** What is chosen on a consent page, complete or not. */
export interface ConsentChoice {
  readonly level: AccessLevel | undefined;
  readonly toolsets: readonly Toolset[];
  /** The tick that stands for the choice of a level where only one is offered. */
  readonly started: boolean;
}

/** Why a submitted choice is none; the page is shown again and says so. `outdated`: it was open for too long. */
export type ConsentFault =
  | "outdated"
  | "not_started"
  | "no_level"
  | "level_not_offered"
  | "no_toolset"
  | "toolset_not_offered";

/** The choice of a submitted form, as far as it was offered, and what is wrong with it. */
export function readChoice(
  form: SubmittedForm,
  offer: ConsentOffer,
): { choice: ConsentChoice; fault: ConsentFault | undefined } {
  const level = offer.levels.find((one) => one === form.access);
  const sent = new Set([form.toolset ?? []].flat());
  const toolsets = offer.toolsets.map(({ name }) => name).filter((name) => sent.delete(name));
  const choice = { level, toolsets, started: form.started === "yes" };
  return { choice, fault: levelFault(form, choice, offer) ?? toolsetFault(choice, sent.size) };
}

/** The access that a choice without a fault stands for. */
export function accessOf({ level, toolsets }: ConsentChoice): GrantedAccess {
  return { scopes: level === "write" ? [...scopes] : ["forgejo:read"], toolsets };
}

function levelFault(form: SubmittedForm, { level, started }: ConsentChoice, offer: ConsentOffer) {
  if (form.access !== undefined && level === undefined) return "level_not_offered";
  if (offer.levels.length > 1) return level === undefined ? "no_level" : undefined;
  return started ? undefined : "not_started";
}

function toolsetFault({ toolsets }: ConsentChoice, unknown: number) {
  if (unknown > 0) return "toolset_not_offered";
  return toolsets.length === 0 ? "no_toolset" : undefined;
}
