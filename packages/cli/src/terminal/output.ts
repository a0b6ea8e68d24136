/** What a command writes for its caller, on standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** A value for programs: JSON with two spaces of indentation. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** A remark beside the result, on standard error. */
export function note(text: string): void {
  process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
}
