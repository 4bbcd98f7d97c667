/** Units of libvirt's scaled integers (https://libvirt.org/formatdomain.html#memory-allocation), in bytes. */
const UNITS: Record<string, number> = {
  b: 1,
  bytes: 1,
  kb: 1e3,
  k: 2 ** 10,
  kib: 2 ** 10,
  mb: 1e6,
  m: 2 ** 20,
  mib: 2 ** 20,
  gb: 1e9,
  g: 2 ** 30,
  gib: 2 ** 30,
  tb: 1e12,
  t: 2 ** 40,
  tib: 2 ** 40,
};

export interface Size {
  value: number;
  unit?: string;
}

export function isUnit(unit: string): boolean {
  return unit.toLowerCase() in UNITS;
}

/** Whole bytes; the unit must be one that isUnit accepts. */
export function toBytes(size: Size, defaultUnit: string): number {
  const factor = UNITS[(size.unit ?? defaultUnit).toLowerCase()];
  if (factor === undefined) throw new Error(`unknown unit ${size.unit}`);
  return Math.round(size.value * factor);
}

/** For messages: one decimal at most, in the largest unit that keeps it at 1 or above. */
export function formatBytes(bytes: number): string {
  const scale = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(scale.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * step);
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${scale[step]}`;
}
