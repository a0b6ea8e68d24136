import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";

/** Node's name of the architecture that the launcher's machine code is for. */
export const stubArchitecture = "x64";

const loadAddress = 0x400000n;
const headerBytes = 64 + 56;

/**
 * A release as forgejo-mcp publishes it: a .tar.gz whose program, an executable of Linux, runs `node script` with the
 * arguments that it gets. Both paths are absolute, on the machine where it will run.
 */
export function stubRelease(node: string, script: string): { archive: Buffer; digest: string } {
  const folder = "forgejo-mcp_2.34.1_linux_amd64";
  const tar = createTar([
    { name: `${folder}/LICENSE`, data: "none: a stub\n" },
    { name: `${folder}/forgejo-mcp`, data: launcher(node, script) },
  ]);
  const archive = gzipSync(tar);
  return { archive, digest: createHash("sha256").update(archive).digest("hex") };
}

/** An ELF executable of one segment: its headers, the machine code, and the two paths. */
function launcher(node: string, script: string): Buffer {
  const strings = Buffer.from(`${node}\0${script}\0`);
  const codeBytes = execveCode(0n, 0n).length;
  const nodeAddress = loadAddress + BigInt(headerBytes + codeBytes);
  const scriptAddress = nodeAddress + BigInt(Buffer.byteLength(node) + 1);
  const body = Buffer.concat([execveCode(nodeAddress, scriptAddress), strings]);
  return Buffer.concat([elfHeaders(headerBytes + body.length), body]);
}

/** At the start, the stack holds argc, argv and, after a null, the environment: execve(node, [node, script, ...argv.slice(1)]). */
function execveCode(nodeAddress: bigint, scriptAddress: bigint): Buffer {
  return Buffer.concat([
    Buffer.from("488b0c24", "hex"), // mov rcx, [rsp]
    Buffer.from("488d54cc10", "hex"), // lea rdx, [rsp + rcx * 8 + 16]
    Buffer.from("48b8", "hex"), // mov rax, script
    quad(scriptAddress),
    Buffer.from("4889442408", "hex"), // mov [rsp + 8], rax
    Buffer.from("48bf", "hex"), // mov rdi, node
    quad(nodeAddress),
    Buffer.from("48893c24", "hex"), // mov [rsp], rdi
    Buffer.from("4889e6", "hex"), // mov rsi, rsp
    Buffer.from("b83b0000000f05", "hex"), // execve
    Buffer.from("bf7f000000b83c0000000f05", "hex"), // exit(127)
  ]);
}

/** Header and the one program header of a static executable (elf(5)). */
function elfHeaders(fileBytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write("\u007fELF\u0002\u0001\u0001", "latin1");
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(62, 18); // EM_X86_64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(loadAddress + BigInt(headerBytes), 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // PT_LOAD
  header.writeUInt32LE(5, 68); // readable, executable
  header.writeBigUInt64LE(loadAddress, 80);
  header.writeBigUInt64LE(loadAddress, 88);
  header.writeBigUInt64LE(BigInt(fileBytes), 96);
  header.writeBigUInt64LE(BigInt(fileBytes), 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return header;
}

function quad(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
