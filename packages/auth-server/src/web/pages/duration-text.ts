const units = [
  { name: "day", sec: 86_400 },
  { name: "hour", sec: 3600 },
  { name: "minute", sec: 60 },
  { name: "second", sec: 1 },
];

/** By language and unit: making one costs more than all else of a short page, such as that for too many requests. */
const formats = new Map<string, Intl.NumberFormat>();

/** A duration in the largest unit of which it has two at least, such as `30 days`, in `language`; rounded down. */
export function durationText(seconds: number, language: string): string {
  const unit = units.find(({ sec }) => seconds >= 2 * sec) ?? units.at(-1)!;
  return formatOf(language, unit.name).format(Math.floor(seconds / unit.sec));
}

function formatOf(language: string, unit: string): Intl.NumberFormat {
  const key = `${language} ${unit}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
  formats.set(key, made);
  return made;
}
