/**
 * RPM's version comparison: rpmvercmp with `~` (sorts before) and `^` (sorts after), as rpm's own
 * lib/rpmvercmp.c documents it. bodhi needs it for its path check and for obsoletion.
 */

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9";
const isAlpha = (c: string | undefined): boolean => c !== undefined && /[A-Za-z]/.test(c);
const isSeparator = (c: string | undefined): boolean =>
  c !== undefined && !isDigit(c) && !isAlpha(c) && c !== "~" && c !== "^";

function takeWhile(text: string, from: number, test: (c: string | undefined) => boolean): number {
  let end = from;
  while (end < text.length && test(text[end])) end += 1;
  return end;
}

/** @returns a negative number, zero or a positive one. */
export function compareVersions(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    i = takeWhile(a, i, isSeparator);
    j = takeWhile(b, j, isSeparator);
    if (a[i] === "~" || b[j] === "~") {
      if (a[i] !== "~") return 1;
      if (b[j] !== "~") return -1;
      i += 1;
      j += 1;
      continue;
    }
    if (a[i] === "^" || b[j] === "^") {
      if (i >= a.length) return -1;
      if (j >= b.length) return 1;
      if (a[i] !== "^") return 1;
      if (b[j] !== "^") return -1;
      i += 1;
      j += 1;
      continue;
    }
    if (i >= a.length || j >= b.length) break;
    const numeric = isDigit(a[i]);
    const test = numeric ? isDigit : isAlpha;
    const endA = takeWhile(a, i, test);
    const endB = takeWhile(b, j, test);
    if (endB === j) return numeric ? 1 : -1;
    const difference = compareSegments(a.slice(i, endA), b.slice(j, endB), numeric);
    if (difference !== 0) return difference;
    i = endA;
    j = endB;
  }
  return Number(i < a.length) - Number(j < b.length);
}

function compareSegments(a: string, b: string, numeric: boolean): number {
  if (numeric) {
    const left = a.replace(/^0+/, "");
    const right = b.replace(/^0+/, "");
    if (left.length !== right.length) return left.length - right.length;
    return left < right ? -1 : Number(left > right);
  }
  return a < b ? -1 : Number(a > b);
}

export interface Evr {
  epoch: number | null;
  version: string;
  release: string;
}

/** As rpm.labelCompare: an absent epoch counts as 0. */
export function compareEvr(a: Evr, b: Evr): number {
  return (
    (a.epoch ?? 0) - (b.epoch ?? 0) || compareVersions(a.version, b.version) || compareVersions(a.release, b.release)
  );
}
