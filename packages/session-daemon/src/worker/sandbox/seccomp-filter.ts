/** The numbers of one architecture (linux/audit.h and its table of system calls). */
interface Architecture {
  readonly audit: number;
  /** System calls with another number on the other architecture. */
  readonly calls: Readonly<Record<keyof typeof x64Calls, number>>;
  /** From this number on, calls belong to another ABI (x32). */
  readonly otherAbiFrom?: number;
}

const x64Calls = {
  ioctl: 16,
  socket: 41,
  socketpair: 53,
  clone: 56,
  ptrace: 101,
  pivot_root: 155,
  mount: 165,
  umount2: 166,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  unshare: 272,
  perf_event_open: 298,
  setns: 308,
  process_vm_readv: 310,
  process_vm_writev: 311,
  kcmp: 312,
  bpf: 321,
  userfaultfd: 323,
} as const;

const architectures: Readonly<Record<string, Architecture>> = {
  x64: { audit: 0xc000003e, calls: x64Calls, otherAbiFrom: 0x40000000 },
  arm64: {
    audit: 0xc00000b7,
    calls: {
      ioctl: 29,
      socket: 198,
      socketpair: 199,
      clone: 220,
      ptrace: 117,
      pivot_root: 41,
      mount: 40,
      umount2: 39,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      unshare: 97,
      perf_event_open: 241,
      setns: 268,
      process_vm_readv: 270,
      process_vm_writev: 271,
      kcmp: 272,
      bpf: 280,
      userfaultfd: 282,
    },
  },
};

/** Since Linux 5.1 all architectures share the numbers. */
const commonCalls = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  clone3: 435,
  pidfd_getfd: 438,
  mount_setattr: 442,
} as const;

const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const newNamespaces = 0x7e020000;
/** AF_INET, AF_INET6, AF_NETLINK (the list of network interfaces). */
const allowedFamilies = [2, 10, 16];
/** Of a pair, only these stay with each other: a datagram socket can send to any address, abstract ones included. */
const connectedTypes = [1, 5];
/** Without SOCK_CLOEXEC and SOCK_NONBLOCK. */
const socketTypeMask = 0xf;
/** TIOCSTI, TIOCLINUX: input for the terminal. */
const terminalInput = [0x5412, 0x541c];

/** Offsets in seccomp_data; of an argument, the lower half. */
const offset = { nr: 0, architecture: 4, argument0: 16, argument1: 24 } as const;
/** Classic BPF (linux/bpf_common.h): load a word, mask it, compare with a constant, return. */
const opcode = { load: 0x20, and: 0x54, equal: 0x15, atLeast: 0x35, anyBit: 0x45, return: 0x06 } as const;
const allow = 0x7fff0000;
const fail = (code: keyof typeof errno) => 0x00050000 | errno[code];

/**
 * A seccomp filter as bwrap's `--seccomp` reads it, for this architecture (`process.arch`); undefined when there is none
 * for it. It leaves a child what a server program needs, and fails: debugging and reading other processes, mounts, new
 * namespaces, keys, BPF, perf, userfaultfd, io_uring, terminal input, and sockets that are not of the Internet, so also
 * the abstract unix sockets of the host, which no mount namespace hides.
 */
export function seccompFilter(architecture: string): Buffer | undefined {
  const found = architectures[architecture];
  if (found === undefined) return undefined;
  const { ioctl, socket, socketpair, clone, ...forbidden } = found.calls;
  const { clone3, io_uring_setup: uring, io_uring_enter, io_uring_register, ...mounts } = commonCalls;
  const program = [
    instruction(opcode.load, offset.architecture),
    ...unless(opcode.equal, found.audit, "ENOSYS"),
    instruction(opcode.load, offset.nr),
    ...(found.otherAbiFrom === undefined ? [] : when(opcode.atLeast, found.otherAbiFrom, "ENOSYS")),
    // glibc and libuv have another way when these do not exist.
    ...[clone3, uring, io_uring_enter, io_uring_register].flatMap((nr) => when(opcode.equal, nr, "ENOSYS")),
    ...[...Object.values(forbidden), ...Object.values(mounts)].flatMap((nr) =>
      when(opcode.equal, nr, "EPERM"),
    ),
    ...forCall(clone, [
      instruction(opcode.load, offset.argument0),
      ...when(opcode.anyBit, newNamespaces, "EPERM"),
    ]),
    ...forCall(ioctl, [
      instruction(opcode.load, offset.argument1),
      ...terminalInput.flatMap((request) => when(opcode.equal, request, "EPERM")),
    ]),
    ...forCall(socket, [
      instruction(opcode.load, offset.argument0),
      ...allowedFamilies.flatMap((family) => [
        instruction(opcode.equal, family, 0, 1),
        instruction(opcode.return, allow),
      ]),
      instruction(opcode.return, fail("EAFNOSUPPORT")),
    ]),
    ...forCall(socketpair, [
      instruction(opcode.load, offset.argument1),
      instruction(opcode.and, socketTypeMask),
      ...connectedTypes.flatMap((type) => [
        instruction(opcode.equal, type, 0, 1),
        instruction(opcode.return, allow),
      ]),
      instruction(opcode.return, fail("EPERM")),
    ]),
    instruction(opcode.return, allow),
  ];
  return Buffer.concat(program);
}

/** Fails the call when the comparison of the loaded word holds. */
function when(comparison: number, value: number, code: keyof typeof errno): Buffer[] {
  return [instruction(comparison, value, 0, 1), instruction(opcode.return, fail(code))];
}

function unless(comparison: number, value: number, code: keyof typeof errno): Buffer[] {
  return [instruction(comparison, value, 1, 0), instruction(opcode.return, fail(code))];
}

/** Instructions for one system call alone, which is allowed after them. Expects the number of the call to be loaded. */
function forCall(nr: number, body: readonly Buffer[]): Buffer[] {
  return [instruction(opcode.equal, nr, 0, body.length + 1), ...body, instruction(opcode.return, allow)];
}

/** `struct sock_filter`; `jumpTrue` and `jumpFalse` are numbers of instructions to skip. */
function instruction(code: number, operand: number, jumpTrue = 0, jumpFalse = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(jumpTrue, 2);
  bytes.writeUInt8(jumpFalse, 3);
  bytes.writeUInt32LE(operand, 4);
  return bytes;
}
