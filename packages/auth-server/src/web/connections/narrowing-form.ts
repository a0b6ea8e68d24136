import type { GrantedAccess } from "../../grant/granted-access.ts";
import type { SubmittedForm } from "../consent-choice.ts";

/**
 * What a form to allow less leaves of an access. Undefined when it leaves no area; the same object when it changes nothing.
 * It can name nothing that the access does not have.
 */
export function readNarrowing(form: SubmittedForm, access: GrantedAccess): GrantedAccess | undefined {
  const sent = new Set([form.toolset ?? []].flat());
  const toolsets = access.toolsets.filter((name) => sent.has(name));
  if (toolsets.length === 0) return undefined;
  const scopes =
    form.access === "read" ? access.scopes.filter((one) => one === "forgejo:read") : access.scopes;
  const isSame = scopes.length === access.scopes.length && toolsets.length === access.toolsets.length;
  return isSame ? access : { scopes, toolsets };
}
