/** Details of one failure are cut after this many lines; the TAP file has all of them. */
const maxDetailLines = 60;

/**
 * The failed asserts of a TAP stream (TAP 14), each as a few readable lines: file, tests and assert, then tap's details.
 * A test that failed only because of a failed assert or subtest in it is not listed again.
 */
export function tapFailures(tap: string): string[] {
  const lines = tap.split("\n");
  const subtests: { indent: number; name: string }[] = [];
  const failures: string[] = [];
  let deepest = -1;
  for (const [at, line] of lines.entries()) {
    const indent = line.length - line.trimStart().length;
    const subtest = /^ *# Subtest: (.*)$/.exec(line)?.[1];
    const failed = /^ *not ok \d+ - (.*?)(?: # (?!SKIP|TODO).*)?$/.exec(line)?.[1];
    if (subtest !== undefined) {
      popTo(subtests, indent);
      subtests.push({ indent, name: subtest });
    } else if (failed !== undefined) {
      const isConsequence = deepest > indent;
      deepest = indent;
      if (isConsequence) continue;
      popTo(subtests, indent);
      const path = [...subtests.map(({ name }) => name), failed].join(" › ");
      failures.push([`✖ ${path}`, ...detailsAfter(lines, at, indent)].join("\n"));
    }
  }
  return failures;
}

/** Keeps only the subtests that enclose a line with this indentation. */
function popTo(subtests: { indent: number }[], indent: number): void {
  while ((subtests.at(-1)?.indent ?? -1) >= indent) subtests.pop();
}

function detailsAfter(lines: readonly string[], at: number, indent: number): string[] {
  if (lines[at + 1]?.trim() !== "---") return [];
  const end = lines.findIndex(
    (line, index) => index > at && line.trim() === "..." && line.startsWith(" ".repeat(indent + 2)),
  );
  return lines
    .slice(at + 2, Math.min(end === -1 ? lines.length : end, at + 2 + maxDetailLines))
    .map((line) => `    ${line.slice(indent)}`);
}
