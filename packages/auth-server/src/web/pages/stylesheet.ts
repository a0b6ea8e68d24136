import { hash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The stylesheet of every page, read once at start. Pages carry it inline: no further request, no script. */
export const stylesheet = readFileSync(new URL("stylesheet.css", import.meta.url), "utf8");

/** The Content-Security-Policy source that allows exactly this stylesheet. */
export const stylesheetSource = `'sha256-${hash("sha256", stylesheet, "base64")}'`;
