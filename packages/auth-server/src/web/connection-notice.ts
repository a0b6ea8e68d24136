/** What the pages about connections say that was just done. */
export const connectionNotices = [
  "renamed",
  "narrowed",
  "unchanged",
  "ended",
  "already_ended",
  "signed_out",
  "signed_in_again",
  "forgejo_first",
] as const;
export type ConnectionNotice = (typeof connectionNotices)[number];
