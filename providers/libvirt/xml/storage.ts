import type { PoolInputs } from "../schema/storage";
import { buildXml, type Element, type Node } from "./xml";

interface Permissions {
  mode?: string;
  owner?: number;
  group?: number;
}

export function poolXml({ name, type, target }: PoolInputs, uuid: string): string {
  return buildXml({
    pool: {
      "@type": type,
      name,
      uuid,
      target: { path: target.path, permissions: target.permissions && permissionsElement(target.permissions) },
    },
  });
}

export function readPool(root: Node): PoolInputs {
  return {
    name: root.child("name")?.text ?? "",
    type: "dir",
    target: { path: root.at("target", "path")?.text ?? "" },
  };
}

export interface VolumeFile {
  name: string;
  /** Absent: the backing store's. */
  capacityBytes?: number | undefined;
  format: "qcow2" | "raw";
  permissions: Permissions;
  backingStore?: { path: string; format: { type: "qcow2" | "raw" } } | undefined;
}

/** The document to create a volume with; nothing is allocated in advance. */
export function volumeXml({ name, capacityBytes, format, permissions, backingStore }: VolumeFile): string {
  return buildXml({
    volume: {
      name,
      capacity: capacityBytes === undefined ? undefined : { "@unit": "bytes", "#": String(capacityBytes) },
      allocation: 0,
      target: { format: { "@type": format }, permissions: permissionsElement(permissions) },
      backingStore: backingStore && { path: backingStore.path, format: { "@type": backingStore.format.type } },
    },
  });
}

function permissionsElement({ mode, owner, group }: Permissions): Element {
  return { mode: mode?.padStart(4, "0"), owner, group };
}

export interface VolumeReading {
  name: string;
  key: string;
  path: string;
  capacityBytes: number;
  format: string;
  backingStore?: { path: string; format: string };
}

export function readVolume(root: Node): VolumeReading {
  const backing = root.child("backingStore");
  const backingPath = backing?.child("path")?.text;
  return {
    name: root.child("name")?.text ?? "",
    key: root.child("key")?.text ?? "",
    path: root.at("target", "path")?.text ?? "",
    capacityBytes: Number(root.child("capacity")?.text ?? 0),
    format: root.at("target", "format")?.attribute("type") ?? "raw",
    ...(backingPath && {
      backingStore: { path: backingPath, format: backing?.child("format")?.attribute("type") ?? "raw" },
    }),
  };
}
