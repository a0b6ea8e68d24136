import { limitYoungGeneration } from "./runtime/new-space.ts";

// Before anything else is loaded: what has grown while loading does not shrink.
limitYoungGeneration();
await import("./start.ts");
