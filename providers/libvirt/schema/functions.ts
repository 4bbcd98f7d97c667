import { boolean, type Properties, required } from "./types";

/** A function of the package: it asks the hypervisor and changes nothing. */
export interface FunctionDescription {
  token: string;
  description: string;
  outputs: Properties;
}

/** libvirt's capabilities: https://libvirt.org/formatcaps.html */
export const getCapabilities = {
  token: "libvirt:index/getCapabilities:getCapabilities",
  description: "What the hypervisor can do.",
  outputs: {
    kvm: required(
      boolean,
      "Whether x86_64 machines can run under KVM: libvirt offers the domain type and the processor has vmx or svm.",
    ),
  },
} satisfies FunctionDescription;

export const functions: readonly FunctionDescription[] = [getCapabilities];
