import { join } from "node:path";
import { FileGate } from "@fjmcp/testkit/children/file-gate";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

/** A gate of this test that holds the children and calls that name its file. */
export function closedGate(t: Parameters<typeof temporaryDirectory>[0]): FileGate {
  const gate = new FileGate(join(temporaryDirectory(t), "gate"));
  gate.close();
  return gate;
}
