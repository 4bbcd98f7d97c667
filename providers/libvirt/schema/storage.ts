import { UNITS } from "../units";
import {
  boolean,
  enumeration,
  type Infer,
  integer,
  number,
  object,
  optional,
  pathOrAsset,
  required,
  string,
  updatable,
} from "./types";

/** libvirt's storage format: https://libvirt.org/formatstorage.html */
const permissions = object("Permissions", "Owner and mode of a file or directory on the hypervisor.", {
  mode: optional(string, 'Octal mode, for example "0711".'),
  owner: optional(integer, "Numeric user id."),
  group: optional(integer, "Numeric group id."),
});

const poolInputs = {
  name: required(string, "Name of the pool, unique on its hypervisor."),
  type: required(
    enumeration("PoolType", "Kind of storage behind the pool.", ["dir"]),
    "A directory of the hypervisor.",
  ),
  target: required(
    object("PoolTarget", "Where the pool is.", {
      path: required(string, "Absolute path of the directory on the hypervisor; made when it is not there."),
      permissions: optional(permissions, "Owner and mode of the directory, if it is made."),
    }),
    "Where the pool is.",
  ),
  autostart: updatable(boolean, "Start the pool together with libvirt. Default false."),
};

export type PoolInputs = Infer<typeof poolInputs>;

export const pool = {
  token: "libvirt:index/pool:Pool",
  description:
    "A storage pool: a directory on the hypervisor that holds volumes. Deleting it removes the directory too if it made it and nothing is left in it.",
  inputs: poolInputs,
  outputs: { uuid: required(string, "The pool's UUID.") },
};

export const size = object("Size", "An amount of memory or storage.", {
  value: required(number, "How many units."),
  unit: optional(
    enumeration("SizeUnit", "A unit: KiB is 1024 bytes, KB 1000.", UNITS),
    "Unit of the value. Default bytes for storage, KiB for memory.",
  ),
});

const format = object("Format", "Format of a disk image.", {
  type: required(enumeration("FormatType", "Image format.", ["qcow2", "raw"]), "qcow2 or raw."),
});

const volumeInputs = {
  pool: required(string, "Name of the pool."),
  name: required(string, "Name of the volume, unique in its pool."),
  capacity: optional(
    size,
    "Size as a guest sees it. Needed for an empty volume; otherwise the backing store's or the content's size unless it is to be larger.",
  ),
  target: optional(
    object("VolumeTarget", "The volume as a file.", {
      format: optional(format, "Image format; of the uploaded file where there is one. Default raw."),
      permissions: optional(permissions, "Owner and mode. Default mode 0600."),
    }),
    "The volume as a file.",
  ),
  backingStore: optional(
    object("VolumeBackingStore", "The image beneath a qcow2 overlay.", {
      path: required(string, "Absolute path of the image on the hypervisor."),
      format: required(format, "Its format."),
    }),
    "Make the volume a qcow2 overlay over this image.",
  ),
  source: optional(pathOrAsset, "Upload this local file: its path, or an asset."),
  sourceSha256: optional(
    string,
    "Hex sha256 of `source`: compared before the upload, and what decides whether the content has changed.",
  ),
  content: optional(string, "Upload this text. May be secret."),
};

export type VolumeInputs = Infer<typeof volumeInputs>;

export const volume = {
  token: "libvirt:index/volume:Volume",
  description:
    "A storage volume: empty, an overlay over a backing store, or with uploaded content (at most one of `backingStore`, `source`, `content`).",
  inputs: volumeInputs,
  outputs: {
    key: required(string, "libvirt's key of the volume."),
    path: required(string, "Absolute path on the hypervisor."),
    capacityBytes: required(number, "Size as a guest sees it, in bytes."),
  },
};
