import { z } from "zod";
import type { ComponentHealth } from "./component-health.ts";

/** One result of a look at what a daemon needs: a line of `--check`. */
export const findingSchema = z.object({
  /** `fault`: the configuration is wrong, and the daemon exits with 78. `warning`: it starts, and logs the text. */
  level: z.enum(["ok", "warning", "fault"]),
  /** One line: what was found, and for a warning or fault the setting concerned and what to do. */
  text: z.string(),
});
export type Finding = Readonly<z.infer<typeof findingSchema>>;

export const good = (text: string): Finding => ({ level: "ok", text });
export const warning = (text: string): Finding => ({ level: "warning", text });
export const fault = (text: string): Finding => ({ level: "fault", text });

/** The finding that a state is. `setting` is that of a reason which names none. */
export function findingOf(
  { status, reason = "" }: ComponentHealth,
  { setting, goodText }: { setting: string; goodText: string },
): Finding {
  if (status === "ok") return good(goodText);
  const text = reason.startsWith("FJMCP_") ? reason : `${setting}: ${reason}`;
  return status === "misconfigured" ? fault(text) : warning(text);
}
