import { readFileSync } from "node:fs";

/** The icon of every page: one SVG, read once at start. */
export const favicon = readFileSync(new URL("favicon.svg", import.meta.url), "utf8");
