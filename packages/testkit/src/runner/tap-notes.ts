/** The comments of tests that start with `note:`, without it: results for people, which no reporter shows. */
export function tapNotes(tap: string): string[] {
  return [...tap.matchAll(/^ *# note: (.*)$/gm)].map(([, note]) => note!);
}
