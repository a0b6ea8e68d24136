import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const main = join(import.meta.dirname, "../../../src/main.ts");
const file = join(setup.directory, "documents.json");

async function run() {
  const env = setup.environment(1, { FJMCP_CLIENT_DOCUMENTS_FILE: file });
  const child = spawn(process.execPath, [main], { env });
  const [stderr, [status]] = await Promise.all([
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return { status, stderr };
}

t.test(
  "names the file and the entry of every client document that is not valid, and exits with 78",
  async (t) => {
    const url = "https://client.example/app.json";
    const good = {
      client_id: url,
      client_name: "Pinned",
      redirect_uris: ["https://client.example/callback"],
      token_endpoint_auth_method: "none",
    };
    const faulty: [unknown, string][] = [
      [null, "its client_id is not an https URL"],
      [{ ...good, client_id: undefined }, "its client_id is not an https URL"],
      [{ ...good, client_id: "http://client.example/app.json" }, "its client_id is not an https URL"],
      [{ ...good, client_id: `${url}#part` }, "its client_id is not an https URL"],
      [{ ...good, client_id: "https://user@client.example/app.json" }, "its client_id is not an https URL"],
      [{ ...good, client_secret: "not-to-be-printed" }, "it contains a client secret"],
      [{ ...good, token_endpoint_auth_method: "client_secret_basic" }, "its token_endpoint_auth_method"],
      [{ ...good, redirect_uris: [] }, "it has no redirect_uris"],
      [{ ...good, redirect_uris: undefined }, "it has no redirect_uris"],
      [{ ...good, redirect_uris: ["javascript:alert(1)"] }, "its redirect_uris"],
      [{ ...good, redirect_uris: ["http://client.example/callback"] }, "its redirect_uris"],
      [{ ...good, redirect_uris: ["https://user@client.example/callback"] }, "its redirect_uris"],
      [{ ...good, client_name: "x".repeat(201) }, "its client_name"],
      [{ ...good, logo_uri: `https://client.example/${"x".repeat(5200)}` }, "it is larger than 5120 bytes"],
    ];
    const checkWith = async (written: string) => {
      writeFileSync(file, written);
      return run();
    };
    const { status, stderr } = await checkWith(JSON.stringify([good, ...faulty.map(([entry]) => entry)]));
    t.equal(status, 78);
    for (const [index, [entry, fault]] of faulty.entries()) {
      const line = `FJMCP_CLIENT_DOCUMENTS_FILE: ${file}: document ${index + 2} is not valid: ${fault}`;
      t.match(stderr, line, JSON.stringify(entry)?.slice(0, 100));
    }
    t.match(stderr, `${faulty.length} faults`, "the good one is none");
    t.notMatch(stderr, /not-to-be-printed/);

    const noList = `FJMCP_CLIENT_DOCUMENTS_FILE: ${file}: must hold a JSON list of client documents`;
    for (const broken of ["", "{", "{}", '"not-to-be-printed']) {
      const printed = await checkWith(broken);
      t.match(printed, { status: 78, stderr: noList }, broken);
      t.notMatch(printed.stderr, /not-to-be-printed/);
    }
    rmSync(file);
    t.match(await run(), {
      status: 78,
      stderr: `FJMCP_CLIENT_DOCUMENTS_FILE: ${file}: cannot be read`,
    });
  },
);
