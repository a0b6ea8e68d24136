import { limitNewSpace } from "./runtime/new-space.ts";

// Before anything else is loaded: what has grown while loading does not shrink.
limitNewSpace();
await import("./start.ts");
