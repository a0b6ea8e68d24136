import { normalize } from "node:path";
import { z } from "zod";

const path = z.string().optional().catch(undefined);
const sockets = z.object({
  FJMCP_IPC_SOCKET: path,
  FJMCP_MCP_SOCKET: path,
  FJMCP_CONTROL_SOCKET: path,
  FJMCP_ADMIN_SOCKET: path,
  FJMCP_LISTEN: z
    .object({ path: z.string() })
    .transform((address) => address.path)
    .optional()
    .catch(undefined),
});

/** Reports a socket of two settings, also if other settings have faults, as all are reported together. */
export const distinctSocketsCheck = z.superRefine<unknown>(
  (set, context) => {
    const seen = new Map<string, string>();
    for (const [setting, socket] of Object.entries(sockets.parse(set))) {
      if (socket === undefined) continue;
      const other = seen.get(normalize(socket));
      if (other === undefined) seen.set(normalize(socket), setting);
      else
        context.addIssue({
          code: "custom",
          path: [setting],
          message: `${socket} is also ${other}: each needs a socket of its own`,
        });
    }
  },
  { when: ({ value }) => sockets.safeParse(value).success },
);
