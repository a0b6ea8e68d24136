#!/usr/bin/env node
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { modernServer } from "./modern-server.ts";

// The conformance server on SDK v2 over stdio, in the revision that the client opens with: 2026-07-28 or an older one.
serveStdio(modernServer);
