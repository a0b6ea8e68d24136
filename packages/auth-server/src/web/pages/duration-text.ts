const units = [
  { name: "day", sec: 86_400 },
  { name: "hour", sec: 3600 },
  { name: "minute", sec: 60 },
  { name: "second", sec: 1 },
];

/** A duration in the largest unit of which it has two at least, such as `30 days`; rounded down. */
export function durationText(seconds: number): string {
  const unit = units.find(({ sec }) => seconds >= 2 * sec) ?? units.at(-1)!;
  const count = Math.floor(seconds / unit.sec);
  return `${count} ${unit.name}${count === 1 ? "" : "s"}`;
}
