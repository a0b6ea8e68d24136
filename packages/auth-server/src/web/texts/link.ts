import type { Html } from "../html.ts";

/** Makes a link of its words. */
export type Link = (words: string | Html) => Html;
