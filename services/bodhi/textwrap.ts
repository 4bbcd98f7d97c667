/**
 * Python's textwrap.TextWrapper(width=…, break_long_words=False, break_on_hyphens=False).fill, with which bodhi 0.9
 * stores comments (fedora-infra/bodhi 0.8.3, bodhi/controllers.py, comment).
 */

/** Tabs to the next multiple of eight columns, then every ASCII white space to a blank. */
function mungeWhitespace(text: string): string {
  let column = 0;
  let expanded = "";
  for (const character of text) {
    if (character === "\t") {
      const width = 8 - (column % 8);
      expanded += " ".repeat(width);
      column += width;
    } else {
      expanded += character;
      column = character === "\n" || character === "\r" ? 0 : column + 1;
    }
  }
  return expanded.replace(/[\n\v\f\r]/g, " ");
}

function length(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

/** @param width in characters. Words longer than that stand on a line of their own. */
export function fill(text: string, width: number): string {
  const chunks = mungeWhitespace(text).match(/ +|[^ ]+/g) ?? [];
  const lines: string[] = [];
  let next = 0;
  while (next < chunks.length) {
    const line: string[] = [];
    let used = 0;
    if (lines.length > 0 && (chunks[next] as string).trim() === "") next += 1;
    for (; next < chunks.length; next += 1) {
      const chunk = chunks[next] as string;
      const size = length(chunk);
      if (used + size > width) break;
      line.push(chunk);
      used += size;
    }
    const tooLong = next < chunks.length && length(chunks[next] as string) > width;
    if (tooLong && line.length === 0) {
      line.push(chunks[next] as string);
      next += 1;
    }
    if (line.at(-1)?.trim() === "") line.pop();
    if (line.length > 0) lines.push(line.join(""));
  }
  return lines.join("\n");
}
