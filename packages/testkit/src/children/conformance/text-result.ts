/** A tool's result of one text. */
export function textResult(text: string) {
  return { content: [{ type: "text" as const, text }] };
}
