import type { ConnectionsFault } from "../../connections-fault.ts";
import type { Html } from "../../html.ts";
import type { PageContext } from "../page-context.ts";
import { faultLayout } from "./fault-layout.ts";

/** A rejected request of a user. `reference`: where the log has more. */
export function connectionsFaultPage(
  page: PageContext,
  fault: ConnectionsFault,
  reference: string | undefined,
): Html {
  const { faults, back } = page.texts.connections;
  return faultLayout(page, faults[fault], { words: back, reference });
}
