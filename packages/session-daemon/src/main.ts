import { limitNewSpace } from "./runtime/new-space.ts";

// Before other modules are loaded: the new space that they grow does not shrink again.
limitNewSpace();
await import("./start.ts");
