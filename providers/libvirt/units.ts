/** Units of libvirt's scaled integers (https://libvirt.org/formatdomain.html#memory-allocation), in bytes. */
const FACTORS = {
  bytes: 1,
  KB: 1e3,
  KiB: 2 ** 10,
  MB: 1e6,
  MiB: 2 ** 20,
  GB: 1e9,
  GiB: 2 ** 30,
  TB: 1e12,
  TiB: 2 ** 40,
} as const;

export type Unit = keyof typeof FACTORS;
export const UNITS = Object.keys(FACTORS) as Unit[];

export interface Size {
  value: number;
  unit?: Unit;
}

/** Whole bytes. */
export function toBytes(size: Size, defaultUnit: Unit): number {
  return Math.round(size.value * FACTORS[size.unit ?? defaultUnit]);
}

/** For messages: one decimal at most, in the largest unit that keeps it at 1 or above. */
export function formatBytes(bytes: number): string {
  const scale = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(scale.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * step);
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${scale[step]}`;
}
