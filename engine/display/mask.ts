/** Keeps secrets out of what is printed, wherever they turn up. */
import { type PropertyValue, Secret, someDeep } from "../values/property";

/** Shorter values would turn ordinary text into gaps. */
const SHORTEST = 3;
/** Of a text of several lines, lines of this length are secrets of their own: it may be printed line by line. */
const SHORTEST_LINE = 16;
const MASK = "[secret]";

export class SecretMask {
  private readonly secrets = new Set<string>();

  add(text: string): void {
    if (text.length < SHORTEST) return;
    this.secrets.add(text);
    for (const line of text.split("\n")) if (line.length >= SHORTEST_LINE) this.secrets.add(line);
  }

  /**
   * Notes every long secret text inside a value. Short ones are mostly no secrets by themselves: a connection that is
   * secret as a whole has a host and a user in it.
   */
  learn(value: PropertyValue): void {
    someDeep(value, (item) => {
      if (item instanceof Secret) {
        someDeep(item.element, (inner) => {
          if (typeof inner === "string" && inner.length >= SHORTEST_LINE) this.add(inner);
          return false;
        });
      }
      return false;
    });
  }

  apply(text: string): string {
    let masked = text;
    for (const secret of [...this.secrets].sort((a, b) => b.length - a.length)) {
      if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
    }
    return masked;
  }
}
