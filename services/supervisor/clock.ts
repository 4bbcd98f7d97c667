/**
 * The supervised program's clock: libfaketime reads an offset from a file, so the scenario's clock can be moved while
 * the program runs and the program need not know. Monotonic time stays real: timers and leases are not disturbed.
 * Facts: libfaketime's README (github.com/wolfcw/libfaketime, FAKETIME_TIMESTAMP_FILE, FAKETIME_DONT_FAKE_MONOTONIC).
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";

/** Where Debian's package libfaketime puts the thread-safe library, by architecture. */
const libraries = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(
  (triplet) => `/usr/lib/${triplet}/faketime/libfaketimeMT.so.1`,
);

/** The library of this machine, if it is installed. */
export function faketimeLibrary(exists: (path: string) => boolean = existsSync): string | undefined {
  return libraries.find(exists);
}

/** libfaketime's spelling of an offset: a sign is what makes it relative to the real time. */
export function formatOffset(offsetSeconds: number): string {
  return `${offsetSeconds < 0 ? "-" : "+"}${Math.abs(offsetSeconds)}`;
}

/** Replaces the offset file in one step, as the program may read it at any moment. */
export function writeOffset(clockFile: string, offsetSeconds: number): void {
  const next = `${clockFile}.next`;
  writeFileSync(next, `${formatOffset(offsetSeconds)}\n`);
  renameSync(next, clockFile);
}

/** What the program's environment needs to follow the clock file. */
export function clockEnvironment(clockFile: string, library: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
}
