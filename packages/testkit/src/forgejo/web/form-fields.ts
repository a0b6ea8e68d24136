import type { Context } from "hono";

/** The string fields of a form-encoded or JSON body; none if it is neither. */
export async function formFields(c: Context): Promise<Record<string, string>> {
  const text = await c.req.text();
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter(([, value]) => typeof value === "string"));
  } catch {
    return {};
  }
}
