import { limitYoungGeneration } from "./young-generation.ts";

// Before anything else is loaded: what has grown while loading does not shrink.
limitYoungGeneration();
await import("./run.ts");
