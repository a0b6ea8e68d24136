/** A moment in UTC, to the minute: `2026-11-26 03:10`. A dash for none. */
export function formatTime(sec: number | undefined): string {
  return sec === undefined ? "-" : new Date(sec * 1000).toISOString().slice(0, 16).replace("T", " ");
}
