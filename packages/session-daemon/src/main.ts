import { setFlagsFromString } from "node:v8";

// Before anything else is loaded, for what has grown does not shrink: the young generation keeps its first size
// (docs/adr/0007).
setFlagsFromString("--semi-space-growth-factor=1");
await import("./run.ts");
