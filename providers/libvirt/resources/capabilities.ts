import type { Virsh } from "../virsh/virsh";
import { parseXml } from "../xml/xml";

/** What a hypervisor can do. */
export interface Capabilities {
  kvm: boolean;
}

/**
 * Asks libvirt. That it offers the domain type kvm is not enough: it goes by /dev/kvm, which may open on a machine whose
 * processor cannot virtualise, and guests hang there. The processor's features are only complete once its model's are
 * added, which `virsh cpu-baseline --features` does (svm is part of AMD's models, vmx of no model).
 */
export async function readCapabilities(virsh: Virsh): Promise<Capabilities> {
  const document = await virsh.run(["capabilities"]);
  const offered = parseXml(document, "capabilities")
    .children("guest")
    .flatMap((guest) => guest.children("arch"))
    .filter((arch) => arch.attribute("name") === "x86_64")
    .flatMap((arch) => arch.children("domain"))
    .some((domain) => domain.attribute("type") === "kvm");
  if (!offered) return { kvm: false };
  const cpu = await virsh.run(["cpu-baseline", "--features", "/dev/stdin"], { input: document });
  const features = parseXml(cpu, "cpu").children("feature");
  return { kvm: features.some((feature) => ["vmx", "svm"].includes(feature.attribute("name") ?? "")) };
}
