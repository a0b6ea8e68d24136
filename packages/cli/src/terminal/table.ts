import stringWidth from "string-width";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
}

/** A table of plain text: columns as wide as their widest cell, two spaces between them. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => text(row))),
  ];
  const widths = columns.map((_, index) =>
    cells.reduce((widest, line) => Math.max(widest, stringWidth(line[index]!)), 0),
  );
  return cells
    .map((line) => line.map((cell, index) => cell + " ".repeat(widths[index]! - stringWidth(cell))))
    .map((line) => `${line.join("  ").trimEnd()}\n`)
    .join("");
}
