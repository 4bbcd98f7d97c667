import fc from "fast-check";

/** Versions that are near each other, so that every rule is met. */
export const version = fc
  .array(fc.constantFrom("0", "1", "9", "10", "01", "a", "b", "ab", "rc", "Z", ".", "_", "+", "~", "^", "git"), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

/** Whatever a version or release may be made of. */
export const anyVersion = fc.string({ unit: fc.constantFrom(..."0123456789abcABC.~^_+"), minLength: 1, maxLength: 12 });
