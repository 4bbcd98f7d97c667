/** Strings of random characters under rules, for RandomString and RandomPassword. */
import type { PropertyMap } from "../../values/property";
import { type Draw, shuffled } from "./draw";

/** What both resources default to. */
const CHARACTER_DEFAULTS = {
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
} as const;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

interface CharacterClass {
  readonly characters: string;
  readonly allowed: boolean;
  readonly minimum: number;
}

/** The inputs with defaults; `number` is the old name of `numeric`, and both are kept in step. */
export function withCharacterDefaults(inputs: PropertyMap): PropertyMap {
  const numeric = inputs.numeric ?? inputs.number ?? CHARACTER_DEFAULTS.numeric;
  return { ...CHARACTER_DEFAULTS, ...inputs, numeric, number: numeric };
}

/** Why no string can satisfy the inputs; undefined when one can. */
export function characterProblem(inputs: PropertyMap): { property: string; reason: string } | undefined {
  const all = withCharacterDefaults(inputs);
  const length = all.length;
  if (typeof length !== "number") return undefined;
  if (!Number.isInteger(length) || length < 1)
    return { property: "length", reason: "must be a whole number of at least 1" };
  const classes = classesOf(all);
  if (classes.every(({ allowed, minimum }) => !allowed && minimum === 0)) {
    return { property: "", reason: "at least one of lower, upper, numeric and special must be true" };
  }
  const required = classes.reduce((sum, { minimum }) => sum + minimum, 0);
  return required > length
    ? { property: "length", reason: `must be at least ${required}, the sum of the minimums` }
    : undefined;
}

export function drawString(inputs: PropertyMap, draw: Draw): string {
  const all = withCharacterDefaults(inputs);
  const length = Number(all.length);
  const classes = classesOf(all);
  const alphabet = classes.map(({ characters, allowed }) => (allowed ? characters : "")).join("");
  const pick = (characters: string) => characters.charAt(draw(characters.length));
  const required = classes.flatMap(({ characters, minimum }) =>
    Array.from({ length: minimum }, () => pick(characters)),
  );
  const rest = Array.from({ length: length - required.length }, () => pick(alphabet));
  return shuffled([...required, ...rest], draw).join("");
}

function classesOf(all: PropertyMap): CharacterClass[] {
  const override = all.overrideSpecial;
  const special = typeof override === "string" && override !== "" ? override : SPECIAL;
  const make = (characters: string, name: string, minimum: string): CharacterClass => ({
    characters,
    allowed: all[name] === true,
    minimum: Number(all[minimum]),
  });
  return [
    make(special, "special", "minSpecial"),
    make(LOWER, "lower", "minLower"),
    make(LOWER.toUpperCase(), "upper", "minUpper"),
    make(DIGITS, "numeric", "minNumeric"),
  ];
}
