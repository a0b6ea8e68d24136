import type { Logo } from "./logo-file.ts";

/** How this installation presents itself on its pages. */
export interface Instance {
  readonly name: string;
  readonly logo: Logo | undefined;
  /** In place of `logo` where the browser prefers dark colours. */
  readonly darkLogo: Logo | undefined;
}
