/**
 * RPM's comparison of versions (rpm-software-management/rpm, rpmio/rpmvercmp.c and docs/manual/dependencies.md): segments
 * of digits or of letters, compared one by one; `~` sorts before everything, even the end, `^` after the end only.
 */

/** Epoch, version, release. An absent epoch is 0; an absent release is equal to every other. */
export interface Evr {
  epoch?: number | null | undefined;
  version: string;
  release?: string | undefined;
}

type Order = -1 | 0 | 1;

const separator = /[^A-Za-z0-9~^]/;

/** Compares two versions or two releases. */
export function compareVersions(a: string, b: string): Order {
  let [i, j] = [0, 0];
  for (;;) {
    while (i < a.length && separator.test(a.charAt(i))) i += 1;
    while (j < b.length && separator.test(b.charAt(j))) j += 1;
    const [x, y] = [a.charAt(i), b.charAt(j)];
    if (x === "~" || y === "~") {
      if (x !== y) return x === "~" ? -1 : 1;
      i += 1;
      j += 1;
      continue;
    }
    if (x === "^" || y === "^") {
      if (x === "") return -1;
      if (y === "") return 1;
      if (x !== y) return x === "^" ? -1 : 1;
      i += 1;
      j += 1;
      continue;
    }
    if (x === "" || y === "") return x === y ? 0 : x === "" ? -1 : 1;
    const isNumber = isDigit(x);
    const [m, n] = [segment(a, i, isNumber), segment(b, j, isNumber)];
    // Of a number and letters, the number is newer.
    if (n === "") return isNumber ? 1 : -1;
    const order = isNumber ? compareNumbers(m, n) : compareText(m, n);
    if (order !== 0) return order;
    i += m.length;
    j += n.length;
  }
}

/** Compares epoch, then version, then release. */
export function compareEvr(a: Evr, b: Evr): Order {
  const epochs = compareNumbers(String(a.epoch ?? 0), String(b.epoch ?? 0));
  if (epochs !== 0) return epochs;
  const versions = compareVersions(a.version, b.version);
  if (versions !== 0 || a.release === undefined || b.release === undefined) return versions;
  return compareVersions(a.release, b.release);
}

/** `epoch:version-release`, of which only the version must be there, as in a dependency. */
export function parseEvr(text: string): Evr {
  const colon = text.indexOf(":");
  const epoch = colon > 0 && /^\d+$/.test(text.slice(0, colon)) ? Number(text.slice(0, colon)) : undefined;
  const rest = text.slice(epoch === undefined && colon !== 0 ? 0 : colon + 1);
  const dash = rest.lastIndexOf("-");
  if (dash < 0) return { epoch, version: rest };
  return { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9" && character.length === 1;
}

function segment(text: string, from: number, ofDigits: boolean): string {
  let end = from;
  const belongs = ofDigits ? isDigit : isLetter;
  while (end < text.length && belongs(text.charAt(end))) end += 1;
  return text.slice(from, end);
}

function isLetter(character: string): boolean {
  return /^[A-Za-z]$/.test(character);
}

/** Numbers of any length. */
function compareNumbers(a: string, b: string): Order {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  if (x.length !== y.length) return x.length < y.length ? -1 : 1;
  return compareText(x, y);
}

function compareText(a: string, b: string): Order {
  return a < b ? -1 : a > b ? 1 : 0;
}
