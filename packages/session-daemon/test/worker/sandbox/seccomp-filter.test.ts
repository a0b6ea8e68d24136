import { existsSync, readFileSync } from "node:fs";
import t from "tap";
import { seccompFilter } from "../../../src/worker/sandbox/seccomp-filter.ts";

/** The kernel's tables of system calls (Debian's linux-libc-dev), and its names of the architectures (linux/audit.h). */
const architectures = {
  x64: { audit: 0xc000003e, table: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h" },
  arm64: { audit: 0xc00000b7, table: "/usr/include/asm-generic/unistd.h" },
};
const allowed = 0x7fff0000;
const failed = (errno: number) => 0x00050000 | errno;
const [eperm, enosys, noFamily] = [failed(1), failed(38), failed(97)];

/** What the kernel's table names. */
function callNumbers(table: string): Map<string, number> {
  const lines = readFileSync(table, "utf8").matchAll(/^#define __NR(?:3264)?_(\w+) (\d+)$/gm);
  return new Map([...lines].map(([, name, number]) => [name!, Number(number)]));
}

/** Runs the filter as the kernel does: classic BPF on `struct seccomp_data`. */
function verdict(filter: Buffer, audit: number, nr: number, args: readonly number[] = []): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr, 0);
  data.writeUInt32LE(audit, 4);
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
  let loaded = 0;
  for (let at = 0; ; at += 8) {
    const operand = filter.readUInt32LE(at + 4);
    const jump = (holds: boolean) => (at += 8 * filter.readUInt8(at + (holds ? 2 : 3)));
    const opcode = filter.readUInt16LE(at);
    if (opcode === 0x20) loaded = data.readUInt32LE(operand);
    else if (opcode === 0x54) loaded = (loaded & operand) >>> 0;
    else if (opcode === 0x15) jump(loaded === operand);
    else if (opcode === 0x35) jump(loaded >= operand);
    else if (opcode === 0x45) jump((loaded & operand) !== 0);
    else if (opcode === 0x06) return operand;
    else throw new Error(`the opcode ${opcode} is unknown`);
  }
}

const words = (text: string) => text.split(" ");
const forbidden = [
  words("ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd add_key request_key keyctl"),
  words("mount umount2 pivot_root open_tree move_mount fsopen fsmount mount_setattr"),
  words("unshare setns bpf perf_event_open userfaultfd"),
].flat();
const absent = words("clone3 io_uring_setup io_uring_enter io_uring_register");
const needed = words("read write openat mmap execve futex epoll_pwait connect kill exit");

for (const [name, { audit, table }] of Object.entries(architectures)) {
  const skip = existsSync(table) ? false : `no ${table}`;
  t.test(
    `the filter for ${name} fails what the kernel's table calls so, and allows the rest`,
    { skip },
    (t) => {
      const filter = seccompFilter(name)!;
      const numbers = callNumbers(table);
      const of = (call: string, ...args: number[]) => verdict(filter, audit, numbers.get(call)!, args);
      const groups: [readonly string[], number][] = [
        [forbidden, eperm],
        [absent, enosys],
        [needed, allowed],
      ];
      for (const [calls, expected] of groups)
        for (const call of calls) t.equal(of(call), expected, `${call} (${numbers.get(call)})`);

      const [thread, newUser] = [0x3d0f00, 0x10000011];
      t.same([of("clone", thread), of("clone", newUser)], [allowed, eperm]);
      const [unix, internet, netlink] = [1, 2, 16];
      t.same(
        [of("socket", unix, 1), of("socket", internet, 1), of("socket", netlink, 3)],
        [noFamily, allowed, allowed],
      );
      const [stream, datagram, closeOnExec] = [1, 2, 0x80000];
      t.same(
        [of("socketpair", unix, stream | closeOnExec), of("socketpair", unix, datagram)],
        [allowed, eperm],
      );
      const [fakeInput, windowSize] = [0x5412, 0x5413];
      t.same([of("ioctl", 0, fakeInput), of("ioctl", 0, windowSize)], [eperm, allowed]);
      t.end();
    },
  );

  t.test(`the filter for ${name} fails calls of another architecture`, (t) => {
    const other = name === "x64" ? architectures.arm64.audit : architectures.x64.audit;
    t.equal(verdict(seccompFilter(name)!, other, 0), enosys);
    t.end();
  });
}

t.test("x32 calls fail, and other architectures have no filter", (t) => {
  t.equal(verdict(seccompFilter("x64")!, architectures.x64.audit, 0x40000000), enosys);
  t.equal(seccompFilter("riscv64"), undefined);
  t.end();
});
