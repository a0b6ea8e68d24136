import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A fresh 0700 directory whose path is short enough for unix sockets (107 bytes, which tap's own fixture paths are
 * not), removed when the test ends.
 */
export function temporaryDirectory(t: { teardown(remove: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), "fjmcp-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}
