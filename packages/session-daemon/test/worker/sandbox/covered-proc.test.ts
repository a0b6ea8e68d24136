import { spawnSync } from "node:child_process";
import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { bubblewrap, bubblewrapMissing } from "../../support/bubblewrap.ts";

const isRoot = process.getuid?.() === 0;
const skip = bubblewrapMissing ?? (isRoot ? false : "mounts need root");
const bwrap = bubblewrap.kind === "bubblewrap" ? bubblewrap.bwrap : "";

// As systemd does it for ProtectKernelTunables=; the covered /proc is the only one that stays.
const cover = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys";
const sandbox = `exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
  ${bwrap} --unshare-user --unshare-pid --ro-bind / / --proc /proc /usr/bin/true`;

function inMounts(script: string) {
  const command = `set -e; mount --make-rprivate /; ${script}; ${sandbox}`;
  return spawnSync("unshare", ["--mount", "sh", "-c", command], { encoding: "utf8" });
}

t.test("bubblewrap gets no /proc where the unit's is partly covered", { skip }, async (t) => {
  const result = inMounts(cover);
  const isElsewhere = result.status === 0 && "another uncovered /proc is among this machine's mounts";
  t.match(result, { status: 1, stderr: /Can't mount proc/ }, { skip: isElsewhere });
});

t.test("with an uncovered one in a closed directory it gets one", { skip }, async (t) => {
  const closed = temporaryDirectory(t);
  const bind = `chmod 700 ${closed}; mkdir ${closed}/proc; mount --bind /proc ${closed}/proc`;
  t.match(inMounts(`${bind}; ${cover}`), { status: 0, stderr: "" });
  t.match(
    spawnSync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "ls", `${closed}/proc`], {
      encoding: "utf8",
    }),
    { status: 2, stderr: /Permission denied/ },
  );
});
