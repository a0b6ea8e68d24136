export interface Group {
  readonly gid: number;
  readonly members: readonly string[];
}

/** The groups of an `/etc/group` (group(5)), by name. */
export function groupsOf(text: string): Map<string, Group> {
  return new Map(
    text
      .split("\n")
      .map((line) => line.split(":"))
      .filter((fields) => fields.length === 4)
      .map(([name, , gid, members]) => [
        name!,
        { gid: Number(gid), members: members!.split(",").filter((member) => member !== "") },
      ]),
  );
}
