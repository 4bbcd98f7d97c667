/**
 * The supervised program's clock: libfaketime reads an offset from a file, so the scenario's clock can be moved while
 * the program runs and the program need not know. Monotonic time stays real: timers and leases are not disturbed.
 * Facts: libfaketime's README (github.com/wolfcw/libfaketime, FAKETIME_TIMESTAMP_FILE, FAKETIME_DONT_FAKE_MONOTONIC).
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Where Debian's package libfaketime puts the thread-safe library, by architecture. */
const libraries = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(
  (triplet) => `/usr/lib/${triplet}/faketime/libfaketimeMT.so.1`,
);

/**
 * Begins a clock that shows the real time, for now.
 * @param clockFile the file that the clock will follow; the library that does it is put beside it
 * @returns what the program's environment needs; undefined if libfaketime is not installed on this machine
 */
export function prepareClock(clockFile: string): Record<string, string> | undefined {
  const installed = libraries.find((path) => existsSync(path));
  if (installed === undefined) return undefined;
  const library = `${clockFile}.so`;
  makeLibrary(installed, library);
  writeOffset(clockFile, 0);
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
}

/**
 * Makes the copy of the library that is used. libfaketime 0.9.10, which is Debian 12's, refuses to sleep until a
 * monotonic time where that is not faked, as Python's time.sleep does (wolfcw/libfaketime, src/libfaketime.c,
 * clock_nanosleep; later ones leave such calls alone). Nobody here needs a faked sleep: under another name the C library's
 * own function is found.
 * @param target the file to write
 */
function makeLibrary(library: string, target: string): void {
  const bytes = readFileSync(library);
  // The first one is the table of exported names; the library itself asks for the real function by the second.
  const position = bytes.indexOf("\0clock_nanosleep\0");
  if (position >= 0) bytes.write("_", position + 1);
  writeFileSync(target, bytes);
}

/**
 * Replaces the offset file in one step, as the program may read it at any moment. A sign is what makes libfaketime take
 * it relative to the real time.
 */
export function writeOffset(clockFile: string, offsetSeconds: number): void {
  const next = `${clockFile}.next`;
  writeFileSync(next, `${offsetSeconds < 0 ? "-" : "+"}${Math.abs(offsetSeconds)}\n`);
  renameSync(next, clockFile);
}
