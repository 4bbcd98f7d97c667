/** Who a request to bodhi is from: 0.9 takes a name and password with every call or a visit cookie from login. */
import { randomBytes } from "node:crypto";
import type { ServiceRequest } from "../http/types";
import { sameSecret } from "../koji/sessions";

const VISIT_LIMIT = 2_000;

export class Accounts {
  readonly #visits = new Map<string, string>();

  constructor(readonly passwords: Readonly<Record<string, string>>) {}

  /** Whether the password is that user's. */
  check(name: string, password: string): boolean {
    const known = Object.hasOwn(this.passwords, name) ? this.passwords[name] : undefined;
    const same = sameSecret(known ?? randomBytes(16).toString("hex"), password);
    return known !== undefined && same;
  }

  /** Starts a visit. @returns the cookie's value */
  visit(name: string): string {
    const key = randomBytes(20).toString("hex");
    this.#visits.set(key, name);
    if (this.#visits.size > VISIT_LIMIT) {
      const [oldest] = this.#visits.keys();
      if (oldest !== undefined) this.#visits.delete(oldest);
    }
    return key;
  }

  /** The user of a visit's cookie. */
  visitor(request: ServiceRequest, cookie: string): string | undefined {
    const key = cookieValue(request, cookie);
    return key === undefined ? undefined : this.#visits.get(key);
  }

  end(request: ServiceRequest, cookie: string): void {
    const key = cookieValue(request, cookie);
    if (key !== undefined) this.#visits.delete(key);
  }

  clear(): void {
    this.#visits.clear();
  }
}

function cookieValue(request: ServiceRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [key = "", ...rest] = part.split("=");
    if (key.trim() === name) return rest.join("=").trim();
  }
  return undefined;
}
