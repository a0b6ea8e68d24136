import t from "tap";
import { newReference } from "@fjmcp/shared/log";

t.test("references are short, upper-case, easy to read out and do not repeat", async (t) => {
  const references = Array.from({ length: 1000 }, newReference);
  for (const reference of references) t.match(reference, /^[A-Z0-9]{10}$/);
  t.equal(new Set(references).size, references.length);
});
