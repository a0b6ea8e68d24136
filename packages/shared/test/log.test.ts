import t from "tap";
import { loggedError } from "../src/log.ts";
import { newErrorReference } from "../src/error-reference.ts";

t.test("references are short, upper-case, easy to read out and do not repeat", async (t) => {
  const references = Array.from({ length: 1000 }, newErrorReference);
  for (const reference of references) t.match(reference, /^[A-Z0-9]{10}$/);
  t.equal(new Set(references).size, references.length);
});

t.test("logs only the type, messages and stack of an error", async (t) => {
  const cause = Object.assign(new Error("the reply"), { command: { name: "set", args: ["key", "PLANTED"] } });
  const error = Object.assign(new Error("the call", { cause }), { previous: cause, args: ["PLANTED"] });
  const logged = loggedError(error);
  t.match(logged, { type: "Error", message: "the call: the reply", stack: /caused by: Error: the reply/ });
  t.notMatch(JSON.stringify(logged), "PLANTED");
  for (const thrown of ["PLANTED", { message: "PLANTED", stack: "PLANTED" }, undefined, null])
    t.same(loggedError(thrown), { type: typeof thrown });
});
