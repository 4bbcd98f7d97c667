/**
 * Patterns with wildcards, matched without backtracking: the time that a client's pattern takes is at most the product of
 * the two lengths, however many wildcards overlap.
 */

export interface Wildcards {
  /** Stands for any text, also none. */
  readonly any: string;
  /** Stands for any one character. */
  readonly one?: string;
  readonly ignoreCase?: boolean;
}

const SURROGATE = /[\ud800-\udfff]/;

export class Glob {
  readonly #pattern: readonly string[];
  /** Texts shorter than this cannot match. */
  readonly #shortest: number;

  constructor(
    pattern: string,
    readonly wildcards: Wildcards,
  ) {
    const { any } = wildcards;
    const characters = [...this.#folded(pattern)];
    this.#pattern = characters.filter((character, index) => character !== any || characters[index - 1] !== any);
    this.#shortest = this.#pattern.filter((character) => character !== any).length;
  }

  #folded(text: string): string {
    return this.wildcards.ignoreCase === true ? text.toLowerCase() : text;
  }

  /** Whether the whole text is as the pattern says. */
  test(text: string): boolean {
    const { any, one } = this.wildcards;
    const pattern = this.#pattern;
    const folded = this.#folded(text);
    // Indexing a string is much the quicker, and tells characters as long as none is made of two units.
    const characters = SURROGATE.test(folded) ? [...folded] : folded;
    if (characters.length < this.#shortest) return false;
    let place = 0;
    let at = 0;
    // Where the last `any` stands, and the end of what it has taken so far: what follows fits there, or it takes one more.
    let star = -1;
    let taken = 0;
    while (at < characters.length) {
      if (pattern[place] === any) {
        star = place;
        taken = at;
        place += 1;
      } else if (place < pattern.length && (pattern[place] === one || pattern[place] === characters[at])) {
        place += 1;
        at += 1;
      } else if (star >= 0) {
        taken += 1;
        at = taken;
        place = star + 1;
      } else return false;
    }
    return pattern.slice(place).every((character) => character === any);
  }
}
