import { existsSync, type Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fault, good, warning, type Finding } from "@fjmcp/shared/finding";
import { showUnit } from "../system/systemd.ts";
import { closedGroups, configurationPath, memberships, services, sockets, target } from "../system/units.ts";
import { groupsOf, type Group } from "../system/groups.ts";
import type { Check } from "./check.ts";

/** Every unit is there, enabled and active. */
export const unitCheck: Check = {
  name: "units",
  async run({ root }) {
    const units = [target, ...Object.values(services), ...sockets.map(({ unit }) => unit)];
    const states = await Promise.all(
      units.map(async (unit) => ({
        unit,
        ...(await showUnit(unit, ["LoadState", "ActiveState", "Result", "UnitFileState"])),
      })),
    );
    const { LoadState, ActiveState, UnitFileState }: Record<string, string> = states[0]!;
    if (LoadState === "loaded" && ActiveState === "inactive" && !existsSync(join(root, configurationPath)))
      return [fault("fjmcp was not set up on this machine: run fjmcp setup")];
    const faults = states.flatMap((state: Record<string, string>): Finding[] => {
      const { unit, LoadState, ActiveState, Result } = state;
      if (LoadState !== "loaded")
        return [fault(`${unit} is not installed (${LoadState ?? "unknown"}): install the package again`)];
      if (ActiveState === "active") return [];
      // A target has none.
      const why = Result === undefined ? "" : ` (${Result})`;
      return [
        fault(
          `${unit} is ${ActiveState}${why}: systemctl start ${target}, and look at journalctl -u ${unit}`,
        ),
      ];
    });
    if (LoadState === "loaded" && UnitFileState !== "enabled")
      faults.push(warning(`${target} does not start with the machine: run systemctl enable ${target}`));
    return faults.length > 0 ? faults : [good(`${units.length} units are active`)];
  },
};

/** Each socket is there, and its group alone may open it. */
export const socketCheck: Check = {
  name: "sockets",
  async run({ root }) {
    const groups = groupsOf(await readFile(join(root, "etc/group"), "utf8"));
    const found = await Promise.all(
      sockets.map(({ path, group }) => socketFaults(root, path, group, groups)),
    );
    const missing = memberships
      .filter(({ group, user }) => groups.get(group)?.members.includes(user) !== true)
      .map(({ group, user }) =>
        fault(`${user} is not in the group ${group}: run usermod -aG ${group} ${user}`),
      );
    const proxies = groups.get("fjmcp-proxy")?.members.filter((user) => user !== "fjmcp-auth") ?? [];
    const proxy =
      proxies.length > 0
        ? []
        : [
            warning(
              "no proxy's user is in the group fjmcp-proxy: run usermod -aG fjmcp-proxy USER (caddy, www-data) and restart the proxy; HAProxy instead has the group in its configuration, and this is no fault",
            ),
          ];
    const faults = [...found.flat(), ...missing, ...unexpectedMembers(groups), ...proxy];
    return faults.length > 0 ? faults : [good(`${sockets.length} sockets are open to their groups only`)];
  },
};

/** Others in a group of the daemons' own, whose socket they could open. */
function unexpectedMembers(groups: ReadonlyMap<string, Group>): Finding[] {
  return closedGroups.flatMap((group) => {
    const own = memberships.filter((each) => each.group === group).map(({ user }): string => user);
    const others = groups.get(group)?.members.filter((user) => !own.includes(user)) ?? [];
    return others.map((user) =>
      warning(
        `${user} is in the group ${group}, which is for ${own.join(" and ")} alone: run gpasswd -d ${user} ${group}`,
      ),
    );
  });
}

async function socketFaults(
  root: string,
  path: string,
  group: string,
  groups: ReadonlyMap<string, Group>,
): Promise<Finding[]> {
  const file = join(root, path);
  const found = await Promise.all([file, dirname(file)].map((each) => statOf(each)));
  if (found.includes("closed")) return [warning(`${file} is closed to this user: run as root to see it`)];
  const [socket, folder] = found as (Stats | undefined)[];
  if (socket?.isSocket() !== true) return [fault(`${file} is not there: systemctl start ${target}`)];
  const expected = groups.get(group);
  if (expected === undefined)
    return [fault(`there is no group ${group}: run systemd-sysusers and restart ${target}`)];
  const findings: Finding[] = [];
  if (socket.gid !== expected.gid || (socket.mode & 0o777) !== 0o660)
    findings.push(fault(`${file} must have the group ${group} and the mode 0660: restart its socket unit`));
  if (folder!.gid !== expected.gid || (folder!.mode & 0o777) !== 0o750)
    findings.push(
      fault(`${dirname(file)} must have the group ${group} and the mode 0750: run systemd-tmpfiles --create`),
    );
  return findings;
}

/** Undefined when there is no such file, `closed` when only others may see it. */
async function statOf(path: string): Promise<Stats | "closed" | undefined> {
  return stat(path).catch(({ code }: NodeJS.ErrnoException) => (code === "EACCES" ? "closed" : undefined));
}
