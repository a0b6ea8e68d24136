/** How long ago a moment was: `7 s`, `12 min`, `3 h`, `2 d`. A dash for none. */
export function formatAge(sec: number | undefined, nowSec: number): string {
  if (sec === undefined) return "-";
  const age = Math.max(0, Math.floor(nowSec - sec));
  if (age < 120) return `${age} s`;
  if (age < 7200) return `${Math.floor(age / 60)} min`;
  return age < 172_800 ? `${Math.floor(age / 3600)} h` : `${Math.floor(age / 86_400)} d`;
}

/** A moment in UTC, to the minute: `2026-11-26 03:10`. A dash for none. */
export function formatTime(sec: number | undefined): string {
  return sec === undefined ? "-" : new Date(sec * 1000).toISOString().slice(0, 16).replace("T", " ");
}
