import { dirname } from "node:path";
import type { ClientPlace } from "../../src/real-clients/client-driver.ts";
import { ClientTerminal } from "./client-terminal.ts";

/** Port 9 discards; nothing listens there. */
const nowhere = "http://127.0.0.1:9";
const loopback = "127.0.0.1,localhost,::1";

/** A client reaches nothing but loopback, as far as it uses a proxy. */
const offline = {
  HTTP_PROXY: nowhere,
  HTTPS_PROXY: nowhere,
  http_proxy: nowhere,
  https_proxy: nowhere,
  NO_PROXY: loopback,
  no_proxy: loopback,
  DO_NOT_TRACK: "1",
} as const;

/** A terminal in the client's home, with its programs and its user's browser; `env` is added to its environment. */
export async function openTerminal(
  programs: string,
  { browser, home }: ClientPlace,
  env: Readonly<Record<string, string>> = {},
): Promise<ClientTerminal> {
  const { PATH, ...others } = await browser.programs(`${home}/bin`);
  return new ClientTerminal(home, {
    ...offline,
    ...others,
    HOME: home,
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    PATH: `${programs}:${dirname(process.execPath)}:${PATH}`,
    ...env,
  });
}
