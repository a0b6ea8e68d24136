const units = [
  { name: "day", sec: 86_400 },
  { name: "hour", sec: 3600 },
  { name: "minute", sec: 60 },
  { name: "second", sec: 1 },
];

/** A duration in the largest unit of which it has two at least, such as `30 days`, in `language`; rounded down. */
export function durationText(seconds: number, language: string): string {
  const unit = units.find(({ sec }) => seconds >= 2 * sec) ?? units.at(-1)!;
  const format = new Intl.NumberFormat(language, { style: "unit", unit: unit.name, unitDisplay: "long" });
  return format.format(Math.floor(seconds / unit.sec));
}
