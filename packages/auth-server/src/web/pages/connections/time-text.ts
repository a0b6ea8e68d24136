import { html } from "hono/html";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";

const units = [
  { unit: "day", sec: 86_400 },
  { unit: "hour", sec: 3600 },
  { unit: "minute", sec: 60 },
] as const;
/** From then on a date says more than a number of days. */
const maxRelativeSec = 30 * 86_400;

/** A moment as the time that has passed, such as `3 minutes ago`, or as a date if that was long ago. */
export function timeAgo(atMs: number, nowMs: number, { tag, connections }: Texts): string {
  const ageSec = Math.max(0, (nowMs - atMs) / 1000);
  if (ageSec > maxRelativeSec) return dateText(atMs, tag);
  const found = units.find(({ sec }) => ageSec >= sec);
  if (found === undefined) return connections.connection.justNow;
  const format = new Intl.RelativeTimeFormat(tag, { numeric: "always" });
  return format.format(-Math.floor(ageSec / found.sec), found.unit);
}

/** The day of a moment in UTC: the server does not know the user's time zone. */
export function dateText(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(atMs);
}

/** A text about a moment, with the moment itself for machines and, on hovering, for people. */
export function timeElement(atMs: number, text: string): Html {
  const iso = new Date(atMs).toISOString().slice(0, 16);
  return html`<time datetime="${iso}Z" title="${iso.replace("T", " ")} UTC">${text}</time>`;
}
