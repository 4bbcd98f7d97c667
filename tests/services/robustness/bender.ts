/** Makes hostile inputs from a seed: the same ones in every run. */
import { Double, type Value } from "../../../services/xmlrpc/values";

/** A small generator of numbers (mulberry32), so that a failure can be had again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Texts that have broken servers before. */
const NASTY = [
  "",
  " ",
  "0",
  "-1",
  "1e999",
  "NaN",
  "99999999999999999999",
  "null",
  "true",
  "[]",
  "{}",
  "__proto__",
  "constructor",
  "' OR '1'='1",
  "'; DROP TABLE result; --",
  "%",
  "_",
  "*",
  "%00",
  "\u0000",
  "../../../../etc/passwd",
  "..%2f..%2f",
  "<script>alert(1)</script>",
  "&lt;",
  "]]>",
  "<!DOCTYPE x>",
  "$" + "{7*7}",
  "{{7*7}}",
  "a".repeat(5000),
  "ü€\u{1f37a}",
  "\ud800",
  "\u202e",
  "\r\nSet-Cookie: x=y",
  "(a+)+$",
  "[",
  "\\",
  "mint",
  "mint-2.0-1.fc15",
  "dist-f15",
  "FEDORA-2011-7551",
  "F15",
  "lmacken",
  "2011-05-21 00:00:00",
  "2011-99-99",
  "asc:submit_time",
  "item:like",
  "koji_build",
];

export class Bender {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = numbers(seed);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  text(): string {
    return this.next() < 0.8
      ? this.pick(NASTY)
      : String.fromCodePoint(...Array.from({ length: this.below(12) }, () => 1 + this.below(0xd7ff)));
  }

  /** Text as a URL can carry it. */
  urlText(): string {
    return encodeURIComponent(this.text().replace(/[\ud800-\udfff]/g, "?"));
  }

  value(depth = 0): Value {
    switch (this.below(depth > 3 ? 7 : 10)) {
      case 0:
        return null;
      case 1:
        return this.next() < 0.5;
      case 2:
        return this.below(20) - 3;
      case 3:
        return new Double(this.pick([0, -1.5, 1e300, 1305998218.5]));
      case 4:
      case 5:
        return this.text();
      case 6:
        return BigInt(this.pick(["9007199254740993", "-99999999999999999999", "4294967296"]));
      case 7:
        return Array.from({ length: this.below(4) }, () => this.value(depth + 1));
      case 8:
        return Buffer.from(this.text());
      default:
        return Object.fromEntries(
          Array.from({ length: this.below(4) }, () => [
            this.pick([this.text(), "id", "name", "order", "limit", "offset", "countOnly", "__starstar"]),
            this.value(depth + 1),
          ]),
        );
    }
  }

  /** Cuts, doubles, swaps or replaces bytes. */
  bend(bytes: Buffer): Buffer {
    let bent = Buffer.from(bytes);
    for (let times = this.below(4); times > 0; times -= 1) {
      const at = this.below(bent.length + 1);
      const end = Math.min(bent.length, at + this.below(30));
      const part = this.pick([
        Buffer.alloc(0),
        Buffer.from(this.text()),
        bent.subarray(at, end),
        Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
        Buffer.from("<value>"),
      ]);
      bent = Buffer.concat([bent.subarray(0, at), part, bent.subarray(this.next() < 0.5 ? end : at)]);
    }
    return bent;
  }
}
