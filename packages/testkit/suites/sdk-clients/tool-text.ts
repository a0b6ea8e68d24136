/** The text of a tool's result. Throws it where it is an error. */
export function toolText(result: unknown): string {
  const { content = [], isError } = result as { content?: { text?: string }[]; isError?: boolean };
  const text = content.map((part) => part.text ?? "").join("\n");
  if (isError === true) throw new Error(text);
  return text;
}
